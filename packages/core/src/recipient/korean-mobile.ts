import type { RecipientResult } from "../provider/provider.ts";
import { readNumberText, refuse } from "./number-text.ts";

/**
 * Brings a Korean mobile number, in any of the ways people write it, into E.164 (`+821012345678`), or says why it is none. Codes:
 * `empty`, `not-a-number`, `spreadsheet-number`, `foreign`, `wrong-length`, `not-mobile`.
 *
 * Mobile numbers are 010 and eight digits. The old prefixes 011 and 016 to 019, with seven or eight digits, were moved to 010 by 2021; a
 * list may still hold them, and only the carrier knows whether one is alive, so they pass with a warning.
 */
export function normaliseKoreanMobile(raw: string): RecipientResult {
  // The two spellings that make up nearly every list, without the cost of the general way.
  if (/^(?:\+82|0)10\d{8}$/.test(raw)) return { ok: true, recipient: raw.startsWith("+") ? raw : `+82${raw.slice(1)}` };
  const read = readNumberText(raw, "010-1234-5678");
  if (!("digits" in read)) return read;
  const international = /^(?:\+|00)82(\d*)$/.exec(read.digits)?.[1] ?? /^82(0?1\d{8,9})$/.exec(read.digits)?.[1];
  if (international === undefined && /^(?:\+|00)/.test(read.digits)) {
    return refuse("foreign", "the country code is not 82; only Korean mobile numbers can be reached");
  }
  const national = international ?? read.digits;
  const digits = national.replace(/^0/, "");
  if (/^10\d{8}$/.test(digits)) {
    const recipient = `+82${digits}`;
    if (international !== undefined || national !== digits) return { ok: true, recipient };
    const warning = "the leading 0 was missing and has been added; format the column as text";
    return { ok: true, recipient, warning };
  }
  if (/^1[16-9]\d{7,8}$/.test(digits)) {
    const warning = `0${digits.slice(0, 2)} numbers were moved to 010 by 2021; ask the customer for the new number`;
    return { ok: true, recipient: `+82${digits}`, warning };
  }
  return faultOf(digits);
}

/** What a national number without its 0 is, if not a mobile number. */
function faultOf(digits: string): RecipientResult {
  for (const [range, use] of otherRanges) {
    if (range.test(digits)) {
      return refuse("not-mobile", `${use} has no KakaoTalk and no SMS of its own; give a mobile number (010)`);
    }
  }
  if (/^1[016-9]/.test(digits)) {
    return refuse(
      "wrong-length",
      `${digits.length + 1} digits; a mobile number starting with 0${digits.slice(0, 2)} has 11`,
    );
  }
  return refuse("not-mobile", "not a Korean mobile number; it must start with 010");
}

/** Ranges of the Korean number plan that look like a recipient and are none, by national number without its 0. First match wins. */
const otherRanges: readonly (readonly [RegExp, string])[] = [
  [/^1\d{2,3}$/, "an emergency or service number (112, 1339)"],
  [/^1[5-9]\d{6}$/, "a business line (15xx, 16xx, 18xx)"],
  [/^12\d+$/, "a machine number (012)"],
  [/^50\d+$/, "a forwarding number (050)"],
  [/^70\d+$/, "an Internet phone (070)"],
  [/^(?:30|60|80)\d+$/, "a service number (030, 060, 080)"],
  [/^(?:2\d{7,8}|[3-6][1-5]\d{7,8})$/, "a fixed line"],
];
