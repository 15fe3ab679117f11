import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nextCheckAt, repeatCheckAt } from "./status-checks.ts";

const acceptedAt = new Date("2026-03-01T00:00:00.000Z");
const minuteMs = 60_000;
const dayMs = 86_400_000;

function after(ms: number): Date {
  return new Date(acceptedAt.getTime() + ms);
}

/** The checks a poller makes that is never late, in minutes after accept. */
function punctual(schedule: { readableDays: number; graceMs?: number; plan?: readonly number[] }): number[] {
  const made: number[] = [];
  let now = acceptedAt;
  for (;;) {
    const next = nextCheckAt({ acceptedAt, now, checks: made.length, ...schedule });
    if (next === "expire") return made;
    if (made.length > 200) throw new Error("never expires");
    made.push((next.getTime() - acceptedAt.getTime()) / minuteMs);
    now = next;
  }
}

const schedule = fc.record({
  readableDays: fc.integer({ min: 1, max: 60 }),
  graceMs: fc.integer({ min: 1_000, max: 3 * dayMs }),
  plan: fc.array(fc.integer({ min: 0, max: 100_000 })),
});

describe("nextCheckAt", () => {
  test("five minutes after accept, then further and further apart, the last half a day before day 31", () => {
    expect(punctual({ readableDays: 31 })).toEqual([5, 10, 60, 360, 1_440, 4_320, 5_760, 10_080, 43_200, 30.5 * 1_440]);
  });

  test("a carrier that can be read for 30 days is asked for the last time on day 29 and a half", () => {
    expect(punctual({ readableDays: 30 }).slice(-2)).toEqual([10_080, 29.5 * 1_440]);
  });

  test("the grace time comes before anything in the plan", () => {
    expect(punctual({ readableDays: 31, graceMs: 30 * minuteMs })[0]).toBe(30);
    expect(punctual({ readableDays: 31, graceMs: 2_000, plan: [] })).toEqual([2 / 60, 30.5 * 1_440]);
  });

  test("a plan in any order is followed in order", () => {
    const plan = [60, 10, 60, 1_440];
    expect(punctual({ readableDays: 31, plan })).toEqual([5, 10, 60, 1_440, 30.5 * 1_440]);
  });

  test("a poller that was down for days goes on with the next moment of the plan", () => {
    expect(nextCheckAt({ acceptedAt, now: after(3.5 * dayMs), checks: 1, readableDays: 31 })).toEqual(after(4 * dayMs));
    expect(nextCheckAt({ acceptedAt, now: after(20 * dayMs), checks: 1, readableDays: 31 })).toEqual(after(30 * dayMs));
  });

  test("a moment that is nearly there is passed over, so a late check is not repeated at once", () => {
    expect(nextCheckAt({ acceptedAt, now: after(59 * minuteMs), checks: 2, readableDays: 31 })).toEqual(
      after(6 * 60 * minuteMs),
    );
  });

  test("the last check is made however near it is", () => {
    expect(nextCheckAt({ acceptedAt, now: after(30.5 * dayMs - 1), checks: 9, readableDays: 31 })).toEqual(
      after(30.5 * dayMs),
    );
  });

  test("a message nobody ever asked about is asked at once while it can be, then expires", () => {
    const late = after(30.9 * dayMs);
    expect(nextCheckAt({ acceptedAt, now: late, checks: 0, readableDays: 31 })).toEqual(late);
    expect(nextCheckAt({ acceptedAt, now: late, checks: 1, readableDays: 31 })).toBe("expire");
    expect(nextCheckAt({ acceptedAt, now: after(31 * dayMs), checks: 0, readableDays: 31 })).toBe("expire");
  });

  test("checks strictly follow each other, no nearer than the grace time but for the last, which is inside the window", () => {
    fc.assert(
      fc.property(schedule, ({ readableDays, graceMs, plan }) => {
        const made = punctual({ readableDays, graceMs, plan });
        const gaps = made.map((minutes, index) => minutes - (made[index - 1] ?? 0));
        expect(gaps.every((gap) => gap > 0)).toBe(true);
        expect(gaps.slice(1, -1).every((gap) => gap * minuteMs >= graceMs - 1e-3)).toBe(true);
        const end = readableDays * 1_440;
        expect(made.at(-1)).toBeLessThan(end);
        expect(made.at(-1)).toBeGreaterThanOrEqual(end - Math.max(720, end / 2));
        expect(made.length).toBeLessThanOrEqual(plan.length + 2);
      }),
    );
  });

  test("a poller that stops and starts at any time never asks more often than the plan", () => {
    const delays = fc.array(fc.integer({ min: 0, max: 10 * dayMs }));
    fc.assert(
      fc.property(schedule, delays, (settings, late) => {
        let now = acceptedAt;
        let checks = 0;
        for (;;) {
          const next = nextCheckAt({ acceptedAt, now, checks, ...settings });
          if (next === "expire") break;
          expect(checks).toBeLessThan(settings.plan.length + 2);
          expect(next.getTime()).toBeLessThan(acceptedAt.getTime() + settings.readableDays * dayMs);
          now = new Date(next.getTime() + (late[checks] ?? 0));
          checks++;
        }
        expect(checks).toBeGreaterThanOrEqual(1);
      }),
    );
  });
});

describe("repeatCheckAt", () => {
  test("a check that failed is repeated within a minute, later within an hour", () => {
    const now = after(dayMs);
    const random = () => 0.5;
    const wait = (failures: number) => repeatCheckAt({ acceptedAt, now, readableDays: 31, failures, random });
    expect([1, 2, 20].map(wait)).toEqual([0.5, 1, 30].map((minutes) => after(dayMs + minutes * minuteMs)));
  });

  test("it stays inside the window to the last moment, then expires", () => {
    const moments = fc.integer({ min: 0, max: 31 * dayMs - 2 });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(moments, fc.integer({ min: 1, max: 100 }), random, (at, failures, value) => {
        const next = repeatCheckAt({ acceptedAt, now: after(at), readableDays: 31, failures, random: () => value });
        return next !== "expire" && next > after(at) && next < after(31 * dayMs);
      }),
    );
    expect(repeatCheckAt({ acceptedAt, now: after(31 * dayMs), readableDays: 31, failures: 1, random: () => 0 })).toBe(
      "expire",
    );
  });
});
