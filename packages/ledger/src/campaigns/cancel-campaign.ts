import type { Sql } from "../connection/connect-ledger.ts";
import { campaignCounts } from "./campaign-counts.ts";
import type { CampaignRow } from "./campaign-row.ts";
import { closeClaimGate } from "./claim-gate.ts";

export interface Cancelled {
  campaign: CampaignRow;
  /** Accepted by the carrier, whatever became of them. Second legs are counted here and below as the messages they are. */
  sent: number;
  /** At the gateway at this moment. */
  inFlight: number;
  /** Of unknown outcome: they may have gone out, be it long ago. */
  unknown: number;
  /** Never sent, and never will be. */
  stopped: number;
  /** Of `sent`, the first legs of which nothing more than their acceptance is known. */
  accepted: number;
}

/**
 * Cancels a campaign of any size in milliseconds: one flag, then the counters. The numbers are exact: every claim that
 * committed is in them and none commits afterwards. The rows themselves are moved later by {@link sweepCancelled}.
 * Repeating it answers the numbers of now. Null when there is no such campaign or it is finished.
 */
export async function cancelCampaign(sql: Sql, { campaignId }: { campaignId: string }): Promise<Cancelled | null> {
  return await sql.begin(async (transaction) => {
    await closeClaimGate(transaction, campaignId);
    const [campaign] = await transaction<CampaignRow[]>`
      update campaign set
        state = 'cancelled', cancelled_at = coalesce(cancelled_at, now()),
        -- What was not fed yet is swept first; the rest comes when the sweep begins again.
        sweep_cursor = case when state = 'cancelled' then sweep_cursor else feed_cursor end
      where id = ${campaignId} and state <> 'finished'
      returning *`;
    if (!campaign) return null;
    const counts = await campaignCounts(transaction, { campaignId, leg: "both" });
    const { accepted } = await campaignCounts(transaction, { campaignId });
    const { everAccepted: sent, sending: inFlight, unknown } = counts;
    const stopped = counts.queued + counts.cancelled;
    return { campaign, sent, inFlight, unknown, stopped, accepted };
  });
}
