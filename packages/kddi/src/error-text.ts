import { shownText, withoutTags } from "@hikyaku/exchange";
import { asWord, isObject, parseJson, valueAt } from "./json-search.ts";

/**
 * What the gateway says about an error, fit to be stored and shown: never depended on, cut to one line of 300 characters, and without
 * what the gateway may repeat of our request: the text, the numbers, the credentials.
 *
 * @param secrets texts of the request that must not come back; runs of six characters or more in common with one are taken out.
 */
export function readErrorText(body: string, paths: readonly string[], secrets: readonly string[]): string {
  const json = parseJson(body);
  const said = isObject(json) ? sentenceOf(json, paths) : undefined;
  // JSON of another shape is written again, so that an echo in escapes (\u8a8d) can't hide.
  return shownText(said ?? withoutTags(json === undefined ? body : JSON.stringify(json)), secrets);
}

function sentenceOf(json: unknown, paths: readonly string[]): string | undefined {
  const said = firstText(json, paths);
  const code = asWord(valueAt(json, ["reason", "code"])) ?? asWord(valueAt(json, ["error", "code"]));
  return said === undefined || code === undefined || code === said ? said : `${said} (code ${code})`;
}

function firstText(json: unknown, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const value = valueAt(json, path.split("."));
    const text = typeof value === "string" ? value.trim() : asWord(value);
    if (text !== undefined && text !== "") return text;
  }
  return undefined;
}
