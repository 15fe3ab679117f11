import { isObject, parseJson } from "./json-search.ts";

/**
 * A notification's body as JSON, however it was wrapped (protocol notes §13.6 rule 1): plain, with a byte order mark, as a value or the
 * key of a form (`payload=%7B…`), or as the pairs of one (`msgId=…&status=…`). The content type is not asked: senders get it wrong more
 * often than the body. Undefined when it is none of these.
 */
export function readNotificationBody(body: string): unknown {
  const json = parseJson(body);
  return json === undefined ? readForm(body) : json;
}

function readForm(body: string): unknown {
  const text = body.trim();
  // Broken JSON and XML have no `name=` at their start; a form has nothing else.
  if (!/^[^\s<>{}"=]+(?:=|$)/.test(text)) return undefined;
  const pairs = [...new URLSearchParams(text)];
  for (const candidate of pairs.flatMap(([name, value]) => [value, name])) {
    const json = /^\s*[[{]/.test(candidate) ? parseJson(candidate) : undefined;
    if (isObject(json) || Array.isArray(json)) return json;
  }
  const filled = pairs.filter(([, value]) => value !== "");
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}
