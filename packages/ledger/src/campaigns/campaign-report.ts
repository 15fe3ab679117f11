import { type MessageState, messageStates } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { rejectionCodes } from "../imports/rejections.ts";
import { campaignCounts } from "./campaign-counts.ts";
import type { CampaignCounts, CampaignRow } from "./campaign-row.ts";
import { findCampaign } from "./find-campaign.ts";

/** Messages of one state and reason. */
export interface ReasonCount {
  state: MessageState;
  reason: string;
  count: number;
}

/** What second legs came to, and with them the campaign. */
export interface SecondLegsReport {
  counts: CampaignCounts;
  /** States that carry a reason, the most frequent first. */
  byReason: ReasonCount[];
  /** Which leg reached a recipient, by proof of delivery. Their sum is the number of first legs. */
  reached: {
    first: number;
    /** The second, and not the first. */
    second: number;
    /** Neither, or not yet. */
    neither: number;
    /** Of `first`: those whom the second reached as well. */
    both: number;
  };
}

export interface CampaignReport {
  campaign: CampaignRow;
  /** Of the first legs, which are the recipients. */
  counts: CampaignCounts;
  /** States of first legs that carry a reason, the most frequent first. */
  byReason: ReasonCount[];
  /** Null when the campaign has none and none can follow. */
  secondLegs: SecondLegsReport | null;
  /** `mean` from the first acceptance to the last; `peak` is the best whole second. */
  acceptedPerSecond: { mean: number; peak: number };
  firstAcceptedAt: Date | null;
  lastAcceptedAt: Date | null;
  /** Billable parts of everything the carrier accepted, second legs included. */
  segmentsAccepted: number;
  rejections: { total: number; duplicates: number; byCode: { code: string; count: number }[] };
  /** First legs by state in each round. */
  rounds: { round: number; total: number; counts: Partial<Record<MessageState, number>> }[];
  /** From acceptance to delivery as the carrier reports it; null when nothing was delivered. */
  receiptDelayMs: { p50: number; p99: number } | null;
}

/** Everything about a campaign in one reading of its rows (about a second per million). Null when there is none. */
export async function campaignReport(sql: Sql, { campaignId }: { campaignId: string }): Promise<CampaignReport | null> {
  const campaign = await findCampaign(sql, { id: campaignId });
  if (!campaign) return null;
  const [counts, byReason, pace, rounds, delay, byCode, secondLegs] = await Promise.all([
    campaignCounts(sql, { campaignId }),
    reasonsOf(sql, campaignId, 1),
    acceptancePace(sql, campaignId),
    sql<{ round: number; state: MessageState; count: number }[]>`
      select round, state, count(*) as count from message where campaign_id = ${campaignId} and leg = 1 group by round, state`,
    sql<{ p50: number | null; p99: number | null }[]>`
      select percentile_cont(0.5) within group (order by delay_ms) as p50,
             percentile_cont(0.99) within group (order by delay_ms) as p99
      from (
        select extract(epoch from delivered_at - accepted_at)::float8 * 1000 as delay_ms from message
        where campaign_id = ${campaignId} and delivered_at is not null
      ) as delivered`,
    rejectionCodes(sql, { campaignId }),
    secondLegsReport(sql, campaign),
  ]);
  const { firstAcceptedAt, lastAcceptedAt, ...acceptedPerSecond } = pace;
  const { p50 = null, p99 = null } = delay[0] ?? {};
  return {
    campaign,
    counts,
    byReason,
    secondLegs,
    acceptedPerSecond,
    firstAcceptedAt,
    lastAcceptedAt,
    segmentsAccepted: counts.segmentsAccepted + (secondLegs?.counts.segmentsAccepted ?? 0),
    rejections: { total: campaign.rejectedRows, duplicates: campaign.duplicateRows, byCode },
    rounds: toRounds(rounds),
    receiptDelayMs: p50 === null || p99 === null ? null : { p50, p99 },
  };
}

async function reasonsOf(sql: Sql, campaignId: string, leg: 1 | 2): Promise<ReasonCount[]> {
  const rows = await sql<ReasonCount[]>`
    select state, reason, count(*) as count from message
    where campaign_id = ${campaignId} and leg = ${leg} and reason is not null
    group by state, reason order by count desc, state, reason`;
  return [...rows];
}

async function secondLegsReport(sql: Sql, { id, fallback }: CampaignRow): Promise<SecondLegsReport | null> {
  const [first, counts] = await Promise.all([
    campaignCounts(sql, { campaignId: id }),
    campaignCounts(sql, { campaignId: id, leg: 2 }),
  ]);
  if (fallback === null && counts.total === 0) return null;
  const [byReason, [twice]] = await Promise.all([
    reasonsOf(sql, id, 2),
    sql<{ both: number }[]>`
      select count(*) as both from message
      where campaign_id = ${id} and leg = 2 and delivered_at is not null and exists (
        select from message as first where first.id = message.first_leg and first.delivered_at is not null
      )`,
  ]);
  const both = twice?.both ?? 0;
  const byFirst = first.delivered + first.displayed;
  const bySecond = counts.delivered + counts.displayed - both;
  const reached = { first: byFirst, second: bySecond, neither: first.total - byFirst - bySecond, both };
  return { counts, byReason, reached };
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
