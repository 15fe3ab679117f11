import { expect, test } from "vitest";
import { createSlotLine } from "./slot-line.ts";

const slot = (at: number, delayMs = 0) => ({ at, dueAt: at + delayMs, paceAt: at });
const slotsAt = (...moments: number[]) => moments.map((at) => slot(at));
const createLine = () => createSlotLine({ latestMs: 100 });

test("slots are taken when they are due, in order of time", () => {
  const slots = createLine();
  slots.add(slotsAt(20, 30));
  slots.add(slotsAt(25));

  expect([slots.at(0)?.at, slots.at(1)?.at, slots.at(2)?.at, slots.length]).toEqual([20, 25, 30, 3]);
  expect(slots.takeDue(19)).toBeUndefined();
  expect([slots.takeDue(20)?.at, slots.takeDue(20)]).toEqual([20, undefined]);
  expect([slots.takeDue(31)?.at, slots.takeDue(31)?.at, slots.takeDue(31)]).toEqual([25, 30, undefined]);
});

test("a slot that has to wait lets those pass that need not", () => {
  const slots = createLine();
  slots.add([slot(10, 15), slot(20), slot(30)]);

  expect(slots.delayed(0)).toBe(1);
  expect(slots.takeDue(10)).toBeUndefined();
  expect(slots.takeDue(24)?.at).toBe(20);
  expect(slots.takeDue(25)?.at).toBe(10);
  expect(slots.delayed(25)).toBe(0);
  expect(slots.takeDue(30)?.at).toBe(30);
});

test("a slot that has waited and is due waits no longer", () => {
  const slots = createLine();
  slots.add([slot(10, 15), slot(20, 15)]);
  expect([slots.delayed(20), slots.delayed(30), slots.delayed(35)]).toEqual([2, 1, 0]);
});

test("a slot that nobody used for long after its time is taken out, one that is a little late is not", () => {
  const slots = createLine();
  slots.add(slotsAt(0, 10, 20));

  expect(slots.takePassed(100)).toEqual([]);
  expect(slots.takePassed(111)).toEqual(slotsAt(0, 10));
  expect(slots.at(0)?.at).toBe(20);
  slots.clear();
  expect(slots.length).toBe(0);
});
