import fc from "fast-check";
import { expect, test } from "vitest";
import { readTimestamp, writeTimestamp } from "./korean-time.ts";

test.each([
  ["2026-11-20T10:15:00.123", "2026-11-20T01:15:00.123Z"],
  ["2026-11-20T10:15:03", "2026-11-20T01:15:03.000Z"],
  ["2026-11-20 00:30:00", "2026-11-19T15:30:00.000Z"],
  ["2026-11-21T09:00:00+09:00", "2026-11-21T00:00:00.000Z"],
  ["2026-11-21T09:00:00+0100", "2026-11-21T08:00:00.000Z"],
  ["2026-11-21T09:00:00Z", "2026-11-21T09:00:00.000Z"],
  ["2026-11-21 09:00", "2026-11-21T00:00:00.000Z"],
  ["2028-02-29T00:00:00", "2028-02-28T15:00:00.000Z"],
])("%s is %s", (text, iso) => {
  expect(readTimestamp(text, "Asia/Seoul")?.toISOString()).toBe(iso);
});

test.each(["", "soon", "2026-02-31T00:00:00", "2026-11-20T24:00:00", "2026-11-20", 1_700_000_000_000, null, undefined])(
  "%j is no timestamp",
  (value) => {
    expect(readTimestamp(value, "Asia/Seoul")).toBeNull();
  },
);

test("another zone can be set for a gateway that turns out to speak another", () => {
  expect(readTimestamp("2026-11-20T10:15:00", "UTC")?.toISOString()).toBe("2026-11-20T10:15:00.000Z");
  expect(writeTimestamp(new Date("2026-11-20T10:15:00Z"), "-05:00")).toBe("2026-11-20 05:15:00");
});

test("what is written is read back, to the second", () => {
  const dates = fc.date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
  fc.assert(
    fc.property(dates, fc.constantFrom("Asia/Seoul", "UTC", "+05:30"), (at, zone) => {
      const seconds = Math.floor(at.getTime() / 1_000) * 1_000;
      expect(readTimestamp(writeTimestamp(at, zone), zone)?.getTime()).toBe(seconds);
    }),
  );
});
