import {
  type ContentIssue,
  lintSmsText,
  normaliseSmsText,
  type PreparedContent,
  parseTemplate,
  type RenderedMessage,
  type SmsLimits,
  type SmsTextIssue,
  segmentCount,
  type Template,
} from "@hikyaku/core";
import * as z from "zod";
import { dstSchema, type KddiPublicSettings } from "./route-config.ts";

/** What one campaign or single message says, by SMS. */
const smsContentSchema = z.strictObject({
  text: z.string(),
  smsNumber: z.string().optional(),
  dst: dstSchema.optional(),
});

/** What `send` takes: one recipient's finished text, normalised (protocol notes §5.1). */
export interface SmsPayload {
  text: string;
  smsNumber: string;
  dst: string;
}

/**
 * Checks a content and compiles its template. What the text's variables decide (length, characters, blankness) is checked again for each
 * recipient; what no value can mend is refused here.
 */
export function prepareSmsContent(
  content: unknown,
  settings: KddiPublicSettings,
): PreparedContent | { issues: ContentIssue[] } {
  const parsed = smsContentSchema.safeParse(content);
  if (!parsed.success) return { issues: parsed.error.issues.flatMap(shapeIssues) };
  const { text, smsNumber = settings.smsNumber, dst = settings.dst } = parsed.data;
  const issues: ContentIssue[] = [];
  const numbers = [settings.smsNumber, ...settings.smsNumbers];
  if (!numbers.includes(smsNumber)) {
    issues.push({
      path: "content.smsNumber",
      level: "error",
      code: "sender-not-allowed",
      message: `${smsNumber} is not a sender number of this route; use one of ${numbers.join(", ")}, or add it to smsNumbers`,
    });
  }
  const template = parseTemplate(text);
  if (!template.ok) return { issues: [...issues, ...templateIssues(template.faults)] };
  const { sms } = settings;
  const limits: SmsLimits = { single: sms.single, multi: sms.multi, max: sms.maxUnits };
  const lint = (finished: string) => lintSmsText(finished, { dst, policy: sms.charPolicy, limits });
  const found = template.variables.length === 0 ? lint(normaliseSmsText(text)) : lintFixedPart(template, lint);
  const all = [...issues, ...found.map(withoutCharacters)];
  if (all.some(({ level }) => level === "error")) return { issues: all };

  return {
    content: { text, smsNumber, dst },
    variables: template.variables,
    visibleTexts: [[text]],
    warnings: all,
    render(values): RenderedMessage | { issues: ContentIssue[] } {
      const rendered = template.render(values);
      if (!rendered.ok) return { issues: templateIssues(rendered.faults) };
      const finished = normaliseSmsText(rendered.text);
      const warnings = lint(finished).map(withoutCharacters);
      if (warnings.some(({ level }) => level === "error")) return { issues: warnings };
      const payload: SmsPayload = { text: finished, smsNumber, dst };
      const segments = segmentCount(finished.length, limits) ?? 0;
      return { payload, segments, preview: finished, visibleTexts: [[finished]], warnings };
    },
  };
}

/**
 * Faults of the template's own words that hold whatever the values are. The variables are taken as empty, so the length is a lower
 * bound; a character that would be an error only in a short text is a warning here, since the values may make it long.
 */
function lintFixedPart(template: Template, lint: (text: string) => SmsTextIssue[]): SmsTextIssue[] {
  const fixed = template.render(template.variables.map(() => zeroWidth));
  const text = fixed.ok ? normaliseSmsText(fixed.text).replaceAll(zeroWidth, "") : "";
  return lint(text)
    .filter(({ code }) => code !== "sms-blank" && code !== "sms-split-character")
    .map((issue) => (issue.code === "sms-unsafe-character" ? { ...issue, level: "warning" as const } : issue));
}

/** Stands for a value and is taken out again; no template has it, as it is not a character. */
const zeroWidth = "\uffff";

/** Which characters are at fault is in the message; the contract's issue has no field for them. */
function withoutCharacters({ path, level, code, message }: SmsTextIssue | ContentIssue): ContentIssue {
  return { path, level, code, message };
}

function templateIssues(faults: readonly { code: string; message: string }[]): ContentIssue[] {
  return faults.map(({ code, message }) => ({ path: "content.text", level: "error", code, message }));
}

function shapeIssues(issue: z.core.$ZodIssue): ContentIssue[] {
  const path = ["content", ...issue.path].join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      level: "error",
      code: "unknown-field",
      message: `the content of an SMS has text, smsNumber and dst; remove ${key}`,
    }));
  }
  const expected =
    path === "content.dst" ? `one of "0" to "4", in quotes` : path === "content" ? "a mapping with text" : "a text";
  return [{ path, level: "error", code: "wrong-shape", message: `expected ${expected}` }];
}
