import { type MessageState, messageStates } from "@hikyaku/core";
import type { Queryable } from "../connection/connect-ledger.ts";
import type { CampaignCounts } from "./campaign-row.ts";

/** Messages by state from the counters: a few rows, whatever the size of the campaign. Zeros when it has none. */
export async function campaignCounts(sql: Queryable, { campaignId }: { campaignId: string }): Promise<CampaignCounts> {
  const [counts] = await sql<CampaignCounts[]>`
    select ${sql.unsafe(countColumns)} from campaign_count where campaign_id = ${campaignId}`;
  return withTotal(counts ?? emptyCounts());
}

/** One sum per state over the slots of `campaign_count`, and `segments_accepted`. */
export const countColumns = [...messageStates, "segments_accepted"]
  .map((column) => `coalesce(sum(${column}), 0)::bigint as ${column}`)
  .join(", ");

/** The same, counted from the messages themselves: slow, for tests and `doctor`. */
export async function countRows(sql: Queryable, { campaignId }: { campaignId: string }): Promise<CampaignCounts> {
  const rows = await sql<{ state: MessageState; count: number; segmentsAccepted: number }[]>`
    select state, count(*) as count, coalesce(sum(segments) filter (where accepted_at is not null), 0) as segments_accepted
    from message where campaign_id = ${campaignId} group by state`;
  const counts = emptyCounts();
  for (const { state, count, segmentsAccepted } of rows) {
    counts[state] = count;
    counts.segmentsAccepted += segmentsAccepted;
  }
  return withTotal(counts);
}

/** Fills in `total`. */
export function withTotal(counts: CampaignCounts): CampaignCounts {
  let total = 0;
  for (const state of messageStates) total += counts[state];
  counts.total = total;
  return counts;
}

function emptyCounts(): CampaignCounts {
  const counts: Partial<CampaignCounts> = { total: 0, segmentsAccepted: 0 };
  for (const state of messageStates) counts[state] = 0;
  return counts as CampaignCounts;
}
