import { describe, expect, test } from "vitest";
import { classOf, defaultClassRules, readClassRules } from "./class-rules.ts";
import { readRefusalWay } from "./refusal-ways.ts";
import { mayGoOutFrom, windowsInForce } from "./windows-in-force.ts";

const tokyo = "Asia/Tokyo";
const jst = (time: string) => new Date(`${time}:00+09:00`);

describe("rules as published", () => {
  test("are read as they were written", () => {
    const rules = {
      ...defaultClassRules,
      defaultClass: "dunning" as const,
      windows: {
        ...defaultClassRules.windows,
        dunning: null,
        transactional: { from: "06:00", to: "23:00", timeZone: tokyo },
      },
      senderName: "株式会社飛脚堂",
      refusalWays: ["https://ex.jp/stop"],
      requireConsent: true,
    };
    expect(readClassRules(JSON.parse(JSON.stringify(rules)))).toEqual(rules);
  });

  test.each([[{}], [null], [undefined], ["x"], [{ windows: 1, refusalWays: [], senderName: " ", defaultClass: "x" }]])(
    "%j leave everything as it is without settings",
    (published) => expect(readClassRules(published)).toEqual(defaultClassRules),
  );
});

test("what says nothing of itself is advertising when it goes to many, transactional when it goes to one", () => {
  expect([
    classOf(undefined, { defaultClass: null }, "campaign"),
    classOf(undefined, { defaultClass: null }, "single"),
  ]).toEqual(["advertising", "transactional"]);
  expect(classOf(undefined, { defaultClass: "dunning" }, "single")).toBe("dunning");
  expect(classOf("transactional", { defaultClass: "dunning" }, "campaign")).toBe("transactional");
});

describe("the windows in force", () => {
  const own = { from: "10:00", to: "12:00", timeZone: tokyo };
  const inForce = (given: Partial<Parameters<typeof windowsInForce>[0]>) =>
    windowsInForce({ class: "advertising", deliveryWindow: null, overrides: [], ...given }, defaultClassRules);
  const override = [{ rule: "window" as const, reason: "an alarm" }];

  test("are the class's and one's own; with an override only one's own", () => {
    const { advertising } = defaultClassRules.windows;
    expect(inForce({})).toEqual([advertising]);
    expect(inForce({ deliveryWindow: own })).toEqual([own, advertising]);
    expect(inForce({ deliveryWindow: own, overrides: override })).toEqual([own]);
    expect(inForce({ overrides: override })).toEqual([]);
    expect(inForce({ overrides: [{ rule: "sender-name", reason: "x" }] })).toEqual([advertising]);
    expect(inForce({ class: "transactional", overrides: null })).toEqual([]);
    expect(inForce({ class: null, deliveryWindow: own })).toEqual([own]);
  });

  test("must all be open", () => {
    const windows = inForce({ deliveryWindow: { from: "18:00", to: "22:00", timeZone: tokyo } });
    const from = (time: string) => mayGoOutFrom(windows, jst(time));
    expect(from("2026-01-01T12:00")).toEqual(jst("2026-01-01T18:00"));
    expect(from("2026-01-01T19:59")).toEqual(jst("2026-01-01T19:59"));
    expect(from("2026-01-01T20:00")).toEqual(jst("2026-01-02T18:00"));
  });

  test("that never open together have no opening", () => {
    const windows = inForce({ deliveryWindow: { from: "21:00", to: "22:00", timeZone: tokyo } });
    expect(mayGoOutFrom(windows, jst("2026-01-01T12:00"))).toBeNull();
  });
});

test.each([["/(/"], [" "], ["//"]])("%j is no way to refuse", (way) => {
  const read = readRefusalWay(way);
  // "//" holds no expression, so it is a text.
  expect(read.ok).toBe(way === "//");
});
