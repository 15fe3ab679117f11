import type { CampaignState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { type StateCount, toCounts } from "./campaign-counts.ts";
import type { CampaignCounts, CampaignRow } from "./campaign-row.ts";

/** Newest first, with the counts of their first legs; `before` is the last id of the page before. */
export async function listCampaigns(
  sql: Sql,
  { limit, before, state }: { limit: number; before?: string; state?: CampaignState },
): Promise<(CampaignRow & { counts: CampaignCounts })[]> {
  const campaigns = await sql<CampaignRow[]>`
    select * from campaign
    where id < coalesce(${before ?? null}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      and (${state ?? null}::campaign_state is null or state = ${state ?? null}::campaign_state)
    order by id desc
    limit ${limit}`;
  const rows = await sql<(StateCount & { campaignId: string })[]>`
    select campaign_id, state, sum(messages)::bigint as messages, sum(accepted)::bigint as accepted,
           sum(segments_accepted)::bigint as segments_accepted
    from campaign_count where leg = 1 and campaign_id = any(${campaigns.map(({ id }) => id)}::uuid[])
    group by campaign_id, state`;
  const counts = Map.groupBy(rows, ({ campaignId }) => campaignId);
  return campaigns.map((campaign) => ({ ...campaign, counts: toCounts(counts.get(campaign.id) ?? []) }));
}
