import { expect, test } from "vitest";
import { createSlotLine } from "./slot-line.ts";

const slotsAt = (...moments: number[]) => moments.map((at) => ({ at, toleratedMs: 6 }));

test("slots are taken when they are due, in order of time", () => {
  const slots = createSlotLine();
  slots.add(slotsAt(20, 30));
  slots.add(slotsAt(25));

  expect([slots.at(0)?.at, slots.at(1)?.at, slots.at(2)?.at, slots.length]).toEqual([20, 25, 30, 3]);
  expect(slots.takeDue(19)).toBeUndefined();
  expect([slots.takeDue(20)?.at, slots.takeDue(20)]).toEqual([20, undefined]);
  expect([slots.takeDue(31)?.at, slots.takeDue(31)?.at, slots.takeDue(31)]).toEqual([25, 30, undefined]);
});

test("a slot that is too long gone is taken out, one that is a little late is not", () => {
  const slots = createSlotLine();
  slots.add(slotsAt(0, 10, 20));

  expect(slots.takePassed(6)).toEqual([]);
  expect(slots.takePassed(17)).toEqual(slotsAt(0, 10));
  expect(slots.at(0)?.at).toBe(20);
  expect(slots.takePassed(1_000)).toEqual(slotsAt(20));
  slots.add(slotsAt(30));
  slots.clear();
  expect(slots.length).toBe(0);
});
