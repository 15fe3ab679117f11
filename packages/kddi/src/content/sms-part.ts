import {
  type ContentIssue,
  lintSmsText,
  normaliseSmsText,
  parseTemplate,
  type RenderedMessage,
  type SmsLimits,
  type SmsTextIssue,
  segmentCount,
  type Template,
} from "@hikyaku/core";
import type { Dst } from "../rcs-settings.ts";
import type { KddiPublicSettings } from "../route-config.ts";

/** What an SMS part says, and where it was written. */
export interface AuthoredSms {
  text: string;
  textPath: string;
  smsNumber: string;
  numberPath: string;
  dst: Dst;
}

/** What `send` takes of an SMS: one recipient's finished text, normalised (protocol notes §5.1). */
export interface SmsPayload {
  text: string;
  smsNumber: string;
  dst: string;
}

export interface CompiledSms {
  variables: readonly string[];
  warnings: readonly ContentIssue[];
  render(values: Readonly<Record<string, string>> | readonly string[]): RenderedSms | { issues: ContentIssue[] };
}

export interface RenderedSms extends RenderedMessage {
  payload: SmsPayload;
}

/** The route's lengths of an SMS and its parts. */
export function limitsOfSms({ sms }: Pick<KddiPublicSettings, "sms">): SmsLimits {
  return { single: sms.single, multi: sms.multi, max: sms.maxUnits };
}

/**
 * Checks an SMS text and compiles its template. What the text's variables decide (length, characters, blankness) is checked again for
 * each recipient; what no value can mend is refused here.
 */
export function compileSms(
  { text, textPath, smsNumber, numberPath, dst }: AuthoredSms,
  settings: KddiPublicSettings,
): CompiledSms | { issues: ContentIssue[] } {
  const issues: ContentIssue[] = [];
  const numbers = [settings.smsNumber, ...settings.smsNumbers];
  if (!numbers.includes(smsNumber)) {
    issues.push({
      path: numberPath,
      level: "error",
      code: "sender-not-allowed",
      message: `${smsNumber} is not a sender number of this route; use one of ${numbers.join(", ")}, or add it to smsNumbers`,
    });
  }
  const template = parseTemplate(text);
  if (!template.ok) return { issues: [...issues, ...templateIssues(template.faults, textPath)] };
  const limits = limitsOfSms(settings);
  const policy = settings.sms.charPolicy;
  const lint = (finished: string) => lintSmsText(finished, { path: textPath, dst, policy, limits });
  const found = template.variables.length === 0 ? lint(normaliseSmsText(text)) : lintFixedPart(template, lint);
  const all = [...issues, ...found.map(withoutCharacters)];
  if (all.some(({ level }) => level === "error")) return { issues: all };

  return {
    variables: template.variables,
    warnings: all,
    render(values) {
      const rendered = template.render(values);
      if (!rendered.ok) return { issues: templateIssues(rendered.faults, textPath) };
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

function templateIssues(faults: readonly { code: string; message: string }[], path: string): ContentIssue[] {
  return faults.map(({ code, message }) => ({ path, level: "error", code, message }));
}
