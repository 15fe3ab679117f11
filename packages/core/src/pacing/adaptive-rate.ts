/**
 * The share of its limit that a route uses at the moment: cut at a 503, climbing again with time (AIMD). JSON-safe and
 * written only by a cut, so that all processes of a route can share it; the climb is computed by whoever reads it.
 */
export interface AdaptiveRate {
  /** Share of the limit right after the last cut, above 0, at most 1. */
  factor: number;
  /** When that cut was, in ms since the epoch. */
  changedAt: number;
  /** When the last cut for a storm was, in ms since the epoch; 0 = never. */
  stormAt: number;
}

export interface AdaptiveRateSettings {
  /** The configured limit, messages per second. */
  tps: number;
  /** What a storm of 503s leaves of the rate. Default 0.5 (protocol notes §7). */
  cutTo?: number;
  /**
   * What the first 503 after a quiet time leaves. Default 0.98: where the whole limit is used, a request that comes a few ms
   * late is answered 503 although the pace is right, and must not cost more than the few it was over.
   */
  loneCutTo?: number;
  /** What each further 503 within `loneAfterMs` leaves, as long as they are few. Default 0.95. */
  repeatCutTo?: number;
  /** How long without a cut makes the next 503 a lone one. Default 3,000. */
  loneAfterMs?: number;
  /** One burst of 503s is one cut: further ones within this time change nothing. Default 1,000. */
  cutEveryMs?: number;
  /** 503s are a storm when they are more than this share of a process's requests of the last second. Default 0.1. */
  stormShare?: number;
  /** Share of the limit won back … Default 0.05. */
  climbBy?: number;
  /** … in each such time. Default 2,000. */
  climbEveryMs?: number;
}

/** A route that was never throttled. */
export const fullRate: AdaptiveRate = { factor: 1, changedAt: 0, stormAt: 0 };

/** Fewer are no storm, whatever their share: a route of a few messages a second has one of them in no time. */
const fewestOfStorm = 4;

/** Whether the 503s among a process's requests of the last second say that the limit is lower than what is sent. */
export function isStorm(
  { throttled, started }: { throttled: number; started: number },
  { stormShare = 0.1 }: Pick<AdaptiveRateSettings, "stormShare">,
): boolean {
  return throttled >= fewestOfStorm && throttled > started * stormShare;
}

/**
 * The rate after a 503 at `at`; the same object when it belongs to a burst that has already been answered. A storm that shows
 * itself within a second of the cut for its first 503 cuts once more, because that first cut was a small one.
 */
export function onThrottled(
  rate: AdaptiveRate,
  at: number,
  settings: AdaptiveRateSettings,
  storm = false,
): AdaptiveRate {
  const { tps, cutTo = 0.5, loneCutTo = 0.98, repeatCutTo = 0.95, loneAfterMs = 3_000, cutEveryMs = 1_000 } = settings;
  const quietMs = at - rate.changedAt;
  if (quietMs < (storm ? 0 : cutEveryMs) || at - rate.stormAt < cutEveryMs) return rate;
  const keep = storm ? cutTo : Math.max(cutTo, quietMs >= loneAfterMs ? loneCutTo : repeatCutTo);
  // Never below 1 % of the limit nor below one a second: a route that stands still can't learn that the storm is over.
  const floor = Math.min(1, Math.max(0.01, 1 / tps));
  return {
    factor: Math.max(floor, factorAt(rate, at, settings) * keep),
    changedAt: at,
    stormAt: storm ? at : rate.stormAt,
  };
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
