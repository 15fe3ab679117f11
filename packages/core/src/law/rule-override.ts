/**
 * Rules that an operator may set aside for one campaign or message, with a reason that is kept:
 * `window` widens or drops the delivery window of the class; `sender-name` and `refusal-way` let an advertising text go
 * without them; `consent` lets advertising go to recipients without a recorded consent where that is required.
 */
export const overridableRules = ["window", "sender-name", "refusal-way", "consent"] as const;

export type OverridableRule = (typeof overridableRules)[number];

/** What is asked for. */
export interface RuleOverride {
  readonly rule: OverridableRule;
  /** Why, for whoever asks later. */
  readonly reason: string;
}

/** The same as it stands in the ledger; JSON-safe. */
export interface RecordedOverride extends RuleOverride {
  /** Who asked, e.g. `api-key:shop`. */
  readonly by: string;
  /** ISO 8601 */
  readonly at: string;
}

/** True when the rule is set aside. */
export function isOverridden(overrides: readonly RuleOverride[] | null | undefined, rule: OverridableRule): boolean {
  return overrides?.some((override) => override.rule === rule) ?? false;
}
