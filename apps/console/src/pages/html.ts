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

type Value = Html | string | number | null | undefined | false | readonly Value[];

/** html`<b>${anything}</b>`: everything put in is escaped, except other Html. Nothing for null, undefined and false. */
export function html(pieces: TemplateStringsArray, ...values: Value[]): Html {
  let text = pieces[0] ?? "";
  for (let index = 0; index < values.length; index++) text += textOf(values[index]) + (pieces[index + 1] ?? "");
  return new Html(text);
}

function textOf(value: Value): string {
  if (value === null || value === undefined || value === false) return "";
  if (value instanceof Html) return value.text;
  if (typeof value === "object") return value.map(textOf).join("");
  return String(value).replace(/[&<>"']/g, (character) => escapes[character] ?? "");
}

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
