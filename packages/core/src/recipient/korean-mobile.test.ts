import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { describe, expect, test } from "vitest";
import { normaliseKoreanMobile } from "./korean-mobile.ts";

describe("normaliseKoreanMobile", () => {
  test.each([
    "01012345678",
    "+821012345678",
    "010-1234-5678",
    "０１０－１２３４－５６７８",
    "010 1234 5678",
    "(010) 1234.5678",
    "+82 10-1234-5678",
    "+82 (0)10-1234-5678",
    "+82-010-1234-5678",
    "82 10 1234 5678",
    "8201012345678",
    "0082 10 1234 5678",
    "\u202a010‐1234–5678\u202c",
  ])("%j is +821012345678", (raw) => {
    expect(normaliseKoreanMobile(raw)).toEqual({ ok: true, recipient: "+821012345678" });
  });

  test("the numbers of examples and rehearsals pass", () => {
    expect(normaliseKoreanMobile("010-0000-3019")).toEqual({ ok: true, recipient: "+821000003019" });
  });

  test.each(["1012345678", "10-1234-5678"])("%j has lost its leading zero to a spreadsheet", (raw) => {
    const result = normaliseKoreanMobile(raw);
    expect(result).toMatchObject({ ok: true, recipient: "+821012345678" });
    expect(result).toHaveProperty("warning", expect.stringContaining("leading 0"));
  });

  test.each([
    ["011-123-4567", "+82111234567"],
    ["0161234567", "+82161234567"],
    ["017-1234-5678", "+821712345678"],
    ["+82 18 123 4567", "+82181234567"],
    ["019-123-4567", "+82191234567"],
  ])("%j has an old prefix, and passes with a warning", (raw, recipient) => {
    const result = normaliseKoreanMobile(raw);
    expect(result).toMatchObject({ ok: true, recipient });
    expect(result).toHaveProperty("warning", expect.stringContaining("moved to 010"));
  });

  test.each([
    ["", "empty", "fill in"],
    [" - ", "empty", "fill in"],
    ["1.01235E+09", "spreadsheet-number", "column as text"],
    ["010-1234-567x", "not-a-number", "010-1234-5678"],
    ["010-1234-5678 / 02-123-4567", "not-a-number", "separators"],
    ["전화없음", "not-a-number", "separators"],
    ["+81 90-1234-5678", "foreign", "country code"],
    ["+14155550100", "foreign", "country code"],
    ["0081 90 1234 5678", "foreign", "country code"],
    ["010-1234-567", "wrong-length", "10 digits"],
    ["010-1234-56789", "wrong-length", "12 digits"],
    ["+82 10 1234 567", "wrong-length", "10 digits"],
    ["011-12-3456", "wrong-length", "9 digits"],
    ["1588-1234", "not-mobile", "business line"],
    ["0502-1234-5678", "not-mobile", "forwarding"],
    ["070-1234-5678", "not-mobile", "Internet phone"],
    ["080-123-4567", "not-mobile", "service number"],
    ["02-123-4567", "not-mobile", "fixed line"],
    ["031-123-4567", "not-mobile", "fixed line"],
    ["064 1234 5678", "not-mobile", "fixed line"],
    ["012-1234-5678", "not-mobile", "machine number"],
    ["090-1234-5678", "not-mobile", "010"],
    ["013-123-4567", "not-mobile", "010"],
    ["112", "not-mobile", "emergency"],
    ["+82", "not-mobile", "010"],
  ])("%j is refused as %s, naming %j", (raw, code, word) => {
    const result = normaliseKoreanMobile(raw);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).toHaveProperty("reason", expect.stringContaining(word));
  });

  test("agrees with libphonenumber on every 010 number and never throws", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 99_999_999 }), (subscriber) => {
        const national = `010${String(subscriber).padStart(8, "0")}`;
        const expected = parsePhoneNumberFromString(national, "KR")?.number;
        expect(normaliseKoreanMobile(national)).toEqual({ ok: true, recipient: expected });
      }),
    );
    fc.assert(fc.property(fc.string(), (raw) => void normaliseKoreanMobile(raw)));
  });

  test("brings its own answer to itself", () => {
    const { recipient = "" } = { recipient: "", ...normaliseKoreanMobile("011-123-4567") };
    expect(normaliseKoreanMobile(recipient)).toMatchObject({ ok: true, recipient });
  });
});
