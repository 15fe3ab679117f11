import {
  type ClassRules,
  type Consent,
  createAdvertisingCheck,
  isCompleteConsent,
  isOverridden,
  type MessageClass,
  type PreparedContent,
  type RenderedMessage,
  type RuleOverride,
  readConsent,
} from "@hikyaku/core";

/** What its class asks of one recipient's message. */
export type LawfulRow =
  | { ok: true; consent: Consent | null; warning: { code: string; message: string } | null }
  | { ok: false; path: string; code: string; reason: string };

export type RowLaw = (rendered: RenderedMessage, consent: { at: string; source: string }) => LawfulRow;

export interface RowLawInput {
  /** Null: from before there were classes, and nothing is asked. */
  messageClass: MessageClass | null;
  overrides: readonly RuleOverride[];
  prepared: Pick<PreparedContent, "visibleTexts">;
  classRules: ClassRules;
  now: Date;
}

/** The rules for each recipient of advertising; null where the class has none. */
export function createRowLaw({ messageClass, overrides, prepared, classRules, now }: RowLawInput): RowLaw | null {
  if (messageClass !== "advertising") return null;
  const check = createAdvertisingCheck(classRules);
  const isSettled = check.isSettledBy(prepared.visibleTexts ?? []);
  const isRequired = classRules.requireConsent && !isOverridden(overrides, "consent");

  return (rendered, given) => {
    if (!isSettled) {
      const faults = check.ofText(rendered.visibleTexts ?? [[rendered.preview]]);
      const [fault] = faults.filter(({ rule }) => !isOverridden(overrides, rule));
      if (fault) return { ok: false, path: "content", code: fault.code, reason: fault.message };
    }
    const read = readConsent(given, { now, timeZone: classRules.timeZone });
    if (!read.ok) return { ok: false, path: "consent_at", code: read.code, reason: read.reason };
    if (isCompleteConsent(read.consent)) return { ok: true, consent: read.consent, warning: null };
    if (isRequired)
      return { ok: false, path: "consent_at", code: "no-consent", reason: `${noConsent}, which this route requires` };
    const warning = { code: "no-consent", message: noConsent };
    return { ok: true, consent: read.consent, warning };
  };
}

const noConsent =
  "advertising without a recorded consent; add when and how the recipient agreed as consent_at and consent_source";
