import { parseDuration } from "@hikyaku/core";
import { InvalidArgumentError } from "commander";

/** A whole number from `least` on. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(
      most === Number.MAX_SAFE_INTEGER
        ? `Give a whole number of at least ${least}.`
        : `Give a whole number from ${least} to ${most}.`,
    );
  };
}

/** `5m` → milliseconds. */
export function duration(text: string): number {
  const read = parseDuration(text);
  if (read.ok) return read.ms;
  throw new InvalidArgumentError(`${read.reason}.`);
}

/** A moment, as ISO 8601 or as a duration before now. */
export function since(text: string): Date {
  const read = parseDuration(text);
  if (read.ok) return new Date(Date.now() - read.ms);
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError("Give a time such as 2026-12-01T10:00:00+09:00, or a duration such as 2h.");
}

/** A moment, as ISO 8601 or as a duration after now. */
export function ahead(text: string): Date {
  const read = parseDuration(text);
  if (read.ok) return new Date(Date.now() + read.ms);
  const at = new Date(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError("Give a time such as 2026-12-01T10:00:00+09:00, or a duration such as 2h.");
}

export function oneOf<Value extends string>(values: readonly Value[]): (text: string) => Value {
  return (text) => {
    const found = values.find((value) => value === text);
    if (found !== undefined) return found;
    throw new InvalidArgumentError(`Give one of ${values.join(", ")}.`);
  };
}

/** `--var name=value`, as often as wanted. */
export function nameAndValue(text: string, before: Record<string, string> = {}): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Give name=value.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** An id of ours: whatever else stood there would be asked of the database, which answers in its own words. */
export function id(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("Give an id such as 01936f0e-7b00-7000-8000-000000000001, as the lists show it.");
}

/** An id, as often as there are. */
export function ids(text: string, before: readonly string[] = []): string[] {
  return [...before, id(text)];
}

/** An option that may be given more than once. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}
