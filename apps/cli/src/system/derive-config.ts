import { type Document, parseDocument } from "yaml";

const token = /\$\$\{|\$\{[^}\n]*\}/g;
const mark = /\uE000(\d+)\uE001/g;

/**
 * A configuration text with changes, e.g. a route more. `${NAME}` stays as it is written, so that no secret of the
 * environment lands in the result; comments and order stay too.
 */
export function deriveConfig(text: string, change: (document: Document) => void): string {
  const variables: string[] = [];
  // Inside `{ user: ${NAME} }` a brace would end the mapping for YAML.
  const hidden = text.replace(token, (source) => `\uE000${variables.push(source) - 1}\uE001`);
  const document = parseDocument(hidden, { merge: true });
  change(document);
  return document.toString({ lineWidth: 0 }).replace(mark, (_, index: string) => variables[Number(index)] ?? "");
}
