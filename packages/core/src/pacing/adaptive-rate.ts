/**
 * The share of its limit that a route uses at the moment: cut at a 503, climbing again with time (AIMD). JSON-safe and
 * written only by a cut, so that all processes of a route can share it; the climb is computed by whoever reads it.
 */
export interface AdaptiveRate {
  /** Share of the limit right after the last cut, above 0, at most 1. */
  factor: number;
  /** When that cut was, in ms since the epoch. */
  changedAt: number;
}

export interface AdaptiveRateSettings {
  /** The configured limit, messages per second. */
  tps: number;
  /** What a cut leaves of the rate when 503s go on. Default 0.5 (protocol notes §7). */
  cutTo?: number;
  /** What a lone 503 leaves, the first after a quiet time: one stray answer must not cost half the route. Default 0.9. */
  loneCutTo?: number;
  /** How long without a cut makes the next 503 a lone one. Default 10,000. */
  loneAfterMs?: number;
  /** One burst of 503s is one cut: further ones within this time change nothing. Default 1,000. */
  cutEveryMs?: number;
  /** Share of the limit won back … Default 0.05. */
  climbBy?: number;
  /** … in each such time. Default 2,000. */
  climbEveryMs?: number;
}

/** A route that was never throttled. */
export const fullRate: AdaptiveRate = { factor: 1, changedAt: 0 };

/** The rate after a 503 at `at`; the same object when it belongs to a burst that has already been answered. */
export function onThrottled(rate: AdaptiveRate, at: number, settings: AdaptiveRateSettings): AdaptiveRate {
  const { tps, cutTo = 0.5, loneCutTo = 0.9, loneAfterMs = 10_000, cutEveryMs = 1_000 } = settings;
  const quietMs = at - rate.changedAt;
  if (quietMs < cutEveryMs) return rate;
  const keep = quietMs >= loneAfterMs ? Math.max(cutTo, loneCutTo) : cutTo;
  // Never below 1 % of the limit nor below one a second: a route that stands still can't learn that the storm is over.
  const floor = Math.min(1, Math.max(0.01, 1 / tps));
  return { factor: Math.max(floor, factorAt(rate, at, settings) * keep), changedAt: at };
}

/** Share of the limit that may be used at `at`. A clock that runs behind the cut's only sees the cut. */
export function factorAt(rate: AdaptiveRate, at: number, settings: AdaptiveRateSettings): number {
  const { climbBy = 0.05, climbEveryMs = 2_000 } = settings;
  const climbed = (Math.max(0, at - rate.changedAt) / climbEveryMs) * climbBy;
  return Math.min(1, rate.factor + climbed);
}

/** Messages per second that may be started at `at`; never above the configured limit. */
export function tpsAt(rate: AdaptiveRate, at: number, settings: AdaptiveRateSettings): number {
  return settings.tps * factorAt(rate, at, settings);
}
