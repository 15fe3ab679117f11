import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { isCompleteConsent, readConsent } from "./consent.ts";

const now = new Date("2026-12-01T00:00:00Z");
const read = (at: string, source = "web form", timeZone = "Asia/Tokyo") =>
  readConsent({ at, source }, { now, timeZone });

test.each([
  ["2026-04-01T09:30:00+09:00", "2026-04-01T00:30:00.000Z"],
  ["2026-04-01T09:30:00Z", "2026-04-01T09:30:00.000Z"],
  ["2026-04-01T09:30:15.250+0900", "2026-04-01T00:30:15.000Z"],
  ["2026-04-01", "2026-03-31T15:00:00.000Z"],
  ["2026/4/1 9:30", "2026-04-01T00:30:00.000Z"],
  ["２０２６年４月１日", "2026-03-31T15:00:00.000Z"],
  [" 2026.4.1 ", "2026-03-31T15:00:00.000Z"],
])("%s is %s", (text, expected) => {
  expect(read(text)).toEqual({ ok: true, consent: { at: new Date(expected), source: "web form" } });
});

test.each(["yes", "2026-02-30", "2026-13-01", "2026-04-01 25:00", "1.4.2026", "20260401"])("%s is refused", (text) => {
  expect(read(text)).toMatchObject({
    ok: false,
    code: "invalid-consent",
    reason: expect.stringContaining("consent_at is no time"),
  });
});

test("a consent of tomorrow is refused", () => {
  expect(read("2026-12-02")).toMatchObject({ ok: false, reason: expect.stringContaining("future") });
});

test("a source must be one short line", () => {
  for (const source of ["a\nb", "x".repeat(201)]) expect(read("2026-04-01", source)).toMatchObject({ ok: false });
});

test("nothing is no record, and half of one is not complete", () => {
  expect(read(" ", " ")).toEqual({ ok: true, consent: null });
  expect(read("", "paper")).toEqual({ ok: true, consent: { at: null, source: "paper" } });
  const complete = ["", "2026-04-01"].map((at) => {
    const result = read(at, at === "" ? "paper" : "");
    return result.ok && isCompleteConsent(result.consent);
  });
  expect(complete).toEqual([false, false]);
  expect(isCompleteConsent({ at: now, source: "paper" })).toBe(true);
});

test("a local time means what another library makes of it, also beside a change of the clock", () => {
  const zones = fc.constantFrom("Asia/Tokyo", "Europe/Berlin", "America/New_York", "Asia/Kathmandu");
  const moments = fc.date({ min: new Date("2000-01-01"), max: new Date("2026-11-01"), noInvalidDate: true });
  fc.assert(
    fc.property(zones, moments, (timeZone, moment) => {
      const local = DateTime.fromJSDate(moment, { zone: timeZone }).startOf("minute");
      const result = read(local.toFormat("yyyy-MM-dd HH:mm"), "x", timeZone);
      const at = result.ok ? result.consent?.at : null;
      // An hour that comes twice may be taken for either; every other one has one meaning.
      expect(DateTime.fromJSDate(at ?? new Date(0), { zone: timeZone }).toFormat("yyyy-MM-dd HH:mm")).toBe(
        local.toFormat("yyyy-MM-dd HH:mm"),
      );
    }),
  );
});
