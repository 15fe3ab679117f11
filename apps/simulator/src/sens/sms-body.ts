import { z } from "zod";
import { badFields, optionalText } from "./body-fields.ts";
import { countBytes, cutToBytes } from "./euc-kr.ts";
import { type Refusal, sensError } from "./refusal.ts";
import { readReserveTime } from "./times.ts";

export interface SmsEntry {
  readonly to: string;
  readonly subject: string;
  /** As it goes out: cut to what its kind carries. */
  readonly content: string;
}

export interface SmsRequest {
  readonly type: "SMS" | "LMS" | "MMS";
  readonly contentType: "COMM" | "AD";
  readonly countryCode: string;
  readonly from: string;
  readonly entries: readonly SmsEntry[];
  readonly reserve: { readonly atMs: number; readonly timeZone: string } | null;
}

const text = z.string();
const upper = z.string().transform((value) => value.toUpperCase());
const bodySchema = z.looseObject({
  type: upper.pipe(z.enum(["SMS", "LMS", "MMS"])),
  contentType: upper.pipe(z.enum(["COMM", "AD"])).optional(),
  countryCode: optionalText,
  from: text.regex(/^\d+$/, "only digits"),
  subject: text.optional(),
  content: text.min(1),
  messages: z
    .array(
      z.looseObject({
        to: text.regex(/^\d{4,15}$/, "only digits"),
        subject: text.optional(),
        content: text.optional(),
      }),
    )
    .min(1)
    .max(100),
  // Uploaded before, or in the older form with the picture itself.
  files: z
    .array(z.union([z.looseObject({ fileId: text.min(1) }), z.looseObject({ name: text.min(1), body: text.min(1) })]))
    .optional(),
  reserveTime: optionalText,
  reserveTimeZone: optionalText,
});

const longestSubject = 40;

/** Most bytes of a text by kind (protocol notes §14.1). */
export const longestText = { SMS: 90, LMS: 2_000, MMS: 2_000 } as const;

/** Reads an SMS send (protocol notes §14.1). Text that is too long is cut, not refused. */
export function readSmsBody(
  json: unknown,
  {
    approvedNumbers,
    isFile,
    nowMs,
  }: { approvedNumbers: ReadonlySet<string>; isFile: (fileId: string) => boolean; nowMs: number },
): { readonly request: SmsRequest } | { readonly refusal: Refusal } {
  const refuse = (...errors: string[]) => ({ refusal: sensError(400, ...errors) });
  const parsed = bodySchema.safeParse(json);
  if (!parsed.success) return { refusal: badFields(parsed.error) };
  const {
    type,
    contentType = "COMM",
    countryCode = "82",
    from,
    subject = "",
    content,
    messages,
    files = [],
  } = parsed.data;
  if (!approvedNumbers.has(from)) return refuse("from: not an approved sender number");
  if (countBytes(subject) > longestSubject) return refuse("subject: at most 40 bytes");
  const gone = files.findIndex((file) => "fileId" in file && !isFile(String(file.fileId)));
  if (gone >= 0) return refuse(`files.${gone}.fileId: no such file`);
  let reserve: SmsRequest["reserve"] = null;
  if (parsed.data.reserveTime !== undefined) {
    const timeZone = parsed.data.reserveTimeZone ?? "Asia/Seoul";
    const atMs = readReserveTime(parsed.data.reserveTime, timeZone);
    if (atMs === undefined || atMs - nowMs < 600_000 || atMs - nowMs > 180 * 86_400_000)
      return refuse("Invalid reserveTime");
    reserve = { atMs, timeZone };
  }
  // An MMS without files goes out as LMS.
  const kind = type === "MMS" && files.length === 0 ? "LMS" : type;
  const entries = messages.map((message) => ({
    to: message.to,
    subject: kind === "SMS" ? "" : (message.subject ?? subject),
    content: cutToBytes(message.content ?? content, longestText[kind]),
  }));
  return { request: { type: kind, contentType, countryCode, from, entries, reserve } };
}
