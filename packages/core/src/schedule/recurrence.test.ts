import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import { nextOccurrences, occurrencesAfter, parseRecurrence, type Recurrence } from "./recurrence.ts";

const beginning = new Date(0);

function runs(recurrence: Recurrence, after = beginning): string[] {
  const { timeZone } = recurrence;
  return [...occurrencesAfter(recurrence, after)].map(({ day, at }) => {
    const clock = DateTime.fromJSDate(at, { zone: timeZone }).toFormat("yyyy-MM-dd HH:mm ZZ");
    return clock.startsWith(day) ? clock : `${day}: ${clock}`;
  });
}

describe("a schedule of Tokyo", () => {
  const weekly: Recurrence = {
    weekdays: [1, 5],
    at: "10:00",
    timeZone: "Asia/Tokyo",
    from: "2026-12-01",
    until: "2026-12-12",
  };

  test("runs at its time on its weekdays, from the first day to the last", () => {
    expect(runs(weekly)).toEqual(["2026-12-04 10:00 +09:00", "2026-12-07 10:00 +09:00", "2026-12-11 10:00 +09:00"]);
  });

  test("every day when no weekdays are named, the first and the last day too", () => {
    const { weekdays: _, ...daily } = weekly;
    const all = runs(daily);
    expect(all).toHaveLength(12);
    expect([all[0], all.at(-1)]).toEqual(["2026-12-01 10:00 +09:00", "2026-12-12 10:00 +09:00"]);
  });

  test("what is asked for after a moment comes later than it, and after a day on later days", () => {
    const after = new Date("2026-12-07T10:00:00+09:00");
    expect(nextOccurrences(weekly, { after, count: 5 }).map(({ day }) => day)).toEqual(["2026-12-11"]);
    const before = new Date(after.getTime() - 1);
    expect(nextOccurrences(weekly, { after: before, count: 1 })).toEqual([{ day: "2026-12-07", at: after }]);
    expect(nextOccurrences(weekly, { after: before, afterDay: "2026-12-07", count: 1 })[0]?.day).toBe("2026-12-11");
    expect(nextOccurrences(weekly, { after: before, count: 0 })).toEqual([]);
  });
});

describe("where the clock changes", () => {
  const around = (timeZone: string, at: string, day: string): Recurrence => {
    const middle = DateTime.fromISO(day, { zone: "utc" });
    const [from, until] = [middle.minus({ days: 1 }), middle.plus({ days: 1 })].map((each) => each.toISODate() ?? "");
    return { at, timeZone, from: from ?? "", until: until ?? "" };
  };

  test.each([
    ["02:30 that is skipped", "Europe/Berlin", "02:30", "2026-03-29", ["02:30 +01:00", "03:00 +02:00", "02:30 +02:00"]],
    [
      "02:00, the first minute skipped",
      "Europe/Berlin",
      "02:00",
      "2026-03-29",
      ["02:00 +01:00", "03:00 +02:00", "02:00 +02:00"],
    ],
    [
      "02:30 that comes twice: the first time",
      "Europe/Berlin",
      "02:30",
      "2026-10-25",
      ["02:30 +02:00", "02:30 +02:00", "02:30 +01:00"],
    ],
    [
      "10:00 on the days around",
      "Europe/Berlin",
      "10:00",
      "2026-03-29",
      ["10:00 +01:00", "10:00 +02:00", "10:00 +02:00"],
    ],
    [
      "01:30 in New York, twice",
      "America/New_York",
      "01:30",
      "2026-11-01",
      ["01:30 -04:00", "01:30 -04:00", "01:30 -05:00"],
    ],
    [
      "a half-hour change",
      "Australia/Lord_Howe",
      "02:15",
      "2026-10-04",
      ["02:15 +10:30", "02:30 +11:00", "02:15 +11:00"],
    ],
    [
      "a midnight that is skipped",
      "Africa/Cairo",
      "00:00",
      "2026-04-24",
      ["00:00 +02:00", "01:00 +03:00", "00:00 +03:00"],
    ],
    [
      "23:30 that comes twice, across midnight",
      "Africa/Cairo",
      "23:30",
      "2026-10-29",
      ["23:30 +03:00", "23:30 +03:00", "23:30 +02:00"],
    ],
  ])("%s", (_, timeZone, at, day, expected) => {
    expect(runs(around(timeZone, at, day)).map((each) => each.slice(11))).toEqual(expected);
  });

  test("a day that the zone left out has no run, and its neighbours have theirs", () => {
    expect(runs(around("Pacific/Apia", "10:00", "2011-12-30"))).toEqual([
      "2011-12-29 10:00 -10:00",
      "2011-12-31 10:00 +14:00",
    ]);
  });

  test("a time that is skipped together with the midnight behind it is due at the jump, and still named by its own day", () => {
    // In Toronto the clocks of 1919 went from 23:30 on March 30 to 00:30 on March 31.
    expect(runs(around("America/Toronto", "23:45", "1919-03-30"), new Date("1919-01-01"))[1]).toBe(
      "1919-03-30: 1919-03-31 00:30 -04:00",
    );
  });
});

const zones = [
  "Asia/Tokyo",
  "Asia/Seoul",
  "Europe/Berlin",
  "America/New_York",
  "America/Santiago",
  "Australia/Lord_Howe",
  "Africa/Cairo",
  "Africa/Casablanca",
  "Asia/Beirut",
  "Pacific/Chatham",
  "America/St_Johns",
  "UTC",
];
const two = (value: number) => String(value).padStart(2, "0");
const anyRecurrence = fc
  .record({
    zone: fc.constantFrom(...zones),
    minute: fc.integer({ min: 0, max: 1_439 }),
    first: fc.integer({ min: 0, max: 700 }),
    days: fc.integer({ min: 0, max: 180 }),
    weekdays: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined }),
  })
  .map(({ zone, minute, first, days, weekdays }): Recurrence => {
    const from = DateTime.fromISO("2025-12-01", { zone: "utc" }).plus({ days: first });
    return {
      at: `${two(Math.floor(minute / 60))}:${two(minute % 60)}`,
      timeZone: zone,
      from: from.toISODate() ?? "",
      until: from.plus({ days }).toISODate() ?? "",
      ...(weekdays ? { weekdays } : {}),
    };
  });

/** What luxon says of it, which knows neither of our rules. */
function wallClock(at: Date | number, timeZone: string): string {
  return DateTime.fromMillis(Number(at), { zone: timeZone }).toFormat("yyyy-MM-dd HH:mm");
}

test("each of its days has exactly one run, at the first moment at which the clock shows its time or a later one", () => {
  fc.assert(
    fc.property(anyRecurrence, (recurrence) => {
      const { timeZone, at, from, until, weekdays } = recurrence;
      const found = [...occurrencesAfter(recurrence, beginning)];
      const days: string[] = [];
      for (
        let day = DateTime.fromISO(from, { zone: "utc" });
        (day.toISODate() ?? "") <= until;
        day = day.plus({ days: 1 })
      ) {
        if (!weekdays || weekdays.includes(day.weekday)) days.push(day.toISODate() ?? "");
      }
      expect(found.map(({ day }) => day)).toEqual(days);
      for (const occurrence of found) {
        const wanted = `${occurrence.day} ${at}`;
        expect(wallClock(occurrence.at, timeZone) >= wanted).toBe(true);
        // At no moment of the 30 hours before did the clock show it.
        for (let minute = 1; minute <= 1_800; minute += minute < 200 ? 1 : 13) {
          expect(wallClock(occurrence.at.getTime() - minute * 60_000, timeZone) < wanted).toBe(true);
        }
      }
    }),
    { numRuns: 12 },
  );
});

test("asked step by step, each from the run before, it gives the same runs; so no restart loses or repeats one", () => {
  fc.assert(
    fc.property(anyRecurrence, fc.boolean(), (recurrence, byDay) => {
      const all = [...occurrencesAfter(recurrence, beginning)];
      const steps = [];
      let after = beginning;
      let afterDay: string | null = null;
      for (;;) {
        const [next] = nextOccurrences(recurrence, { after, afterDay, count: 1 });
        if (!next) break;
        steps.push(next);
        after = next.at;
        if (byDay) afterDay = next.day;
      }
      expect(steps).toEqual(all);
    }),
    { numRuns: 20 },
  );
});

describe("parseRecurrence", () => {
  const right = { weekdays: [5, 1, 5], at: "10:00", timeZone: "Asia/Tokyo", from: "2026-12-01", until: "2027-06-01" };

  test("brings weekdays into order", () => {
    expect(parseRecurrence(right)).toEqual({ ok: true, recurrence: { ...right, weekdays: [1, 5] } });
  });

  test.each([
    [{ weekdays: [] }, "weekdays"],
    [{ weekdays: [0] }, "weekdays"],
    [{ weekdays: "1" }, "weekdays"],
    [{ at: "24:00" }, "at"],
    [{ at: "9:00" }, "at"],
    [{ at: undefined }, "at"],
    [{ timeZone: "Asia/Tokio" }, "timeZone"],
    [{ from: "2026-02-30" }, "from"],
    [{ until: "2026-11-30" }, "until"],
    [{ until: "2027-06-02" }, "until"],
    [{ until: "next year" }, "until"],
  ])("refuses %j", (change, field) => {
    const result = parseRecurrence({ ...right, ...change });
    expect(result.ok ? [] : result.faults.map((fault) => fault.field)).toEqual([field]);
  });

  test("reports all faults at once, and says how late the last day may be", () => {
    const result = parseRecurrence({ weekdays: [8], at: "", timeZone: "", from: "2026-08-31", until: "2027-03-01" });
    expect(result).toMatchObject({ ok: false, faults: { length: 4 } });
    expect(JSON.stringify(result)).toContain("2027-02-28 at the latest");
  });
});
