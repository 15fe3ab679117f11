import { describe, expect, it } from "vitest";
import { countParts, decodeSmsTextEnc, differOnlyByCarriageReturn } from "./sms-text.ts";

describe("decodeSmsTextEnc", () => {
  it.each([
    ["これは、SMSテストメッセージです", "MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ=="],
    ["これは、SMSメッセージです", "MFMwjDBvMAEAUwBNAFMw4TDDMLsw/DC4MGcwWQ=="],
    [
      "【SMSサービス正常性確認開始】\n個人端末から配信試験実施",
      "MBAAUwBNAFMwtTD8MNMwuWtjXjhgJ3i6io2Vi1nLMBEAClALTrp672crMEswiZFNT+GKZpoTW59lvQ==",
    ],
    ["A\nB", "AEEACgBC"],
    ["あ", "MEI="],
    ["😀", "2D3eAA=="],
  ])("reads %j", (text, encoded) => {
    expect(decodeSmsTextEnc(encoded, 660)).toEqual({ text });
  });

  it.each([
    ["a line break", "MFMwjDBv\nMAEAUwBN"],
    ["no padding", "MEI"],
    ["the URL alphabet", "2D3eAA-_"],
    ["other characters", "MEI=!"],
    ["bits beyond the last byte", "MEJ="],
    ["an odd number of bytes", "MEIw"],
  ])("refuses %s", (_what, encoded) => {
    expect(decodeSmsTextEnc(encoded, 660)).toHaveProperty("fault");
  });

  it("reads 660 units and refuses 661", () => {
    const encode = (units: number) => Buffer.alloc(units * 2, "\u0000A").toString("base64");
    expect(decodeSmsTextEnc(encode(660), 660)).toEqual({ text: "A".repeat(660) });
    expect(decodeSmsTextEnc(encode(661), 660)).toHaveProperty("fault");
  });
});

it.each([
  ["A\r\nB", "A\nB", true],
  ["A\rB", "A\nB", true],
  ["A\nB", "A\nB", true],
  ["A\r\nB", "AB", false],
  ["A B", "A\nB", false],
])("%j and %j differ only by CR: %s", (plain, decoded, expected) => {
  expect(differOnlyByCarriageReturn(plain, decoded)).toBe(expected);
});

it.each([
  [0, 0],
  [1, 1],
  [70, 1],
  [71, 2],
  [132, 2],
  [133, 3],
  [198, 3],
  [199, 4],
  [660, 10],
])("%i units are %i parts", (units, parts) => {
  expect(countParts(units, { single: 70, multi: 66 })).toBe(parts);
});
