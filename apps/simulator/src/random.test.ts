import { expect, it } from "vitest";
import { createRandom } from "./random.ts";

function firstTen(seed: number): number[] {
  const random = createRandom(seed);
  return Array.from({ length: 10 }, () => random.draw([0, 1000]));
}

it("the same seed gives the same run, another seed another", () => {
  expect(firstTen(7)).toEqual(firstTen(7));
  expect(firstTen(7)).not.toEqual(firstTen(8));
});

it("a rate of 0 never happens, a rate of 1 always, a rate of 0.3 about as often", () => {
  const random = createRandom(1);
  const count = (rate: number) => Array.from({ length: 10_000 }, () => random.happens(rate)).filter(Boolean).length;
  expect(count(0)).toBe(0);
  expect(count(1)).toBe(10_000);
  expect(count(0.3)).toBeGreaterThan(2800);
  expect(count(0.3)).toBeLessThan(3200);
});
