import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createBucket, createSlidingSecond, type RateLimit } from "./rate-limit.ts";

function admitted(limit: RateLimit, times: readonly number[]): number[] {
  return times.filter((at) => limit.admits(at));
}

describe("a bucket", () => {
  it("forgives a burst of one second and refuses the next request", () => {
    expect(admitted(createBucket(10), Array(11).fill(0))).toHaveLength(10);
  });

  it("fills at its rate", () => {
    const limit = createBucket(10);
    admitted(limit, Array(10).fill(0));
    expect(admitted(limit, [99, 100, 101, 200])).toEqual([100, 200]);
  });
});

describe("a sliding second", () => {
  it("never admits more than its limit in any 1,000 ms", () => {
    const steps = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), steps, (tps, gaps) => {
        let now = 0;
        const times = gaps.map((gap) => (now += gap));
        const passed = admitted(createSlidingSecond(tps), times);
        for (const from of passed) {
          expect(passed.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(tps);
        }
      }),
    );
  });

  it("admits again exactly 1,000 ms after the oldest", () => {
    expect(admitted(createSlidingSecond(2), [0, 300, 999, 1000, 1299, 1300])).toEqual([0, 300, 1000, 1300]);
  });
});
