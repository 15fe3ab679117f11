import type { CampaignRow } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/** Campaigns of a route with first legs that are due to be decided about. Not the paused ones: theirs wait for the resume. */
export async function fallbackCampaigns(sql: Sql, { route }: { route: string }): Promise<CampaignRow[]> {
  return await sql<CampaignRow[]>`
    select campaign.* from campaign
    where route = ${route} and fallback is not null and state <> 'paused' and exists (
      select from message
      where message.route = campaign.route and message.campaign_id = campaign.id and message.fallback_at <= now()
    )
    order by id`;
}
