import type { SecondLegPlan } from "@hikyaku/core";
import {
  applyReceipts,
  type FallbackCandidate,
  findOtherLeg,
  type MessageRow,
  type NewCampaign,
  type SettledFallbacks,
  type Sql,
  settleFallbacks,
  storeReceipts,
} from "../src/index.ts";
import { type GivenCampaign, givenRunning, message, messages, receipt, route, send } from "./given.ts";

export const plan: SecondLegPlan = { afterMs: 4 * 3_600_000, onUnknown: false, onRejected: false };

/** A running campaign whose messages went out by +Message and may be followed by an SMS. */
export async function givenSentByRcs(
  sql: Sql,
  count: number,
  options: Partial<NewCampaign> = {},
): Promise<GivenCampaign> {
  const campaign = await givenRunning(sql, count, { fallback: plan, ...options });
  await send(sql, campaign.ids, { to: "accepted", channel: "rcs", nextCheckInMs: 300_000 });
  return campaign;
}

/** … so long ago that the second legs are due. */
export async function givenDue(sql: Sql, count: number, options: Partial<NewCampaign> = {}): Promise<GivenCampaign> {
  const campaign = await givenSentByRcs(sql, count, options);
  await makeDue(sql, campaign.ids);
  return campaign;
}

/** As if the deadline of these first legs had just come. */
export async function makeDue(sql: Sql, ids: readonly string[]): Promise<void> {
  await sql`
    update message set
      sending_at = sending_at - interval '5 hours',
      accepted_at = accepted_at - interval '5 hours',
      fallback_at = fallback_at - interval '5 hours'
    where id = any(${ids as string[]}::uuid[])`;
}

/** What the engine would give for a first leg the carrier answered about. */
export function candidate(id: string, options: Partial<FallbackCandidate> = {}): FallbackCandidate {
  const second = { route, segments: 2, content: null, fault: null };
  return { id, asked: "answered", contentChannel: null, second, ...options };
}

export async function settle(
  sql: Sql,
  ids: readonly string[],
  options: Partial<FallbackCandidate> = {},
): Promise<SettledFallbacks> {
  return await settleFallbacks(
    sql,
    ids.map((id) => candidate(id, options)),
  );
}

/** The second leg of a message, which must have one. */
export async function secondLegOf(sql: Sql, firstLeg: string | undefined): Promise<MessageRow> {
  const second = await findOtherLeg(sql, { id: firstLeg ?? "", firstLeg: null });
  if (!second) throw new Error(`No second leg of ${firstLeg}`);
  return second;
}

/** A receipt that came just now, applied. */
export async function report(sql: Sql, id: string | undefined, reportedState: string): Promise<MessageRow> {
  const { providerMessageId, recipient } = await message(sql, id);
  await storeReceipts(sql, [receipt({ providerMessageId, reportedState, recipient })]);
  await applyReceipts(sql, { limit: 10, parkForMs: 86_400_000, parkRetryMs: 60_000 });
  return await message(sql, id);
}

export async function statesOf(sql: Sql, ids: readonly string[]): Promise<string[]> {
  return (await messages(sql, ids)).map(({ state }) => state);
}
