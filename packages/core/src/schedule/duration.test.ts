import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDuration } from "./duration.ts";

describe("parseDuration", () => {
  test.each([
    ["500ms", 500],
    ["30s", 30_000],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["2w", 1_209_600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["0s", 0],
    [" 5m ", 300_000],
    ["PT5M", 300_000],
    ["pt1h30m", 5_400_000],
    ["P7D", 604_800_000],
    ["P1DT12H", 129_600_000],
    ["P1W", 604_800_000],
    ["PT0.5S", 500],
  ])("%j is %i ms", (text, ms) => {
    expect(parseDuration(text)).toEqual({ ok: true, ms });
  });

  test.each([
    ["30", "no unit"],
    ["", "not a length of time"],
    ["5 minutes", "not a length of time"],
    ["m5", "not a length of time"],
    ["-5m", "not a length of time"],
    ["1e3s", "not a length of time"],
    ["5M", "not a length of time"],
    ["P", "ISO 8601"],
    ["PT", "ISO 8601"],
    ["P1DT", "ISO 8601"],
    ["PT5X", "ISO 8601"],
    ["P1M", "months or years"],
    ["P1Y", "months or years"],
    ["-PT5M", "negative"],
    ["99999999999999d", "too long"],
  ])("%j is refused: %s", (text, why) => {
    const result = parseDuration(text);
    expect(result.ok).toBe(false);
    expect(result).toHaveProperty("reason", expect.stringContaining(why));
    expect(result).toHaveProperty("reason", expect.stringContaining(`"${text}"`));
  });

  test("parts add up, in whatever unit they are written", () => {
    const amount = fc.integer({ min: 0, max: 1_000 });
    fc.assert(
      fc.property(amount, amount, amount, (hours, minutes, seconds) => {
        const ms = ((hours * 60 + minutes) * 60 + seconds) * 1_000;
        expect(parseDuration(`${hours}h${minutes}m${seconds}s`)).toEqual({ ok: true, ms });
        expect(parseDuration(`PT${hours}H${minutes}M${seconds}S`)).toEqual({ ok: true, ms });
      }),
    );
  });
});
