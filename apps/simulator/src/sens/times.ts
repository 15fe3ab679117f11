const seoulMs = 9 * 3_600_000;

/** `2026-11-20T10:15:00.123`, Korean time, no offset (protocol notes §5.2). */
export function withMilliseconds(atMs: number): string {
  return new Date(atMs + seoulMs).toISOString().slice(0, 23);
}

/** `2026-11-20T10:15:03` */
export function withoutMilliseconds(atMs: number): string {
  return withMilliseconds(atMs).slice(0, 19);
}

/** `20261120101500123`, the middle of a request's id. */
export function compact(atMs: number): string {
  return withMilliseconds(atMs).replaceAll(/\D/g, "");
}

/** The day a message counts for, `2026-11-20`. */
export function koreanDay(atMs: number): string {
  return withMilliseconds(atMs).slice(0, 10);
}

/** `YYYY-MM-DD HH:mm:ss` of a query as milliseconds; undefined when it is none. */
export function readQueryTime(text: string): number | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const iso = `${text.replace(" ", "T")}.000Z`;
  const read = Date.parse(iso);
  return Number.isNaN(read) || new Date(read).toISOString() !== iso ? undefined : read - seoulMs;
}

/** A reservation's `YYYY-MM-DD HH:mm` in a zone as milliseconds; undefined when time or zone can't be read (protocol notes §5.3). */
export function readReserveTime(text: string, timeZone: string): number | undefined {
  if (!/^(19|20)\d{2}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01]) ([01]\d|2[0-3]):[0-5]\d$/.test(text)) return undefined;
  const asUtc = Date.parse(`${text.replace(" ", "T")}:00Z`);
  if (Number.isNaN(asUtc)) return undefined;
  try {
    // Twice, because the offset at the guess may not be the one at the time itself.
    const first = asUtc - offsetMs(asUtc, timeZone);
    return asUtc - offsetMs(first, timeZone);
  } catch {
    return undefined;
  }
}

/** `2026-11-21T09:00:00+09:00` (protocol notes §10.2). */
export function withOffset(atMs: number, timeZone: string): string {
  const offset = offsetMs(atMs, timeZone);
  const minutes = Math.abs(offset) / 60_000;
  const digits = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const local = new Date(atMs + offset).toISOString().slice(0, 19);
  return `${local}${offset < 0 ? "-" : "+"}${digits(minutes / 60)}:${digits(minutes % 60)}`;
}

/** @throws RangeError for a zone nobody knows. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    ...({ year: "numeric", month: "numeric", day: "numeric" } as const),
    ...({ hour: "numeric", minute: "numeric", second: "numeric" } as const),
  }).formatToParts(atMs);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  return local - Math.floor(atMs / 1000) * 1000;
}
