/**
 * Redis's clock, read locally. Every slot of a route is a moment of this clock, so hosts whose own clocks differ still
 * keep one pace. All times are ms; local ones are `performance.now()`.
 */
export interface RedisClock {
  /** One answer of Redis with its time in it, and when it was asked and heard. */
  observe(redisMs: number, askedAt: number, heardAt: number): void;
  now(): number;
  toLocal(redisMs: number): number;
  toRedis(localMs: number): number;
}

/** Observations looked at: some 25 s of beats, so that drift between the clocks stays far below 1 ms. */
const kept = 60;
/** A difference that no round trip explains: Redis's clock was set, or another Redis answers. */
const stepMs = 1_000;

export function createRedisClock(): RedisClock {
  let samples: { offset: number; roundTrip: number }[] = [];
  // Until Redis was heard of, this host's clock is as good as any.
  let offset = Date.now() - performance.now();
  return {
    observe(redisMs, askedAt, heardAt) {
      const sample = { offset: redisMs - (askedAt + heardAt) / 2, roundTrip: heardAt - askedAt };
      if (Math.abs(sample.offset - offset) > stepMs) samples = [];
      samples.push(sample);
      if (samples.length > kept) samples.shift();
      // The quickest answer says it best: its error is at most half its round trip.
      offset = samples.reduce((best, each) => (each.roundTrip <= best.roundTrip ? each : best)).offset;
    },
    now: () => performance.now() + offset,
    toLocal: (redisMs) => redisMs - offset,
    toRedis: (localMs) => localMs + offset,
  };
}
