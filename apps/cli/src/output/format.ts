/** `1,234,567` */
export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** `1 message`, `1,996 messages` */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** `98.7`: one decimal below 100, none above. */
export function rate(perSecond: number): string {
  return perSecond >= 100 ? count(perSecond) : String(Math.round(perSecond * 10) / 10);
}

/** `97.3%` */
export function percent(part: number, whole: number): string {
  return whole === 0 ? "–" : `${Math.round((part / whole) * 1000) / 10}%`;
}

/** `340 ms`, `8s`, `3m 20s`, `2h 05m`, `3d 4h` */
export function lengthOfTime(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 60) return ms < 10_000 ? `${Math.round(ms / 100) / 10}s` : `${seconds}s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)}m ${String(seconds % 60).padStart(2, "0")}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 1_440) return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, "0")}m`;
  const hours = Math.round(minutes / 60);
  return `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `2026-12-01 09:00:00+09:00`, in the time zone of the machine and with its offset then; `–` for nothing. */
export function moment(at: Date | null | undefined): string {
  return at ? `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${timeOfDay(at)}` : "–";
}

/** `09:00:00+09:00`, or `00:00:00Z`: as in {@link moment}. */
export function timeOfDay(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const apart = Math.abs(minutes);
  const offset = minutes === 0 ? "Z" : `${minutes < 0 ? "-" : "+"}${two(Math.floor(apart / 60))}:${two(apart % 60)}`;
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}${offset}`;
}

/** `2026-12-01 09:00:00 Asia/Tokyo`: by the clock that is meant. A zone that nobody knows here gives the machine's. */
export function momentIn(at: Date | null, timeZone: string | null): string {
  if (at === null || timeZone === null) return moment(at);
  try {
    return `${new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short", timeStyle: "medium" }).format(at)} ${timeZone}`;
  } catch {
    return moment(at);
  }
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}
