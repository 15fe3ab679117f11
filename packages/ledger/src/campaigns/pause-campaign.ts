import type { Sql } from "../connection/connect-ledger.ts";
import type { CampaignRow } from "./campaign-row.ts";
import { closeClaimGate } from "./claim-gate.ts";

/** `running → paused`. When it answers, no claim can commit any more. Null when the campaign is not running. */
export async function pauseCampaign(
  sql: Sql,
  { campaignId, reason }: { campaignId: string; reason: string },
): Promise<CampaignRow | null> {
  return await sql.begin(async (transaction) => {
    await closeClaimGate(transaction, campaignId);
    const [campaign] = await transaction<CampaignRow[]>`
      update campaign set state = 'paused', pause_reason = ${reason}, paused_at = now()
      where id = ${campaignId} and state = 'running'
      returning *`;
    return campaign ?? null;
  });
}

/**
 * `paused → running`, fed from the beginning again: jobs taken while it was paused are gone. What failed so far no longer
 * counts towards a self-pause. One that was paused instead of started starts by it. Null when not paused.
 */
export async function resumeCampaign(sql: Sql, { campaignId }: { campaignId: string }): Promise<CampaignRow | null> {
  const [campaign] = await sql<CampaignRow[]>`
    update campaign set
      state = 'running', feed_cursor = null, pause_reason = null, paused_at = null,
      started_at = coalesce(started_at, now()),
      tried_before = (
        select coalesce(sum(messages), 0) from campaign_count
        where campaign_id = campaign.id and leg = 1 and state in ('rejected', 'failed', 'unknown')
      )
    where id = ${campaignId} and state = 'paused'
    returning *`;
  return campaign ?? null;
}
