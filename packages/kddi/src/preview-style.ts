/** The style of the phones, after that of the frame. */
export const previewStyle = `
.mode { background: #dbe5f7; color: #1c3f82; }
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
img { position: relative; }
img::after { content: attr(alt); position: absolute; inset: 0; display: grid; place-items: center; min-height: 96px; padding: 8px; overflow: hidden; background: #d5dae3; color: #5a6478; font-size: 12px; text-align: center; overflow-wrap: anywhere; }
.file img { min-height: 96px; }
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
`;
