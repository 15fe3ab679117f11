import { decodeSmsText } from "@hikyaku/core";
import { findMessageField } from "./gateway-answer.ts";
import { asWord } from "./json-search.ts";

/**
 * The text of an SMS reply (protocol notes §13.6 rule 3): `smsTextEnc` where it decodes cleanly, since that is what the user wrote, else
 * the plain field. Undefined when there is neither. An empty text is a text: users do send it.
 */
export function readSmsText(item: unknown, names: readonly string[]): string | undefined {
  const encoded = findMessageField(item, ["smsTextEnc"], textOnly);
  const decoded = encoded === undefined || encoded === "" ? null : decodeSmsText(encoded);
  if (decoded !== null && isClean(decoded)) return decoded;
  return findMessageField(item, names, textOnly);
}

/** The number the user wrote to, one of ours: digits, at most with a plus sign. Null when the reply does not name it. */
export function readSmsNumber(item: unknown, names: readonly string[]): string | null {
  const accept = (value: unknown) => {
    const number = asWord(value)?.replace(/^tel:/i, "");
    return number !== undefined && /^\+?\d{4,20}$/.test(number) ? number : undefined;
  };
  return findMessageField(item, names, accept) ?? null;
}

function textOnly(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Bytes of another encoding, read as UTF-16, give lone surrogates, controls or the replacement character. */
function isClean(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is being looked for
  return text.isWellFormed() && !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffd\ufffe\uffff]/.test(text);
}
