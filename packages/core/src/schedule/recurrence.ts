import { DateTime, IANAZone } from "luxon";

/** When a schedule runs: once on each of its days, at one time of the local day. JSON-safe, as it stands in the ledger. */
export interface Recurrence {
  /** ISO numbers: 1 Monday … 7 Sunday. Every day when left out. */
  weekdays?: readonly number[];
  /** `HH:mm`, up to `23:59`. */
  at: string;
  /** IANA name, e.g. `Asia/Tokyo`. */
  timeZone: string;
  /** The first day it may run on, `YYYY-MM-DD` of the zone. */
  from: string;
  /** The last one, at most 6 months after `from`. */
  until: string;
}

/** One run as it is due. A schedule has at most one a day, so that the day names it. */
export interface Occurrence {
  /** `YYYY-MM-DD` in the zone of the schedule. */
  day: string;
  at: Date;
}

export type RecurrenceResult = { ok: true; recurrence: Recurrence } | { ok: false; faults: RecurrenceFault[] };

export interface RecurrenceFault {
  /** `weekdays`, `at`, `timeZone`, `from`, `until`. */
  field: keyof Recurrence;
  /** What it must be. */
  message: string;
}

const longestMonths = 6;

/** Checks a recurrence and brings its weekdays into order. Every fault is reported. */
export function parseRecurrence(input: Readonly<Record<keyof Recurrence, unknown>>): RecurrenceResult {
  const { weekdays, at, timeZone, from, until } = input;
  const faults: RecurrenceFault[] = [];
  const refuse = (field: keyof Recurrence, message: string) => void faults.push({ field, message });
  if (weekdays !== undefined && !isWeekdays(weekdays)) {
    refuse(
      "weekdays",
      "a list of weekdays, numbers from 1 (Monday) to 7 (Sunday), at least one; leave it out for every day",
    );
  }
  if (minuteOfDay(at) === null) refuse("at", "a time of day from 00:00 to 23:59, written HH:mm");
  if (typeof timeZone !== "string" || !IANAZone.isValidZone(timeZone)) {
    refuse("timeZone", "an IANA time zone, e.g. Asia/Tokyo");
  }
  const first = dayOf(from);
  const last = dayOf(until);
  if (!first) refuse("from", "a day that exists, written YYYY-MM-DD");
  if (!last) refuse("until", "a day that exists, written YYYY-MM-DD");
  if (first && last) {
    if (last < first) refuse("until", "not before from");
    else if (last > first.plus({ months: longestMonths })) {
      refuse(
        "until",
        `at most ${longestMonths} months after from, so ${first.plus({ months: longestMonths }).toISODate()} at the latest`,
      );
    }
  }
  if (faults.length > 0) return { ok: false, faults };
  const recurrence: Recurrence = {
    at: at as string,
    timeZone: timeZone as string,
    from: from as string,
    until: until as string,
  };
  if (weekdays !== undefined) recurrence.weekdays = [...new Set(weekdays as number[])].sort();
  return { ok: true, recurrence };
}

/**
 * The runs later than `after`, in order. A run is due at the first moment of its day at which the clock on the wall of the zone shows its
 * time or a later one: so a time that the clock skips is due when the clock jumps over it, and one that comes twice is due the first time
 * only. A day that the zone has skipped altogether has no run.
 *
 * @param afterDay only days later than this one; `YYYY-MM-DD`
 */
export function* occurrencesAfter(
  recurrence: Recurrence,
  after: Date,
  afterDay?: string | null,
): Generator<Occurrence> {
  const { weekdays, at, timeZone, from, until } = recurrence;
  const zone = IANAZone.create(timeZone);
  const minute = minuteOfDay(at) ?? 0;
  // A day ahead of any zone's own date; the moments are compared below.
  const earliest = new Date(after.getTime() - dayMs).toISOString().slice(0, 10);
  let day = [from, earliest, afterDay ? nextDay(afterDay) : from].sort().at(-1) ?? from;
  for (; day <= until; day = nextDay(day)) {
    const midnight = Date.parse(`${day}T00:00:00Z`);
    if (weekdays && !weekdays.includes(weekdayOf(midnight))) continue;
    const moment = firstMomentAt(zone, midnight, minute);
    if (moment !== null && moment > after.getTime()) yield { day, at: new Date(moment) };
  }
}

/** The next `count` runs after `after`. */
export function nextOccurrences(
  recurrence: Recurrence,
  { after, afterDay = null, count }: { after: Date; afterDay?: string | null; count: number },
): Occurrence[] {
  const found: Occurrence[] = [];
  if (count < 1) return found;
  for (const occurrence of occurrencesAfter(recurrence, after, afterDay)) {
    found.push(occurrence);
    if (found.length === count) break;
  }
  return found;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Offsets from UTC lie between -12 and +14 hours, and a change of date line moves a clock by a day. */
const reachMs = 40 * hourMs;

/**
 * The first moment at which the clock of the zone shows `minute` of the day that begins at `midnight`, read as if it were UTC, or later.
 * Null when the zone has no such day.
 */
function firstMomentAt(zone: IANAZone, midnight: number, minute: number): number | null {
  const wanted = midnight + minute * minuteMs;
  for (const { from, to, offset } of spansOfOneOffset(zone, wanted - reachMs, wanted + reachMs)) {
    const moment = Math.max(from, wanted - offset);
    if (moment >= to) continue;
    // It starts behind the day when the clock jumps; then the moment before tells whether the day was there at all.
    const isThere = moment + offset < midnight + dayMs || clockOf(zone, moment - 1) >= midnight;
    return isThere ? moment : null;
  }
  return null;
}

interface Span {
  from: number;
  to: number;
  /** Milliseconds east of UTC. */
  offset: number;
}

function* spansOfOneOffset(zone: IANAZone, from: number, to: number): Generator<Span> {
  let start = from;
  let offset = zone.offset(start) * minuteMs;
  for (let at = from; at < to; at += hourMs) {
    const next = at + hourMs;
    if (zone.offset(next) * minuteMs === offset) continue;
    // Clocks change at full minutes.
    let before = at;
    let after = next;
    while (after - before > minuteMs) {
      const middle = before + Math.floor((after - before) / 2 / minuteMs) * minuteMs;
      if (zone.offset(middle) * minuteMs === offset) before = middle;
      else after = middle;
    }
    yield { from: start, to: after, offset };
    start = after;
    offset = zone.offset(after) * minuteMs;
  }
  yield { from: start, to: Number.POSITIVE_INFINITY, offset };
}

function clockOf(zone: IANAZone, time: number): number {
  return time + zone.offset(time) * minuteMs;
}

function nextDay(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
}

function weekdayOf(midnight: number): number {
  return new Date(midnight).getUTCDay() || 7;
}

function minuteOfDay(text: unknown): number | null {
  const match = typeof text === "string" ? /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text) : null;
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}

function dayOf(text: unknown): DateTime | null {
  if (typeof text !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(text)) return null;
  const day = DateTime.fromISO(text, { zone: "utc" });
  return day.isValid ? day : null;
}

function isWeekdays(value: unknown): value is number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((day) => Number.isInteger(day) && day >= 1 && day <= 7)
  );
}
