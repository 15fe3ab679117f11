import type { PreparedContent } from "@hikyaku/core";

/**
 * A content whose row is right only if both of its legs are: who could not be sent the second must not find out when the first has not
 * arrived. What it renders is the first.
 */
export function bothLegs(prepared: PreparedContent): Pick<PreparedContent, "variables" | "render"> {
  const { variables, fallback } = prepared;
  return {
    variables,
    render(values) {
      const first = prepared.render(values);
      if ("issues" in first || !fallback) return first;
      const second = fallback.render(values);
      return "issues" in second ? second : first;
    },
  };
}
