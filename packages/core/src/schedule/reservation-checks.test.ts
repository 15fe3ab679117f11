import { expect, test } from "vitest";
import { nextReservationCheckAt } from "./reservation-checks.ts";

const now = new Date("2026-11-20T10:00:00Z");
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

test.each([
  ["in three days", 3 * 1_440, 60],
  ["in a little more than three hours", 181, 60],
  ["in two hours and a half, when it is near in 30 minutes", 150, 30],
  ["in a little more than two hours", 121, 15],
  ["in two hours", 120, 15],
  ["in 16 minutes", 16, 15],
  ["in 15 minutes", 15, null],
  ["now", 0, null],
  ["gone", -10, null],
])("a reservation for %s is asked about next in time", (_, reservedIn, next) => {
  expect(nextReservationCheckAt({ reservedAt: minutes(reservedIn), now })).toEqual(
    next === null ? null : minutes(next),
  );
});

test("no reservation is asked about more than hourly, or than four times an hour when it is near", () => {
  const reservedAt = minutes(6 * 60);
  const asked: number[] = [];
  for (let at: Date | null = now; at !== null; at = nextReservationCheckAt({ reservedAt, now: at })) {
    asked.push((at.getTime() - now.getTime()) / 60_000);
  }
  expect(asked).toEqual([0, 60, 120, 180, 240, 255, 270, 285, 300, 315, 330, 345]);
});
