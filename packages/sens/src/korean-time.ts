/** `2026-11-20T10:15:00.123`, `2026-11-20 10:15:00`, also without seconds, also with an offset. */
const timestamp = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/** Korea has had no summer time since 1988, so an offset is enough. */
export const koreanOffsetMinutes = 540;

/** Minutes east of UTC of a `timestampZone`: `Asia/Seoul`, `UTC` or `+09:00`. */
export function zoneOffsetMinutes(zone: string): number {
  if (zone === "Asia/Seoul") return koreanOffsetMinutes;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  const total = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === "-" ? -total : total;
}

/**
 * A timestamp of SENS. Those that name no offset are taken as Korean time (protocol notes §15.6), or as that of `zone`. Null when it can't
 * be read: then nothing is known but that it happened.
 */
export function readTimestamp(value: unknown, zone: string): Date | null {
  const parts = typeof value === "string" ? timestamp.exec(value.trim()) : null;
  if (parts === null) return null;
  const [, year, month, day, hour, minute, second = "0", fraction = "0", offset] = parts;
  const utc = Date.UTC(
    ...([Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const),
    Math.floor(Number(`0.${fraction}`) * 1_000),
  );
  // Date.UTC carries over: the 31st of February would become a day in March.
  const read = new Date(utc);
  if (read.getUTCDate() !== Number(day) || read.getUTCHours() !== Number(hour)) return null;
  const east =
    offset === undefined ? zoneOffsetMinutes(zone) : offset.toUpperCase() === "Z" ? 0 : zoneOffsetMinutes(offset);
  return new Date(utc - east * 60_000);
}

/** `YYYY-MM-DD HH:mm:ss` in `zone`, as the list calls want it (protocol notes §6.1). */
export function writeTimestamp(at: Date, zone: string): string {
  const local = new Date(at.getTime() + zoneOffsetMinutes(zone) * 60_000);
  return local.toISOString().slice(0, 19).replace("T", " ");
}
