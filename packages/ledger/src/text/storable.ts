import { createHash } from "node:crypto";

/**
 * What a carrier says, as PostgreSQL can hold it: its text knows no NUL and no half of a surrogate pair. Shown as U+FFFD
 * instead, so that no value from outside can make a statement fail, and with it everything that shares the statement.
 */
export function storable(text: string): string;
export function storable(text: string | null | undefined): string | null;
export function storable(text: string | null | undefined): string | null {
  return text?.replaceAll("\0", "\uFFFD").toWellFormed() ?? null;
}

/** An index entry holds at most 2,704 bytes; a UTF-16 unit takes three at most. */
const longestKey = 600;

/**
 * {@link storable}, for columns with an index. What is too long for one keeps its beginning and gets a hash: the same text is
 * still the same key, and another one another.
 */
export function storableKey(text: string): string;
export function storableKey(text: string | null | undefined): string | null;
export function storableKey(text: string | null | undefined): string | null {
  const key = storable(text);
  if (key === null || key.length <= longestKey) return key;
  const hash = createHash("sha256").update(key).digest("hex");
  return storable(`${key.slice(0, longestKey - hash.length - 1)}~${hash}`);
}

/** {@link storable}, for every text in a JSON value, names included. */
export function storableJson(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (Array.isArray(value)) return value.map(storableJson);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [storable(name), storableJson(item)]));
}

/** A moment between the years 1 and 9999, else null: a carrier's clock may say anything. */
export function storableTime(time: Date | null | undefined): Date | null {
  const year = time?.getUTCFullYear() ?? Number.NaN;
  return time && year >= 1 && year <= 9_999 ? time : null;
}

const longestWaitMs = 366 * 86_400_000;

/** A wait of at most a year; null when there is none or it is no number. */
export function storableWait(ms: number | null | undefined): number | null {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return null;
  return Math.max(-longestWaitMs, Math.min(longestWaitMs, ms));
}
