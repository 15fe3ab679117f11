import { describe, expect, test } from "vitest";
import { estimateEnd } from "./estimate-end.ts";

const day = { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" };
/** Japanese time. */
const at = (text: string) => new Date(`${text}+09:00`);

describe("estimateEnd", () => {
  test.each([
    ["nothing left", { left: 0, perSecond: 0, windows: [] }, "2026-12-01T10:00:00"],
    ["any time", { left: 3_600, perSecond: 1, windows: [] }, "2026-12-01T11:00:00"],
    ["inside the window", { left: 60_000, perSecond: 100, windows: [day] }, "2026-12-01T10:10:00"],
    // 10 h until 20:00, then one more the next morning.
    ["over the night", { left: 11 * 3_600, perSecond: 1, windows: [day] }, "2026-12-02T10:00:00"],
    [
      "into a window over midnight",
      { left: 3 * 3_600, perSecond: 1, windows: [{ ...day, from: "23:00", to: "01:00" }] },
      "2026-12-03T00:00:00",
    ],
    ["only on Fridays", { left: 60, perSecond: 1, windows: [{ ...day, weekdays: [5] }] }, "2026-12-04T09:01:00"],
    [
      "the whole day",
      { left: 86_400, perSecond: 1, windows: [{ ...day, from: "00:00", to: "24:00" }] },
      "2026-12-02T10:00:00",
    ],
    // 2 h until noon, then 2 h the next day from 10:00.
    [
      "inside two windows",
      { left: 3 * 3_600, perSecond: 1, windows: [day, { ...day, from: "08:00", to: "12:00" }] },
      "2026-12-02T10:00:00",
    ],
    // Two days of 10 h and 11 h, then 1 h.
    ["over two nights", { left: 22 * 3_600, perSecond: 1, windows: [day] }, "2026-12-03T10:00:00"],
  ])("%s", (_, input, end) => {
    expect(estimateEnd({ ...input, now: at("2026-12-01T10:00:00") })).toEqual(at(end));
  });

  test("before the window opens, sending begins when it opens", () => {
    const now = at("2026-12-01T02:00:30");
    expect(estimateEnd({ left: 60, perSecond: 1, windows: [day], now })).toEqual(at("2026-12-01T09:01:00"));
  });

  test.each([
    ["standing still", { left: 10, perSecond: 0, windows: [] }],
    ["more than a month", { left: 1e9, perSecond: 1, windows: [] }],
    ["more than a month of windows", { left: 1e9, perSecond: 1, windows: [day] }],
  ])("%s has no estimate", (_, input) => {
    expect(estimateEnd({ ...input, now: at("2026-12-01T10:00:00") })).toBeNull();
  });
});
