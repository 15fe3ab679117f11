import { expect, test } from "vitest";
import { createLateness } from "./lateness.ts";

const late = (samples: readonly number[]) => {
  const lateness = createLateness();
  for (const [index, lateMs] of samples.entries()) lateness.add(index, lateMs);
  return lateness;
};
const spread = (to: number): number[] => Array.from({ length: 100 }, (_, index) => (index / 100) * to);

test.each([
  ["nothing known", [], 16],
  ["a few very late ones say nothing yet", [80, 80, 80], 16],
  ["punctual", spread(4), 16],
  ["one pause in five seconds", [...spread(3), 300], 16],
  ["up to 20 ms late", spread(20), 32],
  ["up to 40 ms late", spread(40), 64],
  ["up to 90 ms late", spread(90), 112],
  ["so late that no margin helps", spread(20_000), 16],
])("%s", (_label, samples, expected) => {
  expect(late(samples).bestMarginMs(samples.length)).toBe(expected);
});

test("what is five seconds ago no longer counts", () => {
  const lateness = late(spread(40));

  expect(lateness.bestMarginMs(4_900)).toBe(64);
  expect(lateness.bestMarginMs(5_200)).toBe(16);
});
