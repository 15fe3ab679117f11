import type { RecipientResult } from "../provider/provider.ts";

/**
 * A phone number as people write it, reduced to its digits and a leading `+`. Full-width digits count; separators of every kind are
 * taken out. Codes when it is none: `empty`, `not-a-number`, `spreadsheet-number`.
 *
 * @param example a number of the country, for the reason.
 */
export function readNumberText(raw: string, example: string): { ok: true; digits: string } | RecipientResult {
  const digits = raw.normalize("NFKC").replace(separators, "");
  if (digits === "") return refuse("empty", "no phone number given; fill in the cell or remove the row");
  if (/^\+?\d+$/.test(digits)) return { ok: true, digits };
  return /^\d(?:[.,]?\d+)?E\+?\d+$/i.test(digits)
    ? refuse("spreadsheet-number", "a spreadsheet has shortened the number; format the column as text and export again")
    : refuse("not-a-number", `contains something other than digits, separators and a leading +; write e.g. ${example}`);
}

/**
 * Spaces, hyphens of every kind (also the long vowel mark and the minus sign, which stand in for one in Japanese lists),
 * parentheses, dots, and characters nobody sees, such as the direction marks of copied contacts.
 */
const separators = /[\s\p{Pd}\u2212\u2043\u30fc()[\].\u00b7\u30fb\p{Cf}]/gu;

export function refuse(code: string, reason: string): { ok: false; code: string; reason: string } {
  return { ok: false, code, reason };
}
