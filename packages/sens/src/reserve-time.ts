import { DateTime, IANAZone } from "luxon";

/** Least and most time ahead of a reservation (protocol notes §10.1); the least is also that of cancelling one (§10.3). */
export const leastAheadMs = 10 * 60_000;
export const mostAheadMs = 180 * 86_400_000;

const pattern = /^(?:19|20)\d{2}-(?:0[1-9]|1[012])-(?:0[1-9]|[12]\d|3[01]) (?:[01]\d|2[0-3]):[0-5]\d$/;

/** `2026-12-24 09:00`, a day that exists, no seconds. */
export function isReserveTime(text: string): boolean {
  return pattern.test(text) && DateTime.fromFormat(text, "yyyy-MM-dd HH:mm", { zone: "utc" }).isValid;
}

export function isTimeZone(name: string): boolean {
  return IANAZone.isValidZone(name);
}

export interface Reserve {
  /** `YYYY-MM-DD HH:mm` */
  time: string;
  /** IANA name. */
  timeZone: string;
}

/** The moment that a reservation names. A time that a change of clocks leaves out is taken as the one after it. */
export function reservedAt({ time, timeZone }: Reserve): Date {
  return DateTime.fromFormat(time, "yyyy-MM-dd HH:mm", { zone: timeZone }).toJSDate();
}

/** The last moment at which one that is carried out at `at` can be cancelled (protocol notes §10.3). */
export function cancellableUntil(at: Date): Date {
  return new Date(at.getTime() - leastAheadMs);
}

/** Why a reservation can't be made at `now`, or null: at least 10 minutes and at most 180 days ahead. */
export function reserveFault(reserve: Reserve, now: Date): string | null {
  const aheadMs = reservedAt(reserve).getTime() - now.getTime();
  const when = `${reserve.time} ${reserve.timeZone}`;
  if (aheadMs < 0) return `${when} is past; choose a time at least 10 minutes ahead`;
  if (aheadMs < leastAheadMs) return `${when} is less than 10 minutes ahead, which SENS refuses; choose a later time`;
  return aheadMs > mostAheadMs
    ? `${when} is more than 180 days ahead, which SENS refuses; choose an earlier time`
    : null;
}

/** A moment as a reservation's `time` in a zone. Seconds are cut off. */
export function reserveTimeOf(at: Date, timeZone: string): string {
  return DateTime.fromJSDate(at, { zone: timeZone }).toFormat("yyyy-MM-dd HH:mm");
}
