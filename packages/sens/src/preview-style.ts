/** The style of the phones, after that of the frame. */
export const previewStyle = `
:lang(ko) { font-family: "Apple SD Gothic Neo", "Noto Sans CJK KR", "Noto Sans KR", "Malgun Gothic", sans-serif; }
.mode { background: #f7e9a0; color: #4a3d00; }
.screen { display: flex; flex-direction: column; min-height: 660px; border-radius: 30px; overflow: hidden; background: #abc1d1; line-height: 1.5; }
svg { flex: none; width: 22px; height: 22px; fill: none; stroke: #2a3440; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.bar { display: flex; flex: none; align-items: center; gap: 12px; padding: 18px 16px 10px; font-weight: 600; background: #a3bacb; }
.bar span { flex: 1; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.bar.sms { background: #f7f8fa; border-bottom: 1px solid #e3e7ee; }
.talk { flex: 1; padding: 8px 12px 16px; }
.talk.sms { padding-top: 16px; background: #fff; }
.day { margin: 4px 0 12px; text-align: center; }
.day span { padding: 3px 14px; border-radius: 12px; background: #1d233026; color: #fff; font-size: 12px; }
.said { display: grid; grid-template-columns: 40px minmax(0, 244px) auto; word-break: keep-all; column-gap: 8px; align-items: end; }
.face { grid-row: 1 / 3; align-self: start; display: grid; place-items: center; width: 40px; height: 40px; border-radius: 15px; background: linear-gradient(#6d8399, #4c6076); color: #fff; font-weight: 700; }
.who { grid-column: 2 / 4; margin-bottom: 4px; font-size: 13px; color: #33414e; }
.alim { border-radius: 4px 14px 14px; overflow: hidden; background: #fff; font-size: 14px; box-shadow: 0 1px 1px #1d23301a; }
.head { display: flex; justify-content: space-between; align-items: center; padding: 9px 14px; background: #fae100; font-weight: 600; font-size: 14px; }
.head b { padding: 1px 7px; border-radius: 9px; background: #3b1e1e; color: #fae100; font-size: 10px; letter-spacing: .02em; }
.body { padding: 14px; }
.body > * { margin: 0; }
.body > * + * { margin-top: 12px; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
.title { font-size: 20px; line-height: 1.35; font-weight: 700; padding-bottom: 12px; border-bottom: 1px solid #ececec; white-space: pre-wrap; overflow-wrap: anywhere; }
.top { font-weight: 700; padding-bottom: 10px; border-bottom: 1px solid #ececec; }
.highlight { display: grid; }
.highlight b { font-size: 17px; }
.highlight span { color: #767676; font-size: 13px; }
dl div { display: grid; grid-template-columns: 66px 1fr; gap: 8px; padding: 2px 0; }
dt { color: #767676; }
dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
.sum { padding-top: 8px; border-top: 1px solid #ececec; font-weight: 700; }
.add { color: #767676; font-size: 12px; }
.buttons { display: grid; gap: 6px; padding: 0 14px 14px; }
.button { padding: 9px 8px; border-radius: 5px; background: #f2f2f2; text-align: center; overflow-wrap: anywhere; }
.button.ac { background: #fae100; }
time { padding-left: 2px; font-size: 11px; color: #46535f; white-space: nowrap; }
.write { display: flex; flex: none; align-items: center; gap: 10px; padding: 9px 14px 16px; background: #fff; color: #8a929c; font-size: 20px; line-height: 1; }
.write p { flex: 1; height: 32px; margin: 0; border-radius: 16px; background: #f4f4f4; }
.bubble { width: fit-content; max-width: 84%; padding: 9px 14px; border-radius: 6px 18px 18px 18px; background: #e9ecf1; white-space: pre-wrap; overflow-wrap: anywhere; }
.link { display: inline-block; min-width: 62px; color: #5a6478; font-size: 12px; }
`;
