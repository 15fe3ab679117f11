import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AdaptiveRate, factorAt, fullRate, isStorm, onThrottled, tpsAt } from "./adaptive-rate.ts";

const settings = { tps: 100 };
const start = 1_700_000_000_000;

function cutAt(...seconds: number[]): AdaptiveRate {
  return seconds.reduce((rate, second) => onThrottled(rate, start + second * 1_000, settings), fullRate);
}

describe("the adaptive rate", () => {
  test("a route that was never throttled uses its whole limit", () => {
    expect(tpsAt(fullRate, start, settings)).toBe(100);
  });

  test("a lone 503 takes a fiftieth; the next within three seconds a twentieth", () => {
    expect(tpsAt(cutAt(0), start, settings)).toBe(98);
    expect(tpsAt(cutAt(0, 0.4), start + 400, settings)).toBe(99);
    expect(tpsAt(cutAt(0, 2), start + 2_000, settings)).toBe(95);
    expect(cutAt(0, 60).factor).toBe(0.98);
  });

  test.each([
    ["three, though they are all there were", { throttled: 3, started: 3 }, false],
    ["four of forty", { throttled: 4, started: 40 }, false],
    ["four of thirty-nine", { throttled: 4, started: 39 }, true],
    ["eighteen of a thousand", { throttled: 18, started: 1_000 }, false],
    ["every second one", { throttled: 125, started: 250 }, true],
  ])("a storm or not: %s", (_label, counts, expected) => {
    expect(isStorm(counts, {})).toBe(expected);
  });

  test("a storm halves at once, also right after the small cut for its first 503, and then not again for a second", () => {
    const first = cutAt(0);
    const storm = onThrottled(first, start + 100, settings, true);
    expect(storm.factor).toBeCloseTo((0.98 + 0.0025) / 2, 10);
    expect(onThrottled(storm, start + 1_099, settings, true)).toBe(storm);
    expect(onThrottled(storm, start + 1_099, settings)).toBe(storm);
    expect(onThrottled(storm, start + 1_100, settings, true).factor).toBeLessThan(0.26);
    expect(onThrottled(storm, start + 1_100, settings).factor).toBeCloseTo((storm.factor + 0.025) * 0.95, 10);
  });

  test("a burst of 503s is one cut, a 503 a second later is another", () => {
    const once = cutAt(0);
    expect(cutAt(0, 0.1, 0.5, 0.999)).toEqual(once);
    expect(onThrottled(once, start + 500, settings)).toBe(once);
    expect(cutAt(0, 1).factor).toBeLessThan(once.factor);
  });

  test("five percent of the limit come back in two seconds, up to the limit", () => {
    const rate: AdaptiveRate = { factor: 0.5, changedAt: start, stormAt: start };
    const afterSeconds = [0, 1, 2, 10, 20, 1_000].map((second) => tpsAt(rate, start + second * 1_000, settings));
    expect(afterSeconds.map((tps) => tps.toFixed(6))).toEqual(
      [50, 52.5, 55, 75, 100, 100].map((tps) => tps.toFixed(6)),
    );
  });

  test("cut and climb are settings", () => {
    const own = {
      tps: 100,
      cutTo: 0.8,
      loneCutTo: 0.8,
      repeatCutTo: 0.8,
      cutEveryMs: 100,
      climbBy: 0.1,
      climbEveryMs: 1_000,
    };
    const rate = onThrottled(onThrottled(fullRate, start, own), start + 100, own);
    expect(rate.factor).toBeCloseTo(0.648, 10);
    expect(factorAt(rate, start + 1_100, own)).toBeCloseTo(0.748, 10);
  });

  test("in a storm the rate falls to what it climbs in a second, and never below one a second", () => {
    const storm = (tps: number) => {
      let rate = fullRate;
      for (let second = 0; second < 100; second++) rate = onThrottled(rate, start + second * 1_000, { tps }, true);
      return tpsAt(rate, start + 99_000, { tps });
    };
    expect(storm(1_000)).toBeCloseTo(25, 10);
    expect(storm(10)).toBeCloseTo(1, 10);
    expect(storm(1)).toBe(1);
  });

  test("a process whose clock is behind sees the cut, not a lower rate still", () => {
    expect(tpsAt(cutAt(10), start, settings)).toBe(98);
    expect(onThrottled(cutAt(10), start, settings)).toEqual(cutAt(10));
    expect(onThrottled(cutAt(10), start, settings, true)).toEqual(cutAt(10));
  });

  test("never above the limit, never below the floor, never up by a 503, never down by time, and JSON keeps it", () => {
    const events = fc.array(fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.boolean()));
    fc.assert(
      fc.property(fc.double({ min: 0.5, max: 10_000, noNaN: true }), events, (tps, waits) => {
        let rate = fullRate;
        let at = start;
        for (const [wait, storm] of waits) {
          const before = factorAt(rate, at, { tps });
          at += wait;
          const climbed = factorAt(rate, at, { tps });
          rate = JSON.parse(JSON.stringify(onThrottled(rate, at, { tps }, storm)));
          const cut = factorAt(rate, at, { tps });
          expect(climbed).toBeGreaterThanOrEqual(before);
          expect(cut).toBeLessThanOrEqual(climbed);
          expect(cut).toBeGreaterThanOrEqual(Math.min(1, Math.max(0.01, 1 / tps)) - 1e-12);
          expect(cut).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
