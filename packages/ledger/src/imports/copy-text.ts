/** One field of COPY's text format. */
export function copyField(value: string): string {
  return needsCopyEscape.test(value) ? value.replace(copySpecials, (character) => copyEscapes[character] ?? "") : value;
}

/** A `text[]` as one field of COPY's text format. */
export function copyTextArray(values: readonly string[]): string {
  let text = "{";
  for (let index = 0; index < values.length; index++) {
    const value = values[index] ?? "";
    if (index > 0) text += ",";
    text += `"${needsArrayEscape.test(value) ? value.replace(arraySpecials, "\\$&") : value}"`;
  }
  return copyField(`${text}}`);
}

const needsCopyEscape = /[\\\t\n\r]/;
const copySpecials = /[\\\t\n\r]/g;
const copyEscapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const needsArrayEscape = /["\\]/;
const arraySpecials = /["\\]/g;
