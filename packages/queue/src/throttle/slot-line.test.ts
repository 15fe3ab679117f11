import { expect, test } from "vitest";
import { createSlotLine, toleratedLatenessMs } from "./slot-line.ts";

test("slots are taken when they are due, in order of time", () => {
  const slots = createSlotLine();
  slots.add([20, 30]);
  slots.add([25]);

  expect([slots.next(), slots.at(1), slots.at(2), slots.length]).toEqual([20, 25, 30, 3]);
  expect(slots.takeDue(19)).toBe(false);
  expect([slots.takeDue(20), slots.takeDue(20)]).toEqual([true, false]);
  expect([slots.takeDue(31), slots.takeDue(31), slots.takeDue(31)]).toEqual([true, true, false]);
});

test("a slot that is too long gone is dropped, one that is a little late is not", () => {
  const slots = createSlotLine();
  slots.add([0, 10, 20]);

  expect(slots.dropPassed(toleratedLatenessMs)).toBe(0);
  expect(slots.dropPassed(10 + toleratedLatenessMs + 1)).toBe(2);
  expect(slots.next()).toBe(20);
  slots.clear();
  expect(slots.next()).toBeUndefined();
});
