import { describe, expect, test } from "vitest";
import { createLateness, toleratedMs, toleratedSlots } from "./lateness.ts";

const none = () => 0;
const late = (samples: readonly number[], behind = 1) => {
  const lateness = createLateness();
  for (const [index, lateMs] of samples.entries()) lateness.add(index, lateMs, behind);
  return lateness;
};
const spread = (to: number): number[] => Array.from({ length: 100 }, (_, index) => (index / 100) * to);

describe("where no slot may be kept", () => {
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
    expect(late(samples).bestMarginMs(samples.length, none)).toBe(expected);
  });
});

test("single late starts need no greater margin where one slot may be kept; several at a time do", () => {
  const oneEach16 = (marginMs: number) => marginMs / 16;
  expect(late(spread(40), 1).bestMarginMs(100, oneEach16)).toBe(16);
  expect(late(spread(40), 2).bestMarginMs(100, oneEach16)).toBe(32);
  expect(late(spread(20_000), 1).bestMarginMs(100, oneEach16)).toBe(16);
});

test("what is five seconds ago no longer counts", () => {
  const lateness = late(spread(40));

  expect(lateness.bestMarginMs(4_900, none)).toBe(64);
  expect(lateness.bestMarginMs(5_200, none)).toBe(16);
});

test.each([
  ["1,000 a second, four processes", 1_000, 4, 16, 3],
  ["1,000 a second, one process", 1_000, 1, 16, 12],
  ["100 a second: one, whoever needs it", 100, 4, 16, 1],
  ["10 a second: a margin of 16 ms has no room for a whole slot", 10, 1, 16, 0],
  ["10 a second and the widest margin", 10, 1, 112, 1],
])("slots that may be late: %s", (_label, tps, participants, marginMs, expected) => {
  const intervalMs = (1_000 + marginMs) / tps;
  const slots = toleratedSlots(marginMs, intervalMs, participants);

  expect(slots).toBe(expected);
  // Kept by all processes at once they still fit into the margin, or there is just one.
  expect(slots <= 1 || slots * participants * intervalMs <= marginMs).toBe(true);
  expect(toleratedMs(marginMs)).toBe(marginMs - 10);
});
