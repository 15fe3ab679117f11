import fc from "fast-check";
import { expect, it } from "vitest";
import { createArrivalLog } from "./arrival-log.ts";

it("the worst second is the fullest window of 1,000 ms, wherever it starts and whatever the order of arrival", () => {
  const arrivals = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 60 });
  fc.assert(
    fc.property(arrivals, (times) => {
      const log = createArrivalLog();
      for (const at of times) log.add(at);
      const counts = times.map((from) => times.filter((at) => at >= from && at < from + 1000).length);
      expect(log.worstSecond()).toBe(Math.max(0, ...counts));
    }),
  );
});

it("an arrival exactly 1,000 ms after another is in another second", () => {
  const log = createArrivalLog();
  for (const at of [0, 1000, 1999.9, 2000]) log.add(at);
  expect(log.worstSecond()).toBe(2);
});

it("a log too long to keep still knows its worst second and its count", () => {
  const log = createArrivalLog();
  for (let index = 0; index < 50; index++) log.add(index);
  for (let second = 0; second < 2_300_000; second++) log.add(10_000 + second * 500);
  expect(log.worstSecond()).toBe(50);
  expect(log.count()).toBe(2_300_050);
  expect(log.first()).toBe(0);
});
