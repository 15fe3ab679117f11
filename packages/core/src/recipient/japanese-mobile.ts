import type { RecipientResult } from "../provider/provider.ts";
import { readNumberText, refuse } from "./number-text.ts";

export interface JapaneseMobileOptions {
  /** 060 is assigned to mobile phones from July 2026 on (number plan change of 2024-12-20). Default true. */
  allow060?: boolean;
  /**
   * Accepts 070/080/090 followed by 0, which no mobile phone has: safe dummies for the simulator and for rehearsals.
   * Includes 0800, the freephone range. Default false.
   */
  allowDummyC0?: boolean;
}

/**
 * Brings a Japanese mobile number, in any of the ways people write it, into E.164 (`+819012345678`), or says why it cannot
 * receive SMS (protocol notes §14). Codes: `empty`, `not-a-number`, `spreadsheet-number`, `foreign`, `wrong-length`,
 * `not-mobile`, `unassigned`, `range-off`.
 */
export function normaliseJapaneseMobile(raw: string, options: JapaneseMobileOptions = {}): RecipientResult {
  // The two spellings that make up nearly every list, without the cost of the general way.
  if (/^(?:\+81|0)(?:70|80|90)[1-9]\d{7}$/.test(raw)) {
    return { ok: true, recipient: raw.startsWith("+") ? raw : `+81${raw.slice(1)}` };
  }
  const read = readNumberText(raw, "090-1234-5678");
  if (!("digits" in read)) return read;
  const international = toInternational(read.digits);
  if (!international.ok) return international;
  const fault = faultOf(international.recipient.slice(3), options);
  return fault ?? international;
}

function toInternational(digits: string): RecipientResult {
  let number = digits;
  if (number.startsWith("0081")) number = `+${number.slice(2)}`;
  if (number.startsWith("+81")) {
    const national = number.slice(3);
    return { ok: true, recipient: national.startsWith("0") ? `+81${national.slice(1)}` : number };
  }
  if (number.startsWith("+") || number.startsWith("00")) {
    return refuse("foreign", "the country code is not 81; only Japanese mobile numbers can be reached");
  }
  if (/^81\d{10}$/.test(number)) return { ok: true, recipient: `+${number}` };
  if (/^[6789]0\d{8}$/.test(number)) {
    return {
      ok: true,
      recipient: `+81${number}`,
      warning: "the leading 0 was missing and has been added; format the column as text",
    };
  }
  if (number.startsWith("0")) return { ok: true, recipient: `+81${number.slice(1)}` };
  return refuse("wrong-length", `${number.length} digits; write 11 digits starting with 0, or +81 and 10 digits`);
}

/** What is wrong with a national number (without its leading 0), or undefined for a mobile number. */
function faultOf(national: string, options: JapaneseMobileOptions): RecipientResult | undefined {
  const { allow060 = true, allowDummyC0 = false } = options;
  if (/^[789]0[1-9]\d{7}$/.test(national)) return undefined;
  if (/^60[1-9]\d{7}$/.test(national)) {
    return allow060 ? undefined : refuse("range-off", "060 numbers are switched off for this route (allow060)");
  }
  if (allowDummyC0 && /^[789]00\d{7}$/.test(national)) return undefined;
  for (const [range, use] of otherRanges) {
    if (range.test(national))
      return refuse("not-mobile", `${use} cannot receive SMS; give a mobile number (070, 080, 090, 060)`);
  }
  if (/^[79]00\d{7}$/.test(national)) {
    return refuse("unassigned", `0${national.slice(0, 3)} is not assigned to any phone; check the number`);
  }
  const count = national.length + 1;
  return /^[6789]0/.test(national)
    ? refuse("wrong-length", `${count} digits; a mobile number starting with 0${national.slice(0, 2)} has 11`)
    : refuse("not-mobile", "not a Japanese mobile number; it must start with 070, 080, 090 or 060");
}

/** Ranges of the number plan that look like a recipient and are none, by national number. First match wins. */
const otherRanges: readonly (readonly [RegExp, string])[] = [
  [/^(?:60|70|80|90)0\d{10}$/, "a 14-digit device number"],
  [/^(?:120|800|570|990)\d+$/, "a service number (freephone, navi dial)"],
  [/^600\d+$/, "an FMC service number (0600)"],
  [/^204\d+$/, "a pager (0204)"],
  [/^20\d+$/, "a data or machine number (020)"],
  [/^50\d+$/, "an IP phone (050)"],
  [/^(?![6789]0)[1-9]\d{8}$/, "a fixed line"],
];
