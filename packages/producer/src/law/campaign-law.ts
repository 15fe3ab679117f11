import {
  type ClassRules,
  classOf,
  createAdvertisingCheck,
  type DeliveryWindow,
  deliveryWindowText,
  isOverridden,
  isWithin,
  type MessageClass,
  type PreparedContent,
  type RecordedOverride,
  type RuleOverride,
} from "@hikyaku/core";
import { InvalidContentError, InvalidRequestError } from "../errors/request-errors.ts";
import type { CheckedOptions } from "../request/campaign-options.ts";

/** What a campaign's class comes to; stored with it. */
export interface CampaignLaw {
  class: MessageClass;
  /** Its own; null leaves it to the class. */
  deliveryWindow: DeliveryWindow | null;
  overrides: RecordedOverride[];
}

/**
 * Finds the class, and checks window and template by its rules.
 *
 * @throws InvalidRequestError when the window is wider than the class's and that is not overridden
 * @throws InvalidContentError when an advertising template lacks what it must show and that is not overridden
 */
export function campaignLaw(
  options: Pick<CheckedOptions, "class" | "window" | "overrides">,
  {
    prepared,
    classRules,
    by,
    now,
  }: { prepared: Pick<PreparedContent, "visibleTexts">; classRules: ClassRules; by: string; now: Date },
): CampaignLaw {
  const { window, overrides = [] } = options;
  const messageClass = classOf(options.class, classRules, "campaign");
  const ofClass = classRules.windows[messageClass];
  const isWider = window === null || (window !== undefined && ofClass !== null && !isWithin(window, ofClass, now));
  if (ofClass !== null && isWider && !isOverridden(overrides, "window")) {
    throw new InvalidRequestError([{ path: "window", message: tooWide(window ?? null, ofClass, messageClass) }]);
  }
  if (messageClass === "advertising") checkTemplate(prepared, { classRules, overrides });
  return { class: messageClass, deliveryWindow: window ?? null, overrides: recorded(overrides, by, now) };
}

/** As they stand in the ledger. */
export function recorded(overrides: readonly RuleOverride[], by: string, now: Date): RecordedOverride[] {
  return overrides.map(({ rule, reason }) => ({ rule, reason, by, at: now.toISOString() }));
}

function checkTemplate(
  { visibleTexts = [[]] }: Pick<PreparedContent, "visibleTexts">,
  { classRules, overrides }: { classRules: ClassRules; overrides: readonly RuleOverride[] },
): void {
  const faults = createAdvertisingCheck(classRules)
    .ofTemplate(visibleTexts)
    .filter(({ rule }) => !isOverridden(overrides, rule));
  if (faults.length === 0) return;
  throw new InvalidContentError(faults.map(({ code, message }) => ({ path: "content", code, message })));
}

function tooWide(window: DeliveryWindow | null, ofClass: DeliveryWindow, messageClass: MessageClass): string {
  return `${window === null ? "any time" : deliveryWindowText(window)} goes beyond ${deliveryWindowText(ofClass)}, in which ${messageClass} may go out; narrow it, or override the rule "window" with a reason`;
}
