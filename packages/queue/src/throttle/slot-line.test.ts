import { expect, test } from "vitest";
import { createSlotLine } from "./slot-line.ts";

const slotsAt = (...moments: number[]) => moments.map((at) => ({ at, toleratedMs: 6, toleratedSlots: 1 }));
const createLine = () => createSlotLine({ longestWaitMs: 100 });

test("slots are taken when they are due, in order of time", () => {
  const slots = createLine();
  slots.add(slotsAt(20, 30));
  slots.add(slotsAt(25));

  expect([slots.at(0)?.at, slots.at(1)?.at, slots.at(2)?.at, slots.length]).toEqual([20, 25, 30, 3]);
  expect(slots.takeDue(19)).toBeUndefined();
  expect([slots.takeDue(20)?.at, slots.takeDue(20)]).toEqual([20, undefined]);
  expect([slots.takeDue(31)?.at, slots.takeDue(31)?.at, slots.takeDue(31)]).toEqual([25, 30, undefined]);
});

test("a slot that is too long gone is taken out, one that is a little late is not", () => {
  const slots = createLine();
  slots.add(slotsAt(0, 10, 20));

  expect(slots.takePassed(6, 0)).toEqual([]);
  expect(slots.takePassed(17, 0)).toEqual(slotsAt(0, 10));
  expect(slots.at(0)?.at).toBe(20);
  expect(slots.takePassed(1_000, 0)).toEqual(slotsAt(20));
  slots.add(slotsAt(30));
  slots.clear();
  expect(slots.length).toBe(0);
});

test("the newest of the slots that are gone stays for a while, if somebody wants it", () => {
  const slots = createLine();
  slots.add(slotsAt(0, 10, 20, 200));

  expect(slots.overdue(17)).toBe(2);
  expect(slots.takePassed(17, 5)).toEqual(slotsAt(0));
  expect(slots.takePassed(19, 5)).toEqual([]);
  expect(slots.takePassed(60, 5)).toEqual(slotsAt(10));
  expect(slots.takePassed(119, 5)).toEqual([]);
  expect(slots.takePassed(121, 5)).toEqual(slotsAt(20));
  slots.add(slotsAt(210));
  expect(slots.takePassed(250, 0)).toEqual(slotsAt(200, 210));
});
