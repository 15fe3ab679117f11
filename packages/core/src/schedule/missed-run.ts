import { parseDuration } from "./duration.ts";

/**
 * What is done about a run whose time has passed while nobody could start it: `skip`, or `run-if-within`: it is made up for while it is
 * no later than so long.
 */
export type MissedRunPolicy = { kind: "skip" } | { kind: "run-if-within"; withinMs: number };

export type MissedRunPolicyResult = { ok: true; policy: MissedRunPolicy } | { ok: false; reason: string };

/** Whoever has not looked at a restart within an hour expects to decide for himself. */
export const defaultMissedRunPolicy: MissedRunPolicy = { kind: "run-if-within", withinMs: 3_600_000 };

/** A day has one run at most; later than this the next one is near. */
const longestWithinMs = 23 * 3_600_000;

/** A start by one of several processes, after a short outage or the restart of an update, is still in time. */
export const inTimeMs = 60_000;

/** Reads `skip` or `run-if-within 1h`. */
export function parseMissedRunPolicy(input: unknown): MissedRunPolicyResult {
  const hint = 'write "skip", or "run-if-within 1h" with a length of time from 1m to 23h';
  if (typeof input !== "string") return { ok: false, reason: hint };
  const text = input.trim();
  if (text === "skip") return { ok: true, policy: { kind: "skip" } };
  const length = /^run-if-within\s+(\S+)$/.exec(text)?.[1];
  const parsed = length === undefined ? null : parseDuration(length);
  if (!parsed?.ok || parsed.ms < inTimeMs || parsed.ms > longestWithinMs) return { ok: false, reason: hint };
  return { ok: true, policy: { kind: "run-if-within", withinMs: parsed.ms } };
}

export type RunDecision = { kind: "run" } | { kind: "missed"; why: string };

export interface DueRun {
  dueAt: Date;
  /** When the schedule's next run after this one is due; null when this is the last. */
  nextDueAt: Date | null;
  now: Date;
  policy: MissedRunPolicy;
}

/**
 * Whether a due run is started or only written down as missed. Of several that are overdue at once, only the last may still run: nobody
 * gets yesterday's and today's together.
 */
export function decideRun({ dueAt, nextDueAt, now, policy }: DueRun): RunDecision {
  const lateMs = now.getTime() - dueAt.getTime();
  if (nextDueAt && nextDueAt <= now) return { kind: "missed", why: "the next run was due as well by then" };
  if (lateMs <= inTimeMs) return { kind: "run" };
  if (policy.kind === "skip") return { kind: "missed", why: "its time had passed, and missed runs are skipped" };
  if (lateMs <= policy.withinMs) return { kind: "run" };
  return { kind: "missed", why: "its time had passed for longer than missed runs are made up for" };
}

/**
 * Whether a run whose beginning was cut off is gone on with: the same patience as with one that nobody has begun, but for one that was
 * begun in time it counts from the interruption.
 */
export function mayGoOn({
  interruptedMs,
  lateMs,
  policy,
}: {
  interruptedMs: number;
  lateMs: number;
  policy: MissedRunPolicy;
}): boolean {
  return interruptedMs <= inTimeMs || (policy.kind === "run-if-within" && lateMs <= policy.withinMs);
}
