import { type PreparedContent, type ProviderRules, twoLegs } from "@hikyaku/core";
import type { SecondLegContent } from "../request/second-leg.ts";

/** What a row must be right for, and what of it is kept. */
export interface CheckedLegs {
  /** Of both legs. */
  readonly variables: readonly string[];
  readonly rules: Pick<ProviderRules, "normaliseRecipient">;
  readonly content: Pick<PreparedContent, "variables" | "render" | "visibleTexts">;
  /** The second leg of a row that is right; null when there is none. */
  renderSecond(values: readonly string[]): ReturnType<PreparedContent["render"]> | null;
}

/**
 * A content whose row is right only if both of its legs are: who could not be sent the second must not find out when the first has not
 * arrived. What it renders is the first, with the texts that may be read on either.
 */
export function bothLegs(
  { rules, prepared }: { rules: Pick<ProviderRules, "normaliseRecipient">; prepared: PreparedContent },
  second: Omit<SecondLegContent, "warnings"> | null,
): CheckedLegs {
  if (!second) return { variables: prepared.variables, rules, content: prepared, renderSecond: () => null };
  const isPart = second.prepared === prepared.fallback;
  const { recipientIn } = second.plan;
  const legs = twoLegs(prepared, second.prepared, { rules: second.rules, recipientIn });
  const renderSecond = (values: readonly string[]) => second.prepared.render(legs.secondValues(values));
  return {
    variables: legs.variables,
    rules: {
      normaliseRecipient(raw) {
        const first = rules.normaliseRecipient(raw);
        if (!first.ok || recipientIn !== undefined) return first;
        const follows = second.rules.normaliseRecipient(first.recipient);
        if (follows.ok) return first;
        const reason = `it can't be reached over ${second.route}, which follows: ${follows.reason}; name the column with the number for it (fallbackTo)`;
        return { ok: false, code: follows.code, reason };
      },
    },
    content: {
      variables: legs.variables,
      // A part of the content has its texts among the content's own.
      ...(isPart
        ? prepared.visibleTexts && { visibleTexts: prepared.visibleTexts }
        : { visibleTexts: [...(prepared.visibleTexts ?? [[]]), ...(second.prepared.visibleTexts ?? [[]])] }),
      render(values) {
        const first = prepared.render(values.slice(0, prepared.variables.length));
        if ("issues" in first) return first;
        if (recipientIn !== undefined) {
          const to = legs.secondRecipient("", values);
          if (!to.ok) {
            const path = `variables.${recipientIn}`;
            return {
              issues: [{ path, level: "error", code: to.code, message: `number for ${second.route}: ${to.reason}` }],
            };
          }
        }
        const follows = renderSecond(values);
        if ("issues" in follows) return follows;
        if (isPart) return first;
        const textsOf = ({ visibleTexts, preview }: typeof first) => visibleTexts ?? [[preview]];
        return { ...first, visibleTexts: [...textsOf(first), ...textsOf(follows)] };
      },
    },
    renderSecond,
  };
}
