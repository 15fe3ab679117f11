import { referenceMark } from "../reference.ts";
import type { TextRule } from "./check-text.ts";

type Form = NonNullable<TextRule["form"]>;

const wrong = (code: string, message: string) => ({ ok: false as const, code, message });

/** Schemes that a tap must not lead to: what they open runs or reads on the handset itself. */
const forbidden = /^(?:javascript|vbscript|data|file|about|blob):/i;

/** An absolute URL that a button opens, with any scheme an app may have (guide §3.7; protocol notes §6.7). */
export const link: Form = (text) => {
  const plain = text.replaceAll(referenceMark, "r");
  if (!/^[a-z][a-z0-9+.-]*:[!-~]+$/i.test(plain) || !URL.canParse(plain)) {
    return wrong("rcs-url", notAbsolute(plain, "https://www.example.jp/"));
  }
  return forbidden.test(plain)
    ? wrong("rcs-url", "has a scheme that no button may open; use https")
    : { ok: true, text };
};

/** Where a file lies: the carrier or the handset fetches it there (protocol notes §6.3). */
export const fileUrl: Form = (text) => {
  const plain = text.replaceAll(referenceMark, "r");
  if (!/^https?:\/\/[!-~]+$/i.test(plain) || !URL.canParse(plain)) {
    return wrong("rcs-url", notAbsolute(plain, "https://cdn.example.jp/a.jpg"));
  }
  const { username, password } = new URL(plain);
  return username + password === ""
    ? { ok: true, text }
    : wrong("rcs-url", "holds credentials; the file must be open to all");
};

function notAbsolute(text: string, example: string): string {
  if (/\s/.test(text)) return "holds a space; write %20";
  if (/[^!-~]/.test(text))
    return "holds characters that a URL can't; percent-encode them (values are encoded by themselves)";
  return `is not an absolute URL; write one like ${example}`;
}

/** A number to call or write to: digits, with a plus sign before a country code. */
export const phoneNumber: Form = (text) =>
  /^\+?\d{3,20}$/.test(text)
    ? { ok: true, text }
    : wrong("rcs-phone-number", "is not a phone number; write digits only, e.g. +81312345678 or 0120123456");

/** ISO 8601 with `Z` or an offset; sent as UTC (protocol notes §6.7). */
export const instant: Form = (text) => {
  const isIso = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/.test(text);
  const at = isIso ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(at.getTime()) || !isRealDay(text)) {
    return wrong("rcs-time", "is not a time with its offset; write one like 2026-12-24T18:00:00+09:00");
  }
  return { ok: true, text: at.toISOString().replace(".000Z", "Z") };
};

/** The 31st of February would become a day in March. */
function isRealDay(text: string): boolean {
  const [year = 0, month = 0, day = 0] = text.slice(0, 10).split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
}

/** `<latitude> <longitude>` in degrees, one space between (guide §3.5). */
export const position: Form = (text) => {
  const [, latitude, longitude] = /^(-?\d{1,2}(?:\.\d+)?) (-?\d{1,3}(?:\.\d+)?)$/.exec(text) ?? [];
  return latitude !== undefined && Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180
    ? { ok: true, text }
    : wrong("rcs-position", "is not a position; write latitude, a space and longitude, e.g. 35.69031 139.70062");
};
