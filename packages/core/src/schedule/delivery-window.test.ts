import fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import {
  areOpen,
  type DeliveryWindow,
  isOpen,
  isWithin,
  nextCommonOpening,
  nextOpening,
  parseDeliveryWindow,
} from "./delivery-window.ts";
import { defaultDeliveryWindows } from "./message-class.ts";

function at(local: string, timeZone: string): Date {
  return DateTime.fromISO(local, { zone: timeZone }).toJSDate();
}

function local(date: Date, timeZone: string): string {
  return DateTime.fromJSDate(date, { zone: timeZone }).toFormat("ccc yyyy-MM-dd HH:mm ZZ");
}

const tokyo = "Asia/Tokyo";

describe("isOpen", () => {
  const daytime: DeliveryWindow = { from: "09:00", to: "20:00", timeZone: tokyo };
  test.each([
    ["2026-01-01T08:59:59.999", false],
    ["2026-01-01T09:00:00.000", true],
    ["2026-01-01T19:59:59.999", true],
    ["2026-01-01T20:00:00.000", false],
    ["2026-01-01T00:00:00.000", false],
  ])("from 09:00 to 20:00 in Tokyo, at %s: %s", (time, open) => {
    expect(isOpen(daytime, at(time, tokyo))).toBe(open);
  });

  test("a window that passes midnight is open on both sides of it", () => {
    const night: DeliveryWindow = { from: "22:00", to: "02:00", timeZone: tokyo };
    const times = ["21:59", "22:00", "23:59", "00:00", "01:59", "02:00"];
    expect(times.map((time) => isOpen(night, at(`2026-01-02T${time}`, tokyo)))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test("the whole day is open when it ends at 24:00", () => {
    const always: DeliveryWindow = { from: "00:00", to: "24:00", timeZone: tokyo };
    expect(["00:00", "12:00", "23:59"].every((time) => isOpen(always, at(`2026-01-02T${time}`, tokyo)))).toBe(true);
  });

  test("weekdays are those of the zone, and the night after Friday belongs to Friday", () => {
    const friday: DeliveryWindow = { from: "22:00", to: "02:00", timeZone: tokyo, weekdays: [5] };
    // 2026-01-02 is a Friday.
    const times = ["2026-01-02T01:00", "2026-01-02T22:00", "2026-01-03T01:59", "2026-01-03T02:00", "2026-01-03T22:00"];
    expect(times.map((time) => isOpen(friday, at(time, tokyo)))).toEqual([false, true, true, false, false]);
  });

  test("an hour that the clock skips is not there, one that it repeats counts twice", () => {
    const zone = "Europe/Berlin";
    const early: DeliveryWindow = { from: "02:00", to: "03:00", timeZone: zone };
    const minutesOpen = (day: string) => {
      const start = at(`${day}T00:00`, zone).getTime();
      const minutes = Array.from({ length: 8 * 60 }, (_, minute) => new Date(start + minute * 60_000));
      return minutes.filter((minute) => isOpen(early, minute)).length;
    };
    expect([minutesOpen("2026-03-28"), minutesOpen("2026-03-29"), minutesOpen("2026-10-25")]).toEqual([60, 0, 120]);
  });

  test("no window is always open", () => {
    expect(isOpen(null, new Date())).toBe(true);
  });
});

describe("nextOpening", () => {
  const table: [label: string, window: DeliveryWindow, from: string, opening: string][] = [
    [
      "later today",
      { from: "09:00", to: "20:00", timeZone: tokyo },
      "2026-01-01T03:12:34",
      "Thu 2026-01-01 09:00 +09:00",
    ],
    ["tomorrow", { from: "09:00", to: "20:00", timeZone: tokyo }, "2026-01-01T20:00", "Fri 2026-01-02 09:00 +09:00"],
    [
      "the next working day",
      { from: "09:00", to: "17:00", timeZone: tokyo, weekdays: [1, 2, 3, 4, 5] },
      "2026-01-02T17:00",
      "Mon 2026-01-05 09:00 +09:00",
    ],
    [
      "in a week",
      { from: "09:00", to: "17:00", timeZone: tokyo, weekdays: [4] },
      "2026-01-01T17:00",
      "Thu 2026-01-08 09:00 +09:00",
    ],
    [
      "this evening",
      { from: "22:00", to: "02:00", timeZone: tokyo },
      "2026-01-01T02:00",
      "Thu 2026-01-01 22:00 +09:00",
    ],
    ["at midnight", { from: "00:00", to: "06:00", timeZone: tokyo }, "2026-01-01T06:00", "Fri 2026-01-02 00:00 +09:00"],
    [
      "after a gap over its opening",
      { from: "02:30", to: "04:00", timeZone: "Europe/Berlin" },
      "2026-03-29T00:00",
      "Sun 2026-03-29 03:00 +02:00",
    ],
    [
      "the day after a gap over all of it",
      { from: "02:00", to: "03:00", timeZone: "Europe/Berlin" },
      "2026-03-29T00:00",
      "Mon 2026-03-30 02:00 +02:00",
    ],
    [
      "the first of two openings",
      { from: "02:00", to: "03:00", timeZone: "Europe/Berlin" },
      "2026-10-25T00:00",
      "Sun 2026-10-25 02:00 +02:00",
    ],
    [
      "a day without midnight",
      { from: "00:00", to: "01:30", timeZone: "America/Sao_Paulo" },
      "2018-11-03T12:00",
      "Sun 2018-11-04 01:00 -02:00",
    ],
    [
      "a day that a country left out",
      { from: "09:00", to: "17:00", timeZone: "Pacific/Apia", weekdays: [5, 6] },
      "2011-12-29T23:00",
      "Sat 2011-12-31 09:00 +14:00",
    ],
  ];
  test.each(table)("%s", (_label, window, from, opening) => {
    expect(local(nextOpening(window, at(from, window.timeZone)), window.timeZone)).toBe(opening);
  });

  test("the first of two openings comes first, then the second", () => {
    const window: DeliveryWindow = { from: "02:00", to: "02:30", timeZone: "Europe/Berlin" };
    const first = nextOpening(window, at("2026-10-25T00:00", "Europe/Berlin"));
    const second = nextOpening(window, new Date(first.getTime() + 30 * 60_000));
    expect(second.getTime() - first.getTime()).toBe(60 * 60_000);
  });

  test("an open window opens now, to the millisecond", () => {
    const now = new Date("2026-01-01T01:23:45.678Z");
    expect(nextOpening({ from: "09:00", to: "20:00", timeZone: tokyo }, now)).toEqual(now);
    expect(nextOpening(null, now)).toEqual(now);
  });

  const minuteText = fc.integer({ min: 0, max: 1_439 }).map((minute) => {
    return `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  });
  const window = fc
    .record({
      from: minuteText,
      to: minuteText,
      timeZone: fc.constantFrom(
        tokyo,
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "Africa/Casablanca",
      ),
      weekdays: fc.option(fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), { nil: undefined }),
    })
    .filter(({ from, to }) => from !== to);
  // Around the changes of clocks, where the faults would be.
  const moment = fc.oneof(
    fc.date({ min: new Date("2000-01-01"), max: new Date("2037-01-01"), noInvalidDate: true }),
    fc
      .tuple(
        fc.constantFrom(
          "2026-03-08T07:00Z",
          "2026-03-29T01:00Z",
          "2026-10-25T01:00Z",
          "2026-11-01T06:00Z",
          "2026-04-04T15:00Z",
        ),
        fc.integer({ min: -2_880, max: 2_880 }),
      )
      .map(([change, minutes]) => new Date(new Date(change).getTime() + minutes * 60_000)),
  );

  test("at the opening the window is open, and it was closed at every minute before", () => {
    fc.assert(
      fc.property(window, moment, (open, now) => {
        const opening = nextOpening(open, now);
        expect(opening.getTime()).toBeGreaterThanOrEqual(now.getTime());
        expect(isOpen(open, opening)).toBe(true);
        if (opening > now) expect(isOpen(open, new Date(opening.getTime() - 1))).toBe(false);
        const minutes = (opening.getTime() - now.getTime()) / 60_000;
        for (let minute = 0; minute < minutes; minute += minutes > 3_000 ? 7 : 1) {
          expect(isOpen(open, new Date(now.getTime() + minute * 60_000))).toBe(false);
        }
      }),
      { numRuns: 150 },
    );
  });

  test("it agrees with the clock of another library", () => {
    fc.assert(
      fc.property(window, moment, (open, now) => {
        const wall = DateTime.fromJSDate(now, { zone: open.timeZone });
        const time = wall.toFormat("HH:mm");
        const opensOn = (weekday: number) => open.weekdays?.includes(weekday) ?? true;
        const today = opensOn(wall.weekday);
        const yesterday = opensOn(wall.weekday === 1 ? 7 : wall.weekday - 1);
        const expected =
          open.from < open.to
            ? today && time >= open.from && time < open.to
            : (today && time >= open.from) || (yesterday && time < open.to);
        expect(isOpen(open as DeliveryWindow, now)).toBe(expected);
      }),
    );
  });
});

describe("isWithin", () => {
  const day: DeliveryWindow = { from: "09:00", to: "20:00", timeZone: tokyo };
  const night: DeliveryWindow = { from: "22:00", to: "06:00", timeZone: tokyo };
  test.each([
    ["itself", day, day, true],
    ["a part of it", { ...day, from: "10:00", to: "11:00" }, day, true],
    ["fewer days of it", { ...day, weekdays: [1, 7] }, day, true],
    ["all days in fewer", day, { ...day, weekdays: [1, 2] }, false],
    ["a minute earlier", { ...day, from: "08:59" }, day, false],
    ["a minute longer", { ...day, to: "20:01" }, day, false],
    ["the night in the day", night, day, false],
    ["the small hours in the night", { ...day, from: "00:00", to: "06:00" }, night, true],
    [
      "the small hours of Monday in the night of Sunday",
      { ...day, from: "00:00", to: "06:00", weekdays: [1] },
      { ...night, weekdays: [7] },
      true,
    ],
    [
      "the small hours of Tuesday in the night of Sunday",
      { ...day, from: "00:00", to: "06:00", weekdays: [2] },
      { ...night, weekdays: [7] },
      false,
    ],
    ["the same hours in Seoul", { ...day, timeZone: "Asia/Seoul" }, day, true],
    ["the same hours in Berlin", { ...day, timeZone: "Europe/Berlin" }, day, false],
    [
      "hours that leave it when Berlin turns its clock",
      { from: "01:00", to: "13:00", timeZone: "Europe/Berlin" },
      { ...day, to: "21:00" },
      false,
    ],
    [
      "hours that stay in it on both sides",
      { from: "02:00", to: "13:00", timeZone: "Europe/Berlin" },
      { ...day, to: "21:00" },
      true,
    ],
  ] as const)("%s", (_label, inner, outer, within) => {
    expect(isWithin(inner, outer, new Date("2026-01-01T00:00:00Z"))).toBe(within);
  });
});

describe("several windows", () => {
  test("no window at all is always open", () => {
    const now = new Date();
    expect([areOpen([], now), nextCommonOpening([], now)]).toEqual([true, now]);
  });

  test("the common opening is the first moment at which all are open", () => {
    const windows: DeliveryWindow[] = [
      { from: "09:00", to: "20:00", timeZone: tokyo },
      { from: "08:00", to: "12:00", timeZone: "Europe/Berlin" },
      { from: "00:00", to: "24:00", timeZone: tokyo, weekdays: [3] },
    ];
    const opening = nextCommonOpening(windows, at("2026-01-01T00:00", tokyo));
    expect(local(opening ?? new Date(0), tokyo)).toBe("Wed 2026-01-07 16:00 +09:00");
    expect(areOpen(windows, opening ?? new Date(0))).toBe(true);
    expect(areOpen(windows, new Date((opening?.getTime() ?? 0) - 1))).toBe(false);
  });
});

describe("parseDeliveryWindow", () => {
  const window = { from: "09:00", to: "20:00", timeZone: tokyo };
  test.each([
    [window, window],
    ["09:00-20:00", window],
    ["09:00 – 20:00 Asia/Tokyo", window],
    ["09:00〜20:00", window],
    ["22:00-02:00 Europe/Berlin", { from: "22:00", to: "02:00", timeZone: "Europe/Berlin" }],
    [
      { from: "00:00", to: "24:00" },
      { from: "00:00", to: "24:00", timeZone: tokyo },
    ],
    [
      { ...window, weekdays: [5, 1, 1] },
      { ...window, weekdays: [1, 5] },
    ],
  ])("%j is read", (input, expected) => {
    expect(parseDeliveryWindow(input)).toEqual({ ok: true, window: expected });
  });

  test.each([
    ["09:00", ["not a delivery window"]],
    [null, ["not a delivery window"]],
    [{}, ["from: nothing", "to: nothing"]],
    [{ from: "9:00", to: "25:00" }, ['from: "9:00"', 'to: "25:00"']],
    [{ from: "24:00", to: "09:60" }, ['from: "24:00"', 'to: "09:60"']],
    [{ from: "09:00", to: "09:00" }, ["00:00 to 24:00"]],
    [{ ...window, timeZone: "Asia/Edo" }, ['timeZone: "Asia/Edo"']],
    [{ ...window, weekdays: [] }, ["weekdays: []"]],
    [{ ...window, weekdays: [0, 8] }, ["weekdays: [0,8]"]],
    [{ ...window, zone: "x" }, ["zone: not a part"]],
  ])("%j is refused, with each fault", (input, expected) => {
    const result = parseDeliveryWindow(input);
    expect(result).toEqual({ ok: false, faults: expected.map((fault) => expect.stringContaining(fault)) });
  });
});

describe("windows by message class", () => {
  test("each is a valid window, and transactional messages have none", () => {
    expect(defaultDeliveryWindows.transactional).toBeNull();
    for (const window of [defaultDeliveryWindows.advertising, defaultDeliveryWindows.dunning]) {
      expect(parseDeliveryWindow(window)).toEqual({ ok: true, window });
    }
  });

  test("no one is dunned from 21:00 to 08:00 nor advertised to from 20:00 to 09:00", () => {
    const open = (name: "advertising" | "dunning", time: string) =>
      isOpen(defaultDeliveryWindows[name], at(`2026-01-01T${time}`, tokyo));
    expect(["07:59", "08:00", "20:59", "21:00"].map((time) => open("dunning", time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(["08:59", "09:00", "19:59", "20:00"].map((time) => open("advertising", time))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
