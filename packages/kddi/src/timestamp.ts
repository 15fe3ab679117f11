const withoutZone = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?$/;
const compact = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;
const offset = /(?:Z|[+-]\d{2}:?\d{2})$/i;

/** Minutes east of UTC. Japan has had no summer time since 1951, so an offset is enough. */
export function zoneOffsetMinutes(zone: string): number {
  if (zone === "Asia/Tokyo") return 540;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):(\d{2})$/.exec(zone) ?? [];
  const total = Number(hours ?? 0) * 60 + Number(minutes ?? 0);
  return sign === "-" ? -total : total;
}

/**
 * A carrier's time: ISO 8601 with an offset, the same without one (then in `zone`), `2022/03/22 11:44:30`, `20220322114430`, or
 * seconds or milliseconds since the epoch. Null when it is none of these or not of this century: then the time of arrival counts.
 */
export function readTimestamp(value: unknown, zone: string): Date | null {
  if (typeof value === "number") return plausible(value < 1e11 ? value * 1_000 : value);
  if (typeof value !== "string") return null;
  const text = value.trim();
  if (/^\d{10}$|^\d{13}$/.test(text)) return readTimestamp(Number(text), zone);
  const parts = withoutZone.exec(text) ?? compact.exec(text);
  if (parts !== null) {
    const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "0"] = parts;
    const ms = Math.floor(Number(`0.${fraction}`) * 1_000);
    const utc = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      ms,
    );
    // Date.UTC carries over: the 31st of February would become a day in March.
    const isReal =
      new Date(utc).getUTCDate() === Number(day) && Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;
    return isReal ? plausible(utc - zoneOffsetMinutes(zone) * 60_000) : null;
  }
  return offset.test(text) ? plausible(Date.parse(text.replace(" ", "T"))) : null;
}

function plausible(ms: number): Date | null {
  return ms >= Date.UTC(2000, 0) && ms < Date.UTC(2100, 0) ? new Date(ms) : null;
}
