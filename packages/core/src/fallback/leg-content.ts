import type { ContentIssue, PreparedContent, ProviderRules } from "../provider/provider.ts";
import type { SecondLegPlan } from "./second-leg.ts";

export interface LegContentInput {
  leg: number;
  /** What the campaign or the message says. */
  content: unknown;
  plan: SecondLegPlan | null;
}

/**
 * The content of one leg of a campaign's message, prepared by the rules of the route that leg goes over: the first says the content; the
 * second what was given for it, else the content's part that stands alone.
 */
export function prepareLeg(
  rules: Pick<ProviderRules, "prepareContent">,
  { leg, content, plan }: LegContentInput,
): PreparedContent | { issues: ContentIssue[] } {
  if (leg === 1) return rules.prepareContent(content);
  if (plan?.content !== undefined && plan.content !== null) return rules.prepareContent(plan.content);
  const whole = rules.prepareContent(content);
  if ("issues" in whole) return whole;
  return whole.fallback ?? { issues: [noPartAlone] };
}

const noPartAlone: ContentIssue = {
  path: "content",
  level: "error",
  code: "no-second-leg",
  message: "the content has no part that can be sent alone when the first leg does not arrive",
};
