import { describe, expect, test } from "vitest";
import { createClock, percent, perSecond, plural, span } from "./words.ts";

test.each([
  [0, "0.0 %"],
  [0.0000001, "< 0.1 %"],
  [0.623, "62.3 %"],
  [0.9999999, "> 99.9 %"],
  [1, "100.0 %"],
])("a share of %d is %s", (share, text) => {
  expect(percent(share)).toBe(text);
});

test.each([
  [0, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [252_000, "4 min 12 s"],
  [3_599_000, "59 min"],
  [3_600_000, "1 h"],
  [11_280_000, "3 h 8 min"],
  [90_000_000, "1 d 1 h"],
])("%d ms are %s", (ms, text) => {
  expect(span(ms)).toBe(text);
});

test("rates and numbers", () => {
  expect([perSecond(0), perSecond(98.44), perSecond(1_234.5)]).toEqual(["0.0/s", "98.4/s", "1,235/s"]);
  expect([plural(1, "message"), plural(3_000_000, "message")]).toEqual(["1 message", "3,000,000 messages"]);
});

describe("clock", () => {
  const clock = createClock("Asia/Tokyo", () => new Date("2026-11-21T17:30:00Z"));

  test("today's time stands without its date, in the zone of the console", () => {
    expect(clock.zone).toBe("JST");
    expect(clock.short(new Date("2026-11-21T17:13:05Z")).text).toBe(
      '<time datetime="2026-11-21T17:13:05.000Z" title="2026-11-22 02:13:05 JST">02:13:05</time>',
    );
  });

  test("another day's has it", () => {
    expect(clock.short(new Date("2026-11-21T14:59:59Z")).text).toContain(">2026-11-21 23:59</time>");
    expect(clock.full(new Date("2026-11-21T14:59:59Z")).text).toContain(">2026-11-21 23:59:59</time>");
  });
});
