import type { CampaignRow, Sql } from "@hikyaku/ledger";
import { createWarningTally, type ImportWarning } from "../recipients/warning-tally.ts";
import { secondLegOf } from "../request/second-leg.ts";
import { prepareContent } from "../routes/prepare-content.ts";
import type { RouteBook } from "../routes/route-book.ts";
import { newWarnings, type TemplateCheckInput, withTemplate } from "./with-template.ts";

/**
 * The legs of a campaign that are sent by a template; none for carriers that have no templates.
 *
 * @throws InvalidContentError when one of them can't be sent over its route any more; UnknownRouteError, UnsupportedRouteError
 */
export async function templateLegs(
  routes: RouteBook,
  { route, content, fallback }: Pick<CampaignRow, "route" | "content" | "fallback">,
): Promise<TemplateCheckInput[]> {
  const { rules } = await routes.find(route);
  const second = fallback?.route === undefined ? { rules } : await routes.find(fallback.route);
  if (rules.templates === undefined && second.rules.templates === undefined) return [];
  const first = { route, rules, prepared: prepareContent(rules, content) };
  const follows = await secondLegOf(routes, fallback, first);
  const legs: TemplateCheckInput[] = [first, ...(follows ? [{ ...follows, path: "fallbackContent" as const }] : [])];
  return legs.filter((leg) => (leg.rules.templates?.usedBy(leg.prepared.content) ?? null) !== null);
}

/**
 * Compares each of them with its template as the account last had it.
 *
 * @throws InvalidContentError as {@link withTemplate}
 */
export async function checkLegs(sql: Sql, legs: readonly TemplateCheckInput[]): Promise<ImportWarning[]> {
  const added = [];
  for (const leg of legs) added.push(...newWarnings(leg.prepared, await withTemplate(sql, leg)));
  return createWarningTally(added).list();
}
