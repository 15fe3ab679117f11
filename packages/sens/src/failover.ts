import type { ContentIssue } from "@hikyaku/core";
import { eucKrBytes, notInEucKr } from "./euc-kr.ts";

/** Bytes of the two kinds of Korean text message, and of an LMS's subject (protocol notes §12, §14.1). */
export const longestSms = 90;
export const longestLms = 2_000;
export const longestSubject = 40;

export type SmsKind = "SMS" | "LMS";

/** The text of an SMS that a content asks for; `type` is chosen by its bytes where none is named. */
export interface SmsText {
  text: string;
  subject?: string | undefined;
  type?: SmsKind | undefined;
}

/** `failoverConfig` on the wire: nothing is left to the channel's defaults but the sender, where the route names none. */
export interface FailoverConfig {
  type: SmsKind;
  from?: string;
  subject?: string;
  content: string;
}

/** The kind a text goes out as, or null when it is too long for either. */
export function smsKindOf(bytes: number): SmsKind | null {
  if (bytes <= longestSms) return "SMS";
  return bytes <= longestLms ? "LMS" : null;
}

/** A text in the form in which it is counted and sent: line breaks as LF, syllables composed, as the set has them. */
export function normaliseKoreanText(text: string): string {
  return text.replaceAll(/\r\n?/g, "\n").normalize("NFC");
}

/**
 * The kind and the finished texts of an SMS, or what is wrong with them. SENS would cut a text that is too long and lose one with a character
 * it can't encode, so both are refused (protocol notes §14.2).
 *
 * @param path where the texts stand, e.g. `content.failover`.
 */
export function readSmsText(
  given: SmsText,
  path: string,
): { type: SmsKind; text: string; subject?: string } | { issues: ContentIssue[] } {
  const issues: ContentIssue[] = [];
  const add = (field: string, code: string, message: string) =>
    issues.push({ path: `${path}.${field}`, level: "error", code, message });
  const text = normaliseKoreanText(given.text);
  const subject = given.subject === undefined ? undefined : normaliseKoreanText(given.subject);
  const bytes = eucKrBytes(text);
  const type = given.type ?? (subject === undefined ? smsKindOf(bytes) : "LMS") ?? "LMS";
  if (text.trim() === "") add("text", "sms-blank", "the SMS text is empty; write one");
  const most = type === "SMS" ? longestSms : longestLms;
  if (bytes > most) {
    const mend = type === "SMS" ? "shorten it or leave type out, then it goes out as LMS" : "shorten it";
    add("text", "sms-too-long", `${bytes} bytes in EUC-KR, ${type} carries ${most} and cuts the rest; ${mend}`);
  }
  refuseCharacters(text, "text", add);
  if (subject !== undefined) {
    if (type === "SMS") add("subject", "sms-subject", "only an LMS has a subject; remove it or set type LMS");
    const subjectBytes = eucKrBytes(subject);
    if (subjectBytes > longestSubject) {
      add(
        "subject",
        "sms-too-long",
        `${subjectBytes} bytes in EUC-KR, a subject has at most ${longestSubject}; shorten it`,
      );
    }
    refuseCharacters(subject, "subject", add);
  }
  if (issues.length > 0) return { issues };
  return subject === undefined ? { type, text } : { type, text, subject };
}

function refuseCharacters(text: string, field: string, add: (field: string, code: string, message: string) => void) {
  const characters = notInEucKr(text);
  if (characters.length === 0) return;
  const shown = characters.slice(0, 5).map(shownCharacter).join(", ");
  const more = characters.length > 5 ? ` and ${characters.length - 5} more` : "";
  add(field, "sms-not-encodable", `a Korean SMS can't carry ${shown}${more}; replace or remove it`);
}

function shownCharacter(character: string): string {
  const name = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character) ? `"${character}" (${name})` : name;
}
