import type { Sql } from "../connection/connect-ledger.ts";
import { sweepCampaign } from "./sweep-campaign.ts";

/**
 * Moves at most `limit` queued messages of cancelled campaigns to `cancelled`; answers how many. Call it until it answers
 * 0. A retry that comes back later into a cancelled campaign is found by a later call.
 */
export async function sweepCancelled(sql: Sql, { limit }: { limit: number }): Promise<number> {
  return await sweepCampaign(sql, "cancelled", limit);
}
