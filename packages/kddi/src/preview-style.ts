/** The style of the preview page: by itself, so that its hash stands in the page's security policy. */
export const previewStyle = `
:root { color-scheme: light; font: 15px/1.6 "Hiragino Sans", "Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", Meiryo, sans-serif; color: #1d2330; background: #eef1f5; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 40px; max-width: 900px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; margin-bottom: 20px; }
h1 { font-size: 20px; margin: 0; }
h2 { font-size: 14px; margin: 0 0 8px; text-align: center; color: #4a5468; }
.mode { margin: 0; padding: 1px 12px; border-radius: 12px; background: #dbe5f7; color: #1c3f82; font-size: 13px; }
main { display: flex; flex-wrap: wrap; justify-content: center; gap: 28px 48px; }
.phone { width: 376px; max-width: 100%; padding: 12px; border-radius: 40px; background: #15181f; box-shadow: 0 12px 32px #1d233040; }
.screen { display: flex; flex-direction: column; height: 660px; border-radius: 30px; overflow: hidden; background: #fff; }
.bar { display: flex; flex: none; align-items: center; gap: 10px; padding: 16px 16px 10px; border-bottom: 1px solid #e3e7ee; background: #f7f8fa; font-weight: 600; }
.bar.plus { background: #e8f1fb; }
.face { width: 28px; height: 28px; border-radius: 50%; background: linear-gradient(#b6c2d6, #8b9ab3); }
.plus .face { background: linear-gradient(#5c9be6, #2467bb); }
.talk { flex: 1; min-height: 0; padding: 16px 12px; overflow-y: auto; background: #fbfcfd; }
.bubble { margin: 0; width: fit-content; max-width: 84%; padding: 9px 14px; border-radius: 6px 18px 18px 18px; background: #e9ecf1; white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble p { margin: 0; }
small { color: #5a6478; }
.file { padding: 0; overflow: hidden; position: relative; }
.file img, .file video { display: block; width: 100%; max-height: 300px; object-fit: cover; background: #d5dae3; }
.file .play { top: 40%; }
figcaption { padding: 8px 14px; white-space: normal; }
.file .blank { display: block; padding: 40px; text-align: center; }
.audio { display: flex; gap: 10px; align-items: center; white-space: normal; }
.audio svg { width: 28px; height: 28px; }
.place { padding: 0; overflow: hidden; width: 250px; white-space: normal; }
.place p { padding: 8px 14px; }
.map { display: grid; place-items: center; height: 130px; background: repeating-linear-gradient(45deg, #dcebd9 0 26px, #e7f0e2 26px 52px); }
.map svg { width: 38px; height: 38px; color: #c8372d; }
.card { width: 88%; border: 1px solid #d9dee7; border-radius: 14px; overflow: hidden; background: #fff; box-shadow: 0 1px 3px #1d23301f; }
.carousel { display: flex; gap: 10px; margin: 0 -12px; padding: 0 12px 10px; overflow-x: auto; }
.carousel .card { flex: none; display: flex; flex-direction: column; }
.carousel .top { flex: 1; }
.card.medium { width: 232px; }
.card.small { width: 120px; }
.media { position: relative; background: #d5dae3; }
.media img, .media video { display: block; width: 100%; height: 100%; object-fit: cover; }
.media .blank { display: grid; place-items: center; height: 100%; color: #5a6478; font-size: 12px; }
.short { height: 112px; }
.medium { height: auto; }
.media.medium { height: 168px; }
.tall { height: 264px; }
.play { position: absolute; inset: 0; margin: auto; width: 44px; height: 44px; border-radius: 50%; background: #000a; color: #fff; font-size: 18px; line-height: 44px; text-align: center; }
.side .top { display: flex; }
.side.right .top { flex-direction: row-reverse; }
.side .media { flex: none; width: 128px; height: auto; min-height: 112px; }
.words { padding: 10px 14px 12px; min-width: 0; overflow-wrap: anywhere; }
.words h3 { margin: 0 0 2px; font-size: 15px; line-height: 1.45; }
.words p { margin: 0; color: #4a5468; font-size: 14px; white-space: pre-wrap; }
.small .words { padding: 8px 10px; }
.small .words h3 { font-size: 13px; }
.small .words p { font-size: 12px; }
.button { display: flex; gap: 6px; align-items: center; justify-content: center; padding: 9px 10px; border-top: 1px solid #e3e7ee; color: #1558b8; font-weight: 600; font-size: 14px; text-align: center; overflow-wrap: anywhere; }
.small .button { font-size: 12px; padding: 8px 6px; }
svg { flex: none; width: 17px; height: 17px; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
.chips { display: flex; flex: none; gap: 8px; padding: 10px 12px 18px; overflow-x: auto; border-top: 1px solid #eceff4; background: #fff; }
.chip { display: flex; flex: none; gap: 5px; align-items: center; padding: 4px 14px; border: 1px solid #9db6dc; border-radius: 18px; color: #1558b8; font-weight: 600; font-size: 14px; background: #fff; }
.facts { margin: 10px 0 0; text-align: center; color: #4a5468; font-size: 13px; }
table { width: 100%; margin-top: 28px; border-collapse: collapse; background: #fff; border-radius: 12px; overflow: hidden; font-size: 14px; }
caption { padding: 0 0 6px; text-align: left; font-weight: 600; }
th, td { padding: 7px 14px; text-align: left; border-bottom: 1px solid #e8ebf1; vertical-align: top; overflow-wrap: anywhere; }
th { background: #f5f7fa; color: #4a5468; font-weight: 600; white-space: nowrap; }
td:nth-child(2) { white-space: nowrap; }
footer { margin-top: 24px; color: #5a6478; font-size: 13px; text-align: center; }
`;
