import { expect, test } from "vitest";
import { createRedisClock } from "./redis-clock.ts";

test("the quickest answer tells Redis's time best", () => {
  const clock = createRedisClock();
  clock.observe(5_000_100, 100, 140);
  clock.observe(5_000_201, 200, 202);
  clock.observe(5_000_400, 300, 390);

  expect(clock.toLocal(5_000_300)).toBe(300);
  expect(clock.toRedis(250)).toBe(5_000_250);
});

test("a clock that was set is believed at once", () => {
  const clock = createRedisClock();
  clock.observe(5_000_201, 200, 202);
  clock.observe(9_000_320, 300, 340);

  expect(clock.toLocal(9_000_320)).toBe(320);
});
