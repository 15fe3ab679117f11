import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type BackoffCause, backoffMs, backoffPlans, longestWaitMs } from "./backoff.ts";

describe("backoffMs", () => {
  const plan = { baseMs: 500, capMs: 30_000 };

  test("the longest wait doubles up to the cap", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((attempt) => longestWaitMs(attempt, plan));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  test("the jitter is full: from nothing to the whole wait, evenly", () => {
    expect([0, 0.25, 0.5, 0.999999].map((value) => backoffMs({ ...plan, attempt: 2, random: () => value }))).toEqual([
      0, 250, 500, 1_000,
    ]);
  });

  test("no wait is negative, fractional or above the cap", () => {
    const cause = fc.constantFrom(...(Object.keys(backoffPlans) as BackoffCause[]));
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(cause, fc.integer({ min: 0, max: 10_000 }), random, (name, attempt, value) => {
        const wait = backoffMs({ ...backoffPlans[name], attempt, random: () => value });
        return Number.isInteger(wait) && wait >= 0 && wait <= backoffPlans[name].capMs;
      }),
    );
  });

  test("the plans are those of the protocol", () => {
    expect(backoffPlans).toMatchObject({
      throttled: { baseMs: 500, capMs: 30_000 },
      "bad-gateway": { baseMs: 5_000, capMs: 60_000 },
      "not-reached": { baseMs: 2_000, capMs: 60_000 },
    });
  });
});
