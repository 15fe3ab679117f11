/** Decides, request by request, whether the account's TPS is exceeded. `nowMs` is a monotonic time. */
export interface RateLimit {
  admits(nowMs: number): boolean;
}

/** A token bucket that holds one second of tokens: the mean is exact, a burst of one second's worth is forgiven. */
export function createBucket(tps: number): RateLimit {
  let tokens = tps;
  let filledAt = Number.NEGATIVE_INFINITY;
  return {
    admits(nowMs) {
      tokens = Math.min(tps, tokens + ((nowMs - filledAt) / 1000) * tps);
      filledAt = nowMs;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}

/** Never more than `tps` admitted requests in any 1,000 ms, wherever the second starts. Refused requests do not count. */
export function createSlidingSecond(tps: number): RateLimit {
  const admittedAt = new Float64Array(tps).fill(Number.NEGATIVE_INFINITY);
  let oldest = 0;
  return {
    admits(nowMs) {
      if (nowMs - (admittedAt[oldest] as number) < 1000) return false;
      admittedAt[oldest] = nowMs;
      oldest = (oldest + 1) % tps;
      return true;
    },
  };
}
