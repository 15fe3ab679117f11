/** `2026-11` */
export const monthPattern = /^(?:19|20)\d\d-(?:0[1-9]|1[0-2])$/;

/** The month that `at` lies in, by the clock of the zone. */
export function monthOf(at: Date, timeZone: string): string {
  // Swedish writes dates as ISO 8601 does.
  return new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" }).format(at).slice(0, 7);
}

/** The month so many months later (or, negative, earlier). */
export function monthsFrom(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}

export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
