import { asWord, valueAt } from "./json-search.ts";
import type { KddiPublicSettings } from "./route-config.ts";

/**
 * Whether a content's SMS is sent from the number a user wrote to (protocol notes §13.5: a reply comes to the number shown at the
 * top of the screen). Null when that number is none of the route's: a carrier may show a short code in its place (§15).
 */
export function isSentFrom(
  content: unknown,
  number: string,
  { smsNumber, smsNumbers }: Pick<KddiPublicSettings, "smsNumber" | "smsNumbers">,
): boolean | null {
  const written = nationalDigits(number);
  if (![smsNumber, ...smsNumbers].some((own) => nationalDigits(own) === written)) return null;
  const named = [valueAt(content, ["sms", "smsNumber"]), valueAt(content, ["smsNumber"])].map(asWord);
  return nationalDigits(named.find((each) => each !== undefined) ?? smsNumber) === written;
}

/** `+81 3-1234-5678` and `0312345678` are the same number. */
function nationalDigits(number: string): string {
  const text = number.normalize("NFKC").trim();
  const digits = text.replace(/\D/g, "");
  return /^(?:\+|00)81/.test(text) ? `0${digits.replace(/^(?:00)?81/, "")}` : digits;
}
