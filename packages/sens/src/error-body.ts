import { asWord, isObject, type JsonObject, parseJson } from "./json.ts";

export interface ErrorBody {
  /** The code inside the body, or null: of the gateway (`200`, `410` …) or of SENS. */
  code: string | null;
  /** What it says; empty when it says nothing. */
  text: string;
  /** Told by the API gateway, so SENS itself never saw the request (protocol notes §3.1). */
  isFromGateway: boolean;
}

/**
 * Any of the five shapes of an error (protocol notes §3.2), an empty body, or one that is no JSON. Code and text are taken from the first
 * place that has one.
 */
export function readErrorBody(body: string): ErrorBody {
  const json = parseJson(body);
  if (!isObject(json)) return { code: null, text: isObject(json) ? "" : plainText(body, json), isFromGateway: false };
  const error: JsonObject = isObject(json.error) ? json.error : {};
  const code = first([error.errorCode, error.status, json.errorCode, json.status]);
  const text = first([
    ...[error.message, error.errorMessage, error.details, error.errors, error.error],
    ...[json.errorMessage, json.errors, json.message, json.error],
  ]);
  const details = asWord(error.details);
  const isMore = details !== undefined && text !== undefined && !text.includes(details);
  return {
    code: code ?? null,
    text: isMore ? `${text} (${details})` : (text ?? ""),
    isFromGateway: asWord(error.errorCode) !== undefined,
  };
}

function first(values: readonly unknown[]): string | undefined {
  for (const value of values) {
    const text = Array.isArray(value) ? value.map(asWord).filter(Boolean).join("; ") : asWord(value);
    if (text !== undefined && text !== "") return text;
  }
  return undefined;
}

/** A proxy's page, or JSON that is no object. */
function plainText(body: string, json: unknown): string {
  return json === undefined ? body : JSON.stringify(json);
}
