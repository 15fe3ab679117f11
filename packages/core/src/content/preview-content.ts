import type { ContentIssue, ProviderRules } from "../provider/provider.ts";

export type ContentPreview =
  | {
      ok: true;
      /** One HTML page, self-contained, see {@link ProviderRules.previewPage}; null where the carrier's package draws none. */
      page: string | null;
      /** What the recipient reads, as plain text. */
      text: string;
      /** Billable parts. */
      segments: number;
      warnings: readonly ContentIssue[];
    }
  | { ok: false; issues: readonly ContentIssue[] };

/**
 * A content as one recipient would see it.
 * @param valueFor the value of a variable; undefined when there is none, which is a fault
 */
export function previewContent(
  rules: Pick<ProviderRules, "prepareContent" | "previewPage">,
  content: unknown,
  valueFor: (variable: string) => string | undefined,
): ContentPreview {
  const prepared = rules.prepareContent(content);
  if ("issues" in prepared) return { ok: false, issues: prepared.issues };
  const values = prepared.variables.map((name) => [name, valueFor(name)] as const);
  const missing = values.flatMap(([name, value]) => (value === undefined ? [missingValue(name)] : []));
  if (missing.length > 0) return { ok: false, issues: missing };
  const rendered = prepared.render(values.map(([, value]) => value ?? ""));
  if ("issues" in rendered) return { ok: false, issues: rendered.issues };
  const { preview: text, segments } = rendered;
  const page = rules.previewPage?.(rendered) ?? null;
  return { ok: true, page, text, segments, warnings: [...prepared.warnings, ...rendered.warnings] };
}

function missingValue(name: string): ContentIssue {
  const message = `no value for #{${name}}; add a column or value "${name}"`;
  return { path: `variables.${name}`, level: "error", code: "missing-value", message };
}
