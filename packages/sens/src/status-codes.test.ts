import { describe, expect, test } from "vitest";
import { deliveryCodeOf, deliveryCodes, isUncertain, isWithoutFailover, smsCodes } from "./status-codes.ts";

describe("the table of delivery codes", () => {
  test("has every code of the protocol notes, four digits each, and says what it means", () => {
    const codes = Object.keys(deliveryCodes);
    expect(codes).toHaveLength(90);
    for (const code of codes) {
      expect(code).toMatch(/^\d{4}$/);
      expect(deliveryCodeOf(code).means).not.toBe("");
    }
  });

  test("knows one success and four that are not final", () => {
    const ofClass = (wanted: string) =>
      Object.keys(deliveryCodes).filter((code) => deliveryCodes[code]?.class === wanted);
    expect(ofClass("success")).toEqual(["0000"]);
    expect(ofClass("uncertain")).toEqual(["3005", "4000", "4001", "4161"]);
    expect(ofClass("uncertain").every(isUncertain)).toBe(true);
  });

  test.each([
    ["3019", "recipient"],
    ["3016", "template"],
    ["1021", "channel"],
    ["3041", "request"],
    ["3058", "request"],
    ["4156", "quota"],
    ["9999", "transient"],
    ["B101", "unknown"],
    ["7777", "unknown"],
    ["toString", "unknown"],
  ])("%s is of class %s", (code, codeClass) => {
    expect(deliveryCodeOf(code).class).toBe(codeClass);
  });

  test("codes that begin with B allow no SMS, and nothing else does so", () => {
    expect([...Object.keys(deliveryCodes), "B001"].filter(isWithoutFailover)).toEqual(["B001"]);
  });

  test("3018 is not the same of an AlimTalk and of an SMS", () => {
    expect(smsCodes["3018"]?.means).not.toBe(deliveryCodeOf("3018").means);
  });
});
