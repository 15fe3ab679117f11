/** HTML that is safe to send as it is. Only {@link html} makes it, so text from outside is always escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

export type Piece = Html | string | number | null | undefined | false | readonly Piece[];

/** html`<b>${anything}</b>`: everything put in is escaped, except other Html. Nothing for null, undefined and false. */
export function html(pieces: TemplateStringsArray, ...values: Piece[]): Html {
  let text = pieces[0] ?? "";
  for (let index = 0; index < values.length; index++) text += textOf(values[index]) + (pieces[index + 1] ?? "");
  return new Html(text);
}

function textOf(piece: Piece): string {
  if (piece === null || piece === undefined || piece === false) return "";
  if (piece instanceof Html) return piece.text;
  if (typeof piece === "object") return piece.map(textOf).join("");
  return String(piece).replace(/[&<>"']/g, (character) => escapes[character] ?? "");
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
