import { type CampaignRow, freshAccount, type Sql } from "@hikyaku/ledger";
import { InvalidContentError, UnknownRouteError, UnsupportedRouteError } from "../errors/request-errors.ts";
import { createRouteBook } from "../routes/route-book.ts";
import { refreshTemplates } from "./check-now.ts";
import { checkLegs, templateLegs } from "./template-legs.ts";

/**
 * - `fits`: it may start. `unread` names the routes whose templates could not be read now, so that the copy of them counted.
 * - `asking`: the carrier is being asked; look again in a moment.
 * - `refused`: it can't be sent as it is.
 * - `not-mine`: its carrier is unknown to this version of the program; a newer one decides.
 */
export type DueVerdict =
  | { kind: "fits"; unread: readonly string[] }
  | { kind: "asking" }
  | { kind: "refused"; reason: string }
  | { kind: "not-mine" };

/** A carrier that is away for longer than this must not keep a campaign from starting: what was last read of it counts then. */
const patienceMs = 30_000;

/**
 * What a campaign with a time to start is asked about when that has come: whether its templates are still what it was written by. Between
 * import and start they may have been stopped, changed or withdrawn, and every message would be refused by itself. The answer comes at once;
 * while the carrier is asked, it is `asking`.
 */
export function createDueCheck(sql: Sql): (campaign: CampaignRow) => Promise<DueVerdict> {
  const routes = createRouteBook(sql);
  return async (campaign) => {
    try {
      const legs = await templateLegs(routes, campaign);
      const since = new Date(Math.max(campaign.startAt?.getTime() ?? 0, campaign.importedAt?.getTime() ?? 0));
      const unread: string[] = [];
      let isAsking = false;
      for (const route of new Set(legs.map((leg) => leg.route))) {
        const freshness = await freshAccount(sql, { route, since, patienceMs });
        if (freshness === "unread") unread.push(route);
        isAsking ||= freshness === "asking";
      }
      if (isAsking) return { kind: "asking" };
      await checkLegs(sql, legs);
      return { kind: "fits", unread };
    } catch (error) {
      if (error instanceof InvalidContentError)
        return { kind: "refused", reason: `not started: ${error.message}. ${mend}` };
      // Nothing goes out over a route that nobody has, so nothing is lost either.
      if (error instanceof UnknownRouteError) return { kind: "fits", unread: [] };
      if (error instanceof UnsupportedRouteError) return { kind: "not-mine" };
      throw error;
    }
  };
}

/**
 * Has the copies of these routes' templates read again, where their carriers have any, before a campaign is made by itself; answers those
 * that could not be read, so that the copy counts as it is.
 */
export function createTemplateRefresh(sql: Sql): (routes: readonly string[]) => Promise<string[]> {
  const book = createRouteBook(sql);
  return async (routes) => {
    const unread: string[] = [];
    for (const route of new Set(routes)) {
      // Whoever makes the campaign says what is wrong with the route.
      const known = await book.find(route).catch((error: unknown) => {
        if (error instanceof UnknownRouteError || error instanceof UnsupportedRouteError) return null;
        throw error;
      });
      if (known?.rules.templates !== undefined && !(await refreshTemplates(sql, route))) unread.push(route);
    }
    return unread;
  };
}

const mend =
  "When that is as it was, resume the campaign; otherwise cancel it and make a new one from the template of now";
