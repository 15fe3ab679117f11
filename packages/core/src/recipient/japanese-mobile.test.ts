import fc from "fast-check";
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import { describe, expect, test } from "vitest";
import { normaliseJapaneseMobile } from "./japanese-mobile.ts";
import { maskNumber } from "./mask-number.ts";

describe("normaliseJapaneseMobile", () => {
  test.each([
    "09012345678",
    "+819012345678",
    "090-1234-5678",
    "０９０−１２３４−５６７８",
    "０９０ー１２３４ー５６７８",
    "+81 90 1234 5678",
    "+81(0)90-1234-5678",
    "+8109012345678",
    "819012345678",
    "00819012345678",
    "008109012345678",
    "（090）1234.5678",
    "090‐1234–5678",
    "\u202a090-1234-5678\u202c",
    " 090 1234 5678\u3000",
  ])("%j is +819012345678", (raw) => {
    expect(normaliseJapaneseMobile(raw)).toEqual({ ok: true, recipient: "+819012345678" });
  });

  test.each([
    ["9012345678", "+819012345678"],
    ["80-1234-5678", "+818012345678"],
    ["60 1234 5678", "+816012345678"],
  ])("%j has lost its leading zero to a spreadsheet, which is mended and said", (raw, recipient) => {
    const result = normaliseJapaneseMobile(raw);
    expect(result).toMatchObject({ ok: true, recipient });
    expect(result).toHaveProperty("warning", expect.stringContaining("leading 0"));
  });

  test.each([
    ["0800-123-4567", "not-mobile", "freephone"],
    ["0120-123-456", "not-mobile", "freephone"],
    ["0570-012-345", "not-mobile", "navi dial"],
    ["0990-123-456", "not-mobile", "service number"],
    ["03-1234-5678", "not-mobile", "fixed line"],
    ["050-1234-5678", "not-mobile", "IP phone"],
    ["020-1234-5678", "not-mobile", "data or machine"],
    ["0204-123-4567", "not-mobile", "pager"],
    ["0200-12345-67890", "not-mobile", "data or machine"],
    ["0600-123-4567", "not-mobile", "FMC"],
    ["0700-1234567890", "not-mobile", "14-digit"],
    ["070-0123-4567", "unassigned", "0700"],
    ["+8190-0123-4567", "unassigned", "0900"],
    ["090-1234-567", "wrong-length", "10 digits"],
    ["090-1234-56789", "wrong-length", "12 digits"],
    ["+81901234567", "wrong-length", "10 digits"],
    ["8190123456789", "wrong-length", "13 digits"],
    ["14155550100", "wrong-length", "+81"],
    ["110", "wrong-length", "3 digits"],
    ["010-1234-5678", "not-mobile", "070"],
    ["+14155550100", "foreign", "country code"],
    ["+82 10-1234-5678", "foreign", "country code"],
    ["001-81-90-1234-5678", "foreign", "country code"],
    ["", "empty", "fill in"],
    [" - ", "empty", "fill in"],
    ["9.01235E+09", "spreadsheet-number", "column as text"],
    ["090-1234-567x", "not-a-number", "090-1234-5678"],
    ["090-1234-5678 / 03-1234-5678", "not-a-number", "separators"],
    ["+", "not-a-number", "separators"],
    ["電話なし", "not-a-number", "separators"],
  ])("%j is refused as %s, naming %j", (raw, code, word) => {
    const result = normaliseJapaneseMobile(raw);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).toHaveProperty("reason", expect.stringContaining(word));
  });

  test("060 is a mobile number unless the route says otherwise", () => {
    expect(normaliseJapaneseMobile("060-1234-5678")).toEqual({ ok: true, recipient: "+816012345678" });
    expect(normaliseJapaneseMobile("060-1234-5678", { allow060: false })).toMatchObject({
      ok: false,
      code: "range-off",
    });
  });

  test("dummies of the unassigned ranges pass only where they are allowed", () => {
    for (const raw of ["090-0000-0051", "070-0123-4567", "+818000000000", "9000000001"]) {
      expect(normaliseJapaneseMobile(raw).ok).toBe(false);
      expect(normaliseJapaneseMobile(raw, { allowDummyC0: true }).ok).toBe(true);
    }
    expect(normaliseJapaneseMobile("060-0123-4567", { allowDummyC0: true }).ok).toBe(false);
  });

  const digit = fc.integer({ min: 0, max: 9 });
  const digits = (length: number) =>
    fc.array(digit, { minLength: length, maxLength: length }).map((list) => list.join(""));

  test("whatever is accepted has the wire's form, is a mobile number to libphonenumber, and stays as it is", () => {
    const raw = fc.oneof(
      digits(11).map((rest) => `0${rest.slice(1)}`),
      fc
        .tuple(fc.constantFrom("060", "070", "080", "090", "+8190", "8180", "70", "008190"), digits(8))
        .map((parts) => parts.join("")),
      digits(10),
      fc.string(),
    );
    fc.assert(
      fc.property(raw, (text) => {
        const result = normaliseJapaneseMobile(text);
        if (!result.ok) return;
        expect(result.recipient).toMatch(/^\+81(60|70|80|90)[1-9]\d{7}$/);
        expect(parsePhoneNumberFromString(result.recipient)?.getType()).toBe("MOBILE");
        expect(normaliseJapaneseMobile(result.recipient)).toEqual({ ok: true, recipient: result.recipient });
      }),
      { numRuns: 500 },
    );
  });

  test("every Japanese mobile number that libphonenumber knows is accepted", () => {
    fc.assert(
      fc.property(digits(9), (rest) => {
        const number = parsePhoneNumberFromString(`0${rest.slice(0, 1)}0${rest.slice(1)}`, "JP");
        // 010 dials abroad, and libphonenumber follows.
        if (number?.country === "JP" && number.isValid() && number.getType() === "MOBILE") {
          expect(normaliseJapaneseMobile(number.formatNational())).toEqual({ ok: true, recipient: number.number });
        }
      }),
      { numRuns: 500 },
    );
  });

  test("separators change nothing", () => {
    const separator = fc.constantFrom("", "-", " ", "‐", "−", "ー", ".", "　");
    fc.assert(
      fc.property(separator, separator, digits(7), (first, second, rest) => {
        const raw = `090${first}1${rest.slice(0, 3)}${second}${rest.slice(3)}`;
        expect(normaliseJapaneseMobile(raw)).toEqual({ ok: true, recipient: `+81901${rest}` });
      }),
    );
  });
});

describe("maskNumber", () => {
  test.each([
    ["+819012345678", "+8190****5678"],
    ["+821012345678", "+8210****5678"],
    ["09012345678", "****78"],
    ["0312345678", "****78"],
    ["110", "****"],
    ["", "****"],
  ])("%j is shown as %j", (number, masked) => {
    expect(maskNumber(number)).toBe(masked);
  });

  test("at least four digits are always hidden", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^\+?\d{1,15}$/), (number) => {
        const shown = maskNumber(number).replace("****", "").length;
        return number.length <= 4 ? shown === 0 : number.length - shown >= 4;
      }),
    );
  });
});
