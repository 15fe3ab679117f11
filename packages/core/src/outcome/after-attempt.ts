import { type BackoffCause, type BackoffPlan, backoffMs, backoffPlans } from "../schedule/backoff.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import { backoffCauseOf, usesAttempt } from "./outcome-policy.ts";

/** Attempts a message gets unless configured otherwise (protocol notes §7, at 504). */
export const defaultMaxAttempts = 5;

/** A longer `Retry-After` is taken as this one, so that a wrong header can't park a message, or hold a route, for days. */
export const maxRetryAfterMs = 3_600_000;

export interface AfterAttemptInput {
  outcome: AttemptOutcome;
  /** Number of this attempt, from 1; attempts that used none (throttled, held) are not counted. */
  attempt: number;
  maxAttempts: number;
  now: Date;
  /** After this moment the message must not be sent any more. */
  validUntil?: Date | null;
  random: () => number;
  /** Times in a row this message was throttled, this one included, when the caller knows. Default 1. */
  throttledInARow?: number;
  plans?: Readonly<Record<BackoffCause, BackoffPlan>>;
}

/** What to write about one attempt. */
export interface AfterAttempt {
  to: "accepted" | "queued" | "rejected" | "failed" | "unknown" | "expired";
  /** For `queued`: the message may be tried again after this time. 0 when only the route's hold stands in the way. */
  dueInMs?: number;
  useAttempt: boolean;
  /** The kind of outcome, for the history of attempts. */
  outcome: AttemptOutcome["kind"];
  reason: string;
}

/** Decides what becomes of a message after an attempt: the outcome, the attempts left and the validity together. */
export function afterAttempt(input: AfterAttemptInput): AfterAttempt {
  const { outcome, attempt, maxAttempts } = input;
  const noted = { useAttempt: usesAttempt[outcome.kind], outcome: outcome.kind };
  switch (outcome.kind) {
    case "accepted":
      return { to: "accepted", ...noted, reason: outcome.alarm ?? "" };
    case "rejected":
    case "unknown":
      return { to: outcome.kind, ...noted, reason: outcome.reason };
    case "held":
      return backToQueue(input, outcome, 0);
    case "throttled":
      return backToQueue(input, outcome, waitMs(input, outcome, input.throttledInARow ?? 1));
    case "retry":
      if (attempt >= maxAttempts) {
        const attempts = attempt === 1 ? "1 attempt" : `${attempt} attempts`;
        return { to: "failed", ...noted, reason: `given up after ${attempts}; the last: ${outcome.reason}` };
      }
      return backToQueue(input, outcome, waitMs(input, outcome, attempt));
    default:
      return outcome satisfies never;
  }
}

type Waiting = Extract<AttemptOutcome, { kind: "held" | "throttled" | "retry" }>;

function backToQueue({ now, validUntil }: AfterAttemptInput, outcome: Waiting, dueInMs: number): AfterAttempt {
  const noted = { useAttempt: usesAttempt[outcome.kind], outcome: outcome.kind };
  if (validUntil && now.getTime() + dueInMs >= validUntil.getTime()) {
    const reason = `its validity ended before it could be tried again; the last: ${outcome.reason}`;
    return { to: "expired", ...noted, reason };
  }
  return { to: "queued", dueInMs, ...noted, reason: outcome.reason };
}

/** The backoff on top of what the gateway asked for, so that not all come back at the same moment. */
function waitMs(
  { random, plans = backoffPlans }: AfterAttemptInput,
  outcome: Exclude<Waiting, { kind: "held" }>,
  attempt: number,
): number {
  const plan = plans[backoffCauseOf(outcome) ?? "server-error"];
  return Math.min(outcome.retryAfterMs ?? 0, maxRetryAfterMs) + backoffMs({ ...plan, attempt, random });
}
