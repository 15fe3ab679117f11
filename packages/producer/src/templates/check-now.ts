import { awaitRefresh, type CampaignRow, findAccount, type Sql } from "@hikyaku/ledger";
import type { CampaignContext } from "../campaigns/context.ts";
import type { ImportWarning } from "../recipients/warning-tally.ts";
import { checkLegs, templateLegs } from "./template-legs.ts";

/** A poller notices within a second that somebody asks; who waits for the answer is a person or a request. */
const patienceMs = 5_000;

/** The code of the warning that a campaign went on although its carrier could not be asked about its templates. */
export const templateCopyCounts = "template-copy-counts";

/**
 * Whether the templates of a campaign are still what it was written by, asked at the carrier now. Where the carrier can't be asked, the copy
 * counts as it was last read, and a warning says so: a carrier that is away for a moment must not keep a campaign from starting.
 *
 * @throws InvalidContentError saying which state a template is in, or what is different now
 */
export async function checkNow(
  { sql, routes }: Pick<CampaignContext, "sql" | "routes">,
  campaign: CampaignRow,
): Promise<ImportWarning[]> {
  const legs = await templateLegs(routes, campaign);
  const unread: ImportWarning[] = [];
  for (const route of new Set(legs.map((leg) => leg.route))) {
    if (!(await refreshTemplates(sql, route))) unread.push(...(await copyCounts(sql, route)));
  }
  return [...(await checkLegs(sql, legs)), ...unread];
}

/** Has the copy of a route's templates read again, and waits for it; false when nobody could. */
export async function refreshTemplates(sql: Sql, route: string): Promise<boolean> {
  return (await awaitRefresh(sql, { route, patienceMs })) === "fresh";
}

/** Nothing where there is no copy: the comparison says that itself. */
async function copyCounts(sql: Sql, route: string): Promise<ImportWarning[]> {
  const account = await findAccount(sql, { route });
  if (!account?.refreshedAt) return [];
  const readAt = account.refreshedAt.toISOString();
  const why = account.error ?? "no poller has answered";
  const message = `the templates of ${route} could not be read now (${why}); as they were at ${readAt}, all is well`;
  return [{ code: templateCopyCounts, message, rows: 0, firstLine: null }];
}
