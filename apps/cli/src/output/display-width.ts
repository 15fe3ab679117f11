/** Cells a text takes on a terminal: East Asian wide and full-width characters take two, combining ones none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text.replace(escapes, ""))) width += widthOf(segment);
  return width;
}

/** The text, cut to `cells` with `…` where it is longer. Without escape sequences. */
export function cutToWidth(text: string, cells: number): string {
  if (displayWidth(text) <= cells) return text;
  let cut = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += widthOf(segment);
    if (width > cells - 1) break;
    cut += segment;
  }
  return `${cut}…`;
}

/** Filled with spaces on the right, to at least `cells`. */
export function padToWidth(text: string, cells: number): string {
  return text + " ".repeat(Math.max(0, cells - displayWidth(text)));
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const escapes = /\u001b\[[0-9;?]*[A-Za-z]/g;
const none = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;
const wide =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{RI}\p{RI}|\p{Emoji}\ufe0f)/u;

function widthOf(grapheme: string): number {
  if (none.test(grapheme)) return 0;
  // A half-width voiced sound mark belongs to its kana and has a cell of its own.
  if (/[\uff9e\uff9f]/.test(grapheme)) return grapheme.length;
  return wide.test(grapheme) ? 2 : 1;
}
