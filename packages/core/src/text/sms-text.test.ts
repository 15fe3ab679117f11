import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSmsText, encodeSmsText, normaliseSmsText, segmentCount, utf16Units } from "./sms-text.ts";

/** Computed from the guide's samples, §3.1, §3.3 and its reference pages (protocol notes §5.1). */
const vectors = [
  ["これは、SMSテストメッセージです", 17, "MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ=="],
  ["これは、SMSメッセージです", 14, "MFMwjDBvMAEAUwBNAFMw4TDDMLsw/DC4MGcwWQ=="],
  [
    "【SMSサービス正常性確認開始】\n個人端末から配信試験実施",
    29,
    "MBAAUwBNAFMwtTD8MNMwuWtjXjhgJ3i6io2Vi1nLMBEAClALTrp672crMEswiZFNT+GKZpoTW59lvQ==",
  ],
  ["A\nB", 3, "AEEACgBC"],
  ["あ", 1, "MEI="],
  ["😀", 2, "2D3eAA=="],
] as const;

describe("smsTextEnc", () => {
  test.each(vectors)("%j has %i units and is encoded byte for byte, both ways", (text, units, encoded) => {
    expect(utf16Units(text)).toBe(units);
    expect(encodeSmsText(text)).toBe(encoded);
    expect(decodeSmsText(encoded)).toBe(text);
  });

  test("line breaks of every kind are sent as LF", () => {
    expect(encodeSmsText("A\r\nB")).toBe("AEEACgBC");
    expect(encodeSmsText("A\rB")).toBe("AEEACgBC");
    expect(normaliseSmsText("a\r\r\n\nb")).toBe("a\n\n\nb");
  });

  test("a kana and its mark typed apart become one character", () => {
    expect(normaliseSmsText("が")).toBe("が");
    expect(encodeSmsText("か\u3099")).toBe(encodeSmsText("が"));
  });

  test("whatever is written is read back, and normalising twice changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const normalised = normaliseSmsText(text);
        expect(decodeSmsText(encodeSmsText(text))).toBe(normalised);
        expect(normaliseSmsText(normalised)).toBe(normalised);
      }),
    );
  });

  test.each(["MEI", "ME=I", "MEI=\n", "M E I", "MEI-", "QQ=="])("%j is not read as a text", (encoded) => {
    expect(decodeSmsText(encoded)).toBeNull();
  });
});

describe("segmentCount", () => {
  test.each([
    [0, 0],
    [1, 1],
    [70, 1],
    [71, 2],
    [132, 2],
    [133, 3],
    [198, 3],
    [199, 4],
    [660, 10],
    [661, null],
  ])("%i units are %j parts", (units, parts) => {
    expect(segmentCount(units)).toBe(parts);
  });

  test("35 emoji fit into one part, 36 do not", () => {
    expect(segmentCount(utf16Units("😀".repeat(35)))).toBe(1);
    expect(segmentCount(utf16Units("😀".repeat(36)))).toBe(2);
  });

  test("the carrier's own lengths are settings", () => {
    const limits = { single: 70, multi: 67, max: 670 };
    expect([134, 135, 670, 671].map((units) => segmentCount(units, limits))).toEqual([2, 3, 10, null]);
  });

  test("a longer text never has fewer parts", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 659 }),
        (units) => (segmentCount(units) ?? 99) <= (segmentCount(units + 1) ?? 99),
      ),
    );
  });
});
