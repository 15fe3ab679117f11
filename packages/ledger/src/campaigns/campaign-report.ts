import { type MessageState, messageStates } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { rejectionCodes } from "../imports/rejections.ts";
import { campaignCounts } from "./campaign-counts.ts";
import type { CampaignCounts, CampaignRow } from "./campaign-row.ts";
import { findCampaign } from "./find-campaign.ts";

export interface CampaignReport {
  campaign: CampaignRow;
  counts: CampaignCounts;
  /** States that carry a reason, the most frequent first. */
  byReason: { state: MessageState; reason: string; count: number }[];
  /** `mean` from the first acceptance to the last; `peak` is the best whole second. */
  acceptedPerSecond: { mean: number; peak: number };
  firstAcceptedAt: Date | null;
  lastAcceptedAt: Date | null;
  /** Billable parts of everything the carrier accepted. */
  segmentsAccepted: number;
  rejections: { total: number; duplicates: number; byCode: { code: string; count: number }[] };
  /** Messages by state in each round. */
  rounds: { round: number; total: number; counts: Partial<Record<MessageState, number>> }[];
  /** From acceptance to delivery as the carrier reports it; null when nothing was delivered. */
  receiptDelayMs: { p50: number; p99: number } | null;
}

/** Everything about a campaign in one reading of its rows (about a second per million). Null when there is none. */
export async function campaignReport(sql: Sql, { campaignId }: { campaignId: string }): Promise<CampaignReport | null> {
  const campaign = await findCampaign(sql, { id: campaignId });
  if (!campaign) return null;
  const [counts, byReason, pace, rounds, delay, byCode] = await Promise.all([
    campaignCounts(sql, { campaignId }),
    sql<CampaignReport["byReason"]>`
      select state, reason, count(*) as count from message
      where campaign_id = ${campaignId} and reason is not null
      group by state, reason order by count desc, state, reason`,
    acceptancePace(sql, campaignId),
    sql<{ round: number; state: MessageState; count: number }[]>`
      select round, state, count(*) as count from message where campaign_id = ${campaignId} group by round, state`,
    sql<{ p50: number | null; p99: number | null }[]>`
      select percentile_cont(0.5) within group (order by delay_ms) as p50,
             percentile_cont(0.99) within group (order by delay_ms) as p99
      from (
        select extract(epoch from delivered_at - accepted_at)::float8 * 1000 as delay_ms from message
        where campaign_id = ${campaignId} and delivered_at is not null
      ) as delivered`,
    rejectionCodes(sql, { campaignId }),
  ]);
  const { firstAcceptedAt, lastAcceptedAt, ...acceptedPerSecond } = pace;
  const { p50 = null, p99 = null } = delay[0] ?? {};
  return {
    campaign,
    counts,
    byReason: [...byReason],
    acceptedPerSecond,
    firstAcceptedAt,
    lastAcceptedAt,
    segmentsAccepted: counts.segmentsAccepted,
    rejections: { total: campaign.rejectedRows, duplicates: campaign.duplicateRows, byCode },
    rounds: toRounds(rounds),
    receiptDelayMs: p50 === null || p99 === null ? null : { p50, p99 },
  };
}

async function acceptancePace(sql: Sql, campaignId: string) {
  const [row] = await sql<
    { accepted: number; peak: number; firstAcceptedAt: Date | null; lastAcceptedAt: Date | null }[]
  >`
    select coalesce(sum(accepted), 0)::bigint as accepted, coalesce(max(accepted), 0) as peak,
           min(first) as first_accepted_at, max(last) as last_accepted_at
    from (
      select count(*) as accepted, min(accepted_at) as first, max(accepted_at) as last from message
      where campaign_id = ${campaignId} and accepted_at is not null
      group by date_trunc('second', accepted_at)
    ) as second`;
  const { accepted = 0, peak = 0, firstAcceptedAt = null, lastAcceptedAt = null } = row ?? {};
  const spanMs = firstAcceptedAt && lastAcceptedAt ? lastAcceptedAt.getTime() - firstAcceptedAt.getTime() : 0;
  // Within a second there is no rate to speak of: the count itself is the best second.
  const mean = spanMs >= 1_000 ? (accepted * 1_000) / spanMs : accepted;
  return { mean, peak, firstAcceptedAt, lastAcceptedAt };
}

function toRounds(rows: readonly { round: number; state: MessageState; count: number }[]): CampaignReport["rounds"] {
  const byRound = Map.groupBy(rows, ({ round }) => round);
  return [...byRound.keys()]
    .sort((a, b) => a - b)
    .map((round) => {
      const group = byRound.get(round) ?? [];
      const total = group.reduce((sum, { count }) => sum + count, 0);
      const inOrder = messageStates.flatMap((state) => group.filter((row) => row.state === state));
      return { round, total, counts: Object.fromEntries(inOrder.map(({ state, count }) => [state, count])) };
    });
}
