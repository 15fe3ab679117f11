/** First and longest wait of an exponential backoff, in milliseconds. */
export interface BackoffPlan {
  baseMs: number;
  capMs: number;
}

/**
 * The plans by what happened (protocol notes §7; the one for 500 is ours, the notes give no number): `throttled` 503, 429,
 * 408; `server-error` 500 and unlisted 5xx; `bad-gateway` 502; `not-reached` 504; `unreachable` connection failures.
 */
export const backoffPlans = {
  throttled: { baseMs: 500, capMs: 30_000 },
  "server-error": { baseMs: 2_000, capMs: 60_000 },
  "bad-gateway": { baseMs: 5_000, capMs: 60_000 },
  "not-reached": { baseMs: 2_000, capMs: 60_000 },
  unreachable: { baseMs: 500, capMs: 30_000 },
} as const satisfies Record<string, BackoffPlan>;

export type BackoffCause = keyof typeof backoffPlans;

export interface BackoffInput extends BackoffPlan {
  /** 1 after the first failure, 2 after the second … */
  attempt: number;
  /** A number from 0 to below 1. */
  random: () => number;
}

/**
 * Exponential backoff with full jitter: anything from 0 to `base · 2^(attempt − 1)`, at most the cap. Whole milliseconds.
 * Full jitter because the failures of many workers come at one moment, and their retries must not.
 */
export function backoffMs({ attempt, baseMs, capMs, random }: BackoffInput): number {
  return Math.round(random() * longestWaitMs(attempt, { baseMs, capMs }));
}

/** The curve without the jitter. */
export function longestWaitMs(attempt: number, { baseMs, capMs }: BackoffPlan): number {
  return Math.min(capMs, baseMs * 2 ** Math.max(0, attempt - 1));
}
