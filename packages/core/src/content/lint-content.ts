import type { ContentIssue, ProviderRules } from "../provider/provider.ts";

/** What the carrier's rules say of a content before there are any recipients. */
export interface ContentLint {
  /** Whether it can be sent: no issue is an error. */
  ok: boolean;
  /** Errors and warnings, each with its path in the content. */
  issues: readonly ContentIssue[];
  /** Names used as `#{name}`, in order of first use; empty when there are errors. */
  variables: readonly string[];
}

/** Checks a content as creating a campaign would; what only a recipient's values decide is left open. */
export function lintContent(rules: Pick<ProviderRules, "prepareContent">, content: unknown): ContentLint {
  const prepared = rules.prepareContent(content);
  if ("issues" in prepared) return { ok: false, issues: prepared.issues, variables: [] };
  return { ok: true, issues: prepared.warnings, variables: prepared.variables };
}
