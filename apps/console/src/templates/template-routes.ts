import type { ProviderRules, TemplateRules } from "@hikyaku/core";
import { type CarrierTemplateRow, findTemplate, listRoutes } from "@hikyaku/ledger";
import type { ConsoleDeps } from "../console-deps.ts";
import { Problem } from "../problems/problem.ts";

/** A published route whose carrier sends by templates. */
export interface TemplateRoute {
  route: string;
  rules: ProviderRules;
  templates: TemplateRules;
}

/** Those routes; a build that no longer knows a route's carrier passes over it. */
export async function templateRoutes({
  ledger,
  findProvider,
}: Pick<ConsoleDeps, "ledger" | "findProvider">): Promise<TemplateRoute[]> {
  return (await listRoutes(ledger.sql)).flatMap(({ name, provider, settings }) => {
    const rules = findProvider(provider).rules(settings);
    return rules.templates === undefined ? [] : [{ route: name, rules, templates: rules.templates }];
  });
}

/** @throws Problem `template-not-found` */
export async function templateOf(
  deps: Pick<ConsoleDeps, "ledger" | "findProvider">,
  { route, code }: { route: string; code: string },
): Promise<TemplateRoute & { row: CarrierTemplateRow }> {
  const found = (await templateRoutes(deps)).find((each) => each.route === route);
  const row = found && (await findTemplate(deps.ledger.sql, { route, code }));
  if (!found || !row) throw new Problem("template-not-found");
  return { ...found, row };
}

/** The page of a template as its reader's phone shows it; the variables show their names where no value is given. */
export function templatePage(
  { rules, templates }: Pick<TemplateRoute, "rules" | "templates">,
  template: unknown,
  values: Readonly<Record<string, string>> = {},
): { page: string; text: string } {
  // Without the copy: a template that is not approved yet is looked at all the same.
  const { template: _, ...content } = templates.contentFrom(template);
  const prepared = rules.prepareContent(content);
  const rendered =
    "issues" in prepared ? prepared : prepared.render(prepared.variables.map((name) => values[name] ?? name));
  if ("issues" in rendered) {
    const errors = rendered.issues.filter(({ level }) => level === "error");
    throw new Problem("invalid-content", {
      detail: errors.map(({ path, message }) => `${path}: ${message}`).join("; "),
    });
  }
  return { page: rules.previewPage?.(rendered) ?? "", text: rendered.preview };
}
