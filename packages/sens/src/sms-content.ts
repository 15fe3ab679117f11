import type { ContentIssue, PreparedContent, RenderedMessage } from "@hikyaku/core";
import * as z from "zod";
import { shapeIssues } from "./content-schema.ts";
import { readSmsText, type SmsKind } from "./failover.ts";
import type { SensSmsPublicSettings } from "./route-config.ts";
import { compileTexts } from "./text-fields.ts";
import { smsTexts } from "./visible-texts.ts";

const text = (what: string) => z.string(`expected ${what}, a text`);

/** What one campaign or single message says, by a Korean SMS (protocol notes §14.1). */
const smsContentSchema = z.strictObject(
  {
    text: text("the text of the message"),
    /** LMS only. */
    subject: text("the subject").optional(),
    /** Chosen by the text's bytes where it isn't named. */
    type: z.enum(["SMS", "LMS"], "expected SMS or LMS").optional(),
    smsNumber: text("a sender number in quotes").optional(),
    contentType: z.enum(["COMM", "AD"], "expected COMM or AD").optional(),
  },
  "expected a mapping with text",
);

/** What `send` takes: one recipient's finished text. */
export interface SmsPayload {
  type: SmsKind;
  contentType: "COMM" | "AD";
  from: string;
  subject?: string | undefined;
  text: string;
}

/** Stands for a value while a content is checked before its values are known: a value has at least one byte. */
const anyValue = "0";

/** Checks an SMS content and compiles its texts. What the values decide is checked again for each recipient. */
export function prepareSmsContent(
  content: unknown,
  settings: SensSmsPublicSettings,
): PreparedContent | { issues: ContentIssue[] } {
  const parsed = smsContentSchema.safeParse(content);
  if (!parsed.success) return { issues: parsed.error.issues.flatMap(shapeIssues) };
  const { smsNumber: from = settings.smsNumber, contentType = settings.contentType, type, ...texts } = parsed.data;
  const issues: ContentIssue[] = [];
  const numbers = [settings.smsNumber, ...settings.smsNumbers];
  if (!numbers.includes(from)) {
    const message = `${from} is not a sender number of this route; use one of ${numbers.join(", ")}, or add it to smsNumbers`;
    issues.push({ path: "content.smsNumber", level: "error", code: "sender-not-allowed", message });
  }
  const compiled = compileTexts(texts, "content", []);
  if ("issues" in compiled) return { issues: [...issues, ...compiled.issues] };
  const sample = compiled.render(compiled.variables.map(() => anyValue));
  const read = "issues" in sample ? sample : readSmsText({ ...sample, type }, "content");
  if ("issues" in read) issues.push(...read.issues);
  if (issues.length > 0) return { issues };

  return {
    content: { ...parsed.data, smsNumber: from, contentType },
    variables: compiled.variables,
    visibleTexts: [smsTexts(texts)],
    warnings: [],
    channel: "sms",
    render(values): RenderedMessage | { issues: ContentIssue[] } {
      const rendered = compiled.render(values);
      if ("issues" in rendered) return rendered;
      const finished = readSmsText({ ...rendered, type }, "content");
      if ("issues" in finished) return finished;
      const payload: SmsPayload = { contentType, from, ...finished };
      const preview = finished.subject === undefined ? finished.text : `${finished.subject}\n\n${finished.text}`;
      return { payload, segments: 1, preview, visibleTexts: [smsTexts(finished)], warnings: [] };
    },
  };
}
