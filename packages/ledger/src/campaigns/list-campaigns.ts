import type { CampaignState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { type LegCounts, type StateCount, toCounts } from "./campaign-counts.ts";
import type { CampaignRow } from "./campaign-row.ts";

/** Newest first, with their counts; `before` is the last id of the page before. */
export async function listCampaigns(
  sql: Sql,
  { limit, before, state }: { limit: number; before?: string; state?: CampaignState },
): Promise<(CampaignRow & LegCounts)[]> {
  const campaigns = await sql<CampaignRow[]>`
    select * from campaign
    where id < coalesce(${before ?? null}::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff')
      and (${state ?? null}::campaign_state is null or state = ${state ?? null}::campaign_state)
    order by id desc
    limit ${limit}`;
  const rows = await sql<(StateCount & { campaignId: string; leg: number })[]>`
    select campaign_id, state, leg, sum(messages)::bigint as messages, sum(accepted)::bigint as accepted,
           sum(segments_accepted)::bigint as segments_accepted
    from campaign_count where campaign_id = any(${campaigns.map(({ id }) => id)}::uuid[])
    group by campaign_id, state, leg`;
  const counts = Map.groupBy(rows, ({ campaignId }) => campaignId);
  const ofLeg = (id: string, wanted: number) => toCounts((counts.get(id) ?? []).filter(({ leg }) => leg === wanted));
  return campaigns.map((campaign) => ({
    ...campaign,
    counts: ofLeg(campaign.id, 1),
    secondLegs: campaign.fallback ? ofLeg(campaign.id, 2) : null,
  }));
}
