import { backoffMs } from "./backoff.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;

/**
 * When a silent message is asked about, in minutes after it was accepted (protocol notes §8.3): while phones are tried again
 * (carriers keep trying for up to 72 h), then a week, then a month. Entries before the grace time or after the last
 * check fall away, so one plan serves every provider.
 */
export const defaultCheckPlanMinutes: readonly number[] = [2, 10, 60, 360, 1_440, 4_320, 5_760, 10_080, 43_200];

/** Five minutes: the carrier's three retries of a notification are surely over. */
export const defaultGraceMs = 5 * minuteMs;

/** The last check is made this long before the status can no longer be read. */
export const defaultLastCheckMarginMs = 12 * 3_600_000;

export interface StatusCheckSchedule {
  acceptedAt: Date;
  now: Date;
  /** Days the carrier's status can be read: 31 for KDDI (guide §1.2), 30 for SENS. */
  readableDays: number;
  graceMs?: number;
  /** Minutes after accept, in any order. */
  plan?: readonly number[];
  lastCheckMarginMs?: number;
}

/**
 * When to ask for the status next, strictly after `now`; or "expire" when the window has no room for another check.
 *
 * The answer depends on the time, not on a position in the plan: a poller that was down for days asks once and goes on
 * with the next moment of the plan. Moments nearer than the grace time are passed over, except the last one. A message
 * that was never asked about (`checks` 0) is asked once at any moment inside the window, then at once.
 */
export function nextCheckAt({ checks, ...schedule }: StatusCheckSchedule & { checks: number }): Date | "expire" {
  const { acceptedAt, now, graceMs = defaultGraceMs, plan = defaultCheckPlanMinutes } = schedule;
  const accepted = acceptedAt.getTime();
  const last = lastCheckAt(schedule);
  const first = Math.min(accepted + graceMs, last);
  if (now.getTime() >= last) {
    return checks === 0 && now.getTime() < windowEnd(schedule) ? now : "expire";
  }
  if (now.getTime() < first) return new Date(first);
  const soonest = now.getTime() + graceMs;
  let next = last;
  for (const minutes of plan) {
    const at = accepted + minutes * minuteMs;
    if (at > now.getTime() && at >= soonest && at < next) next = at;
  }
  return new Date(next);
}

/**
 * When to repeat a check that failed (refused, throttled, unreachable): soon, then at most hourly, while the status can still
 * be read. A failed check says nothing of the message, so it does not count as one.
 */
export function repeatCheckAt({
  failures,
  random,
  ...schedule
}: Pick<StatusCheckSchedule, "acceptedAt" | "now" | "readableDays"> & {
  /** Failed checks in a row, this one included. */
  failures: number;
  random: () => number;
}): Date | "expire" {
  const end = windowEnd(schedule);
  if (schedule.now.getTime() >= end - 1) return "expire";
  const waitMs = backoffMs({ attempt: failures, baseMs: minuteMs, capMs: 60 * minuteMs, random });
  return new Date(Math.min(schedule.now.getTime() + Math.max(1, waitMs), end - 1));
}

function windowEnd({ acceptedAt, readableDays }: Pick<StatusCheckSchedule, "acceptedAt" | "readableDays">): number {
  return acceptedAt.getTime() + readableDays * dayMs;
}

/** Inside the window even when the margin is longer than the window. */
function lastCheckAt(schedule: StatusCheckSchedule): number {
  const { acceptedAt, readableDays, lastCheckMarginMs = defaultLastCheckMarginMs } = schedule;
  return acceptedAt.getTime() + Math.max(readableDays * dayMs - lastCheckMarginMs, (readableDays * dayMs) / 2);
}
