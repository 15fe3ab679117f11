import type { ProviderRules, TemplateRules } from "@hikyaku/core";
import { type CarrierTemplateRow, findTemplate, listRoutes, listTemplates, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { CliError } from "../cli-error.ts";

/** A published route whose carrier sends by templates. */
export interface TemplateRoute {
  route: string;
  rules: ProviderRules;
  templates: TemplateRules;
}

/**
 * Those routes, or the one that is named.
 * @throws CliError when there are none, or that one is not among them
 */
export async function templateRoutes(sql: Sql, named?: string): Promise<TemplateRoute[]> {
  const published = await listRoutes(sql);
  const found = published.flatMap(({ name, provider, settings }) => {
    const rules = findProvider(provider).rules(settings);
    return rules.templates === undefined ? [] : [{ route: name, rules, templates: rules.templates }];
  });
  const wanted = found.filter(({ route }) => named === undefined || route === named);
  if (wanted.length > 0) return wanted;
  const names = found.map(({ route }) => route).join(", ");
  const isKnown = published.some(({ name }) => name === named);
  throw new CliError(
    named === undefined
      ? "No route's carrier has templates."
      : isKnown
        ? `The carrier of route ${named} has no templates.`
        : `No route is called "${named}".`,
    {
      mend:
        names === ""
          ? "Start a worker with a route of provider sens: it publishes its routes."
          : `Name one of ${names}.`,
      exitCode: 2,
    },
  );
}

/**
 * One template, by its code, on the route that is named or on the only one that has it.
 * @throws CliError when there is none, or several routes have it
 */
export async function templateOf(
  sql: Sql,
  code: string,
  named?: string,
): Promise<TemplateRoute & { row: CarrierTemplateRow }> {
  const routes = await templateRoutes(sql, named);
  const found: (TemplateRoute & { row: CarrierTemplateRow })[] = [];
  for (const each of routes) {
    const row = await findTemplate(sql, { route: each.route, code });
    if (row !== null) found.push({ ...each, row });
  }
  const [first, ...others] = found;
  if (first === undefined) {
    const known = (await Promise.all(routes.map(({ route }) => listTemplates(sql, { route })))).flat();
    const codes = [...new Set(known.map((row) => row.code))].slice(0, 10).join(", ");
    throw new CliError(`There is no template ${code}.`, {
      mend:
        codes === ""
          ? "Read the account: hikyaku template refresh"
          : `There are ${codes}. A new one is read by hikyaku template refresh.`,
    });
  }
  if (others.length > 0) {
    throw new CliError(`Several routes have a template ${code}.`, {
      mend: `Name one by --route: ${found.map(({ route }) => route).join(", ")}.`,
      exitCode: 2,
    });
  }
  return first;
}
