import { dueCampaigns, pauseDueCampaign, type Sql, startDueCampaign } from "@hikyaku/ledger";
import { createDueCheck } from "@hikyaku/producer/due-check";
import type { Logger } from "../observing/create-logger.ts";

/**
 * Starts the campaigns whose time has come, unless their templates are others now: those are paused with what changed. Any number of
 * processes may do it: each campaign is started, or paused, by one of them. One whose templates are being read starts a round later.
 *
 * @returns a round; it answers how many it has started
 */
export function createDueStarter({ sql, log }: { sql: Sql; log: Logger }): () => Promise<number> {
  const check = createDueCheck(sql);
  return async () => {
    let started = 0;
    for (const campaign of await dueCampaigns(sql)) {
      const { id: campaignId } = campaign;
      const verdict = await check(campaign).catch((err: unknown) => {
        log.error({ err, campaignId }, "a due campaign could not be looked at; trying again");
        return null;
      });
      if (verdict?.kind === "refused") {
        const { reason } = verdict;
        if (!(await pauseDueCampaign(sql, { campaignId, reason }))) continue;
        log.error({ campaignId, reason }, "a due campaign cannot be sent as it is; it is paused");
      } else if (verdict?.kind === "fits" && (await startDueCampaign(sql, { campaignId }))) {
        started += 1;
        if (verdict.unread.length === 0) continue;
        const { unread } = verdict;
        log.warn({ campaignId, routes: unread }, "a due campaign started by the copy of its template");
      }
    }
    return started;
  };
}
