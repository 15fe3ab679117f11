import { DateTime } from "luxon";

/**
 * Milliseconds to wait by a `Retry-After` header: seconds, or one of the three forms of an HTTP date (a moment that has passed is
 * 0). Undefined when the header is missing or unreadable.
 */
export function parseRetryAfter(header: string | null | undefined, now: Date): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = text === "" ? undefined : DateTime.fromHTTP(text);
  return date?.isValid ? Math.max(0, date.toMillis() - now.getTime()) : undefined;
}
