import type { CampaignState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { countColumns, withTotal } from "./campaign-counts.ts";
import type { CampaignCounts, CampaignRow } from "./campaign-row.ts";

/** Newest first, with their counts; `before` is the last id of the page before. */
export async function listCampaigns(
  sql: Sql,
  { limit, before, state }: { limit: number; before?: string; state?: CampaignState },
): Promise<(CampaignRow & { counts: CampaignCounts })[]> {
  const campaigns = await sql<CampaignRow[]>`
    select * from campaign
    where (${before ?? null}::uuid is null or id < ${before ?? null})
      and (${state ?? null}::campaign_state is null or state = ${state ?? null}::campaign_state)
    order by id desc
    limit ${limit}`;
  const rows = await sql<(CampaignCounts & { campaignId: string })[]>`
    select listed.id as campaign_id, ${sql.unsafe(countColumns)}
    from unnest(${campaigns.map(({ id }) => id)}::uuid[]) as listed (id)
    left join campaign_count on campaign_count.campaign_id = listed.id
    group by listed.id`;
  const counts = new Map(rows.map(({ campaignId, ...row }) => [campaignId, withTotal(row as CampaignCounts)]));
  return campaigns.map((campaign) => ({ ...campaign, counts: counts.get(campaign.id) as CampaignCounts }));
}
