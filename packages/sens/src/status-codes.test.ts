import { describe, expect, test } from "vitest";
import {
  deliveryCodeOf,
  deliveryCodes,
  isUncertain,
  isWithoutFailover,
  reasonOf,
  reasonOfSms,
  smsCodes,
} from "./status-codes.ts";

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

  test("a reason is the table's; of a code that is not in it, what the carrier says, on a line and without numbers", () => {
    expect(reasonOf("3019", "톡 유저가 아님")).toBe("3019: not a KakaoTalk user");
    expect(reasonOf("7777", "새\n사유, 01012345678")).toBe("7777: 새 사유, ****78");
    expect(reasonOf("7777")).toMatch(/^7777: failed for a reason/);
    expect(reasonOfSms("71", " ")).toMatch(/^71: the SMS failed/);
  });

  test("3018 is not the same of an AlimTalk and of an SMS", () => {
    expect(smsCodes["3018"]?.means).not.toBe(deliveryCodeOf("3018").means);
  });
});
