import type { Findings } from "./findings.ts";

export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object that may hold these fields and no others; strangers are noted. Nothing where it is not an object. */
export function readObject(
  value: unknown,
  path: string,
  names: readonly string[],
  findings: Findings,
  code?: number,
): Json | undefined {
  if (!isObject(value)) {
    findings.refuse(value === undefined ? `${path} is missing` : `${path} must be an object`, code);
    return undefined;
  }
  for (const name in value) if (!names.includes(name)) findings.deviate(`${path}.${name} is unknown`);
  return value;
}

/** Exactly one of the named fields; the name of it. */
export function readOneOf<const Name extends string>(
  value: Json,
  path: string,
  names: readonly Name[],
  findings: Findings,
  code: number,
): Name | undefined {
  const present = names.filter((name) => value[name] !== undefined);
  if (present.length === 1) return present[0];
  findings.refuse(
    present.length === 0
      ? `${path} needs one of ${names.join(", ")}`
      : `${path} holds ${present.join(" and ")}; only one may stand there`,
    code,
  );
  return undefined;
}

/** A text of 1 to `max` characters, counted as people do: an emoji is one. */
export function readText(
  value: unknown,
  path: string,
  findings: Findings,
  { max, code, codeTooLong }: { readonly max: number; readonly code?: number; readonly codeTooLong: number },
): string | undefined {
  if (typeof value !== "string" || value === "") {
    findings.refuse(value === undefined ? `${path} is missing` : `${path} must be a text that is not empty`, code);
    return undefined;
  }
  const length = value.length <= max ? value.length : [...value].length;
  if (length > max) findings.refuse(`${path} has ${length} characters; at most ${max} are allowed`, codeTooLong);
  if (!value.isWellFormed()) findings.deviate(`${path} holds half of a surrogate pair`);
  return value;
}

/** An absolute URL with a scheme; with `webOnly` http or https. */
export function checkUrl(value: unknown, path: string, findings: Findings, code: number, webOnly = true): void {
  const isUrl = typeof value === "string" && /^[a-z][a-z0-9+.-]*:\S+$/i.test(value) && URL.canParse(value);
  if (!isUrl) {
    findings.refuse(value === undefined ? `${path} is missing` : `${path} must be an absolute URL`, code);
  } else if (webOnly && !/^https?:\/\//i.test(value)) {
    findings.refuse(`${path} must be an http or https URL`, code);
  }
}

/** ISO 8601 in UTC. Gives milliseconds since the epoch. */
export function readTime(value: unknown, path: string, findings: Findings, code: number): number | undefined {
  const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/.test(value);
  const at = isTime ? Date.parse(value) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  findings.refuse(`${path} must be a time in UTC such as 2026-08-03T17:15:24.890Z`, code);
  return undefined;
}
