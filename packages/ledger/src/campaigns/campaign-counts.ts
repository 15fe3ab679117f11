import { type MessageState, messageStates } from "@hikyaku/core";
import type { Queryable } from "../connection/connect-ledger.ts";
import type { CampaignCounts, CampaignRow } from "./campaign-row.ts";

/**
 * Messages by state from the counters: a few rows, whatever the size of the campaign. Zeros when it has none. The first legs, which are
 * the recipients, unless the others are asked for.
 */
export async function campaignCounts(
  sql: Queryable,
  { campaignId, leg = 1 }: { campaignId: string; leg?: 1 | 2 | "both" },
): Promise<CampaignCounts> {
  const wanted = leg === "both" ? null : leg;
  return toCounts(
    await sql<StateCount[]>`
      select state, sum(messages)::bigint as messages, sum(accepted)::bigint as accepted,
             sum(segments_accepted)::bigint as segments_accepted
      from campaign_count
      where campaign_id = ${campaignId} and (${wanted}::smallint is null or leg = ${wanted})
      group by state`,
  );
}

/** Counts of both legs apart. */
export interface LegCounts {
  /** Of the first legs, which are the recipients. */
  counts: CampaignCounts;
  /** Null when the campaign has no second legs. */
  secondLegs: CampaignCounts | null;
}

export async function legCounts(
  sql: Queryable,
  { id, fallback }: Pick<CampaignRow, "id" | "fallback">,
): Promise<LegCounts> {
  const [counts, secondLegs] = await Promise.all([
    campaignCounts(sql, { campaignId: id }),
    fallback ? campaignCounts(sql, { campaignId: id, leg: 2 }) : null,
  ]);
  return { counts, secondLegs };
}

/** The same, counted from the messages themselves: slow, for tests and `doctor`. */
export async function countRows(
  sql: Queryable,
  { campaignId, leg = 1 }: { campaignId: string; leg?: 1 | 2 },
): Promise<CampaignCounts> {
  return toCounts(
    await sql<StateCount[]>`
      select state, count(*) as messages, count(accepted_at) as accepted,
             coalesce(sum(segments) filter (where accepted_at is not null), 0) as segments_accepted
      from message where campaign_id = ${campaignId} and leg = ${leg} group by state`,
  );
}

/** One state's share of a campaign. */
export interface StateCount {
  state: MessageState;
  messages: number;
  accepted: number;
  segmentsAccepted: number;
}

export function toCounts(rows: readonly StateCount[]): CampaignCounts {
  const counts: Partial<CampaignCounts> = {};
  for (const state of messageStates) counts[state] = 0;
  const sums = { total: 0, everAccepted: 0, segmentsAccepted: 0 };
  for (const { state, messages, accepted, segmentsAccepted } of rows) {
    counts[state] = messages;
    sums.total += messages;
    sums.everAccepted += accepted;
    sums.segmentsAccepted += segmentsAccepted;
  }
  return { ...(counts as Record<MessageState, number>), ...sums };
}
