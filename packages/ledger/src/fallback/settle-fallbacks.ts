import { type FirstLeg, type SecondLegPlan, type SecondLegStep, secondLegStep } from "@hikyaku/core";
import type postgres from "postgres";
import type { CampaignRow } from "../campaigns/campaign-row.ts";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { newId } from "../connection/new-id.ts";
import type { MessageRow } from "../messages/message-row.ts";

/** A second leg as it would be. */
export interface NewSecondLeg {
  route: string;
  /** Billable parts. */
  segments: number;
  /** In the form of its carrier, where it is not that of the first leg. */
  recipient?: string | null;
  /** Of its own content, where that takes other values than the first leg's. */
  vars?: readonly string[] | null;
  /** Only for a single message. */
  content: unknown;
  /** Why it can't be sent, when it can't: it then stands there as rejected, for people to see. */
  fault: string | null;
}

/** A first leg to decide about, and what the ledger does not know of it. */
export interface FallbackCandidate {
  id: string;
  asked: FirstLeg["asked"];
  /** The channel its content takes whatever the carrier says; null when it is the carrier that chooses. */
  contentChannel: string | null;
  second: NewSecondLeg;
}

/** A second leg that stands in the ledger now. */
export interface BegunSecondLeg {
  id: string;
  firstLeg: string;
  /** Null for a single message. */
  campaignId: string | null;
  route: string;
}

export interface SettledFallbacks {
  begun: BegunSecondLeg[];
  /** First legs that get no second as things stand, by why. */
  needless: Map<string, number>;
  /** Decided again later. */
  waiting: number;
}

/**
 * Decides about second legs by what the ledger holds at this moment, and begins those that are due: queued, to be sent at once. Begun and
 * decided is one transaction, so that a crash leaves either nothing or both; and the once-indexes let no second second leg in, whoever
 * else decides.
 */
export async function settleFallbacks(sql: Sql, candidates: readonly FallbackCandidate[]): Promise<SettledFallbacks> {
  const settled: SettledFallbacks = { begun: [], needless: new Map(), waiting: 0 };
  if (candidates.length === 0) return settled;
  const byId = new Map(candidates.map((candidate) => [candidate.id, candidate]));
  return await sql.begin(async (transaction) => {
    const campaigns = await lockCampaigns(transaction, [...byId.keys()]);
    const { messages, now } = await lockFirstLegs(transaction, [...byId.keys()]);
    const begin: { first: UndecidedLeg; second: NewSecondLeg }[] = [];
    const next: { id: string; at: Date | null }[] = [];
    for (const message of messages) {
      const candidate = byId.get(message.id);
      if (!candidate) continue;
      const campaign = message.campaignId === null ? null : (campaigns.get(message.campaignId) ?? "gone");
      const step = stepOf({ message, campaign, candidate, now });
      next.push({ id: message.id, at: nextDecisionAt(step, now) });
      if (step.kind === "send") begin.push({ first: message, second: candidate.second });
      else if (step.kind === "none") settled.needless.set(step.why, (settled.needless.get(step.why) ?? 0) + 1);
      else settled.waiting++;
    }
    settled.begun = await insertSecondLegs(transaction, begin);
    await transaction`
      update message set fallback_at = next.at
      from unnest(
        ${next.map(({ id }) => id)}::uuid[], ${next.map(({ at }) => at?.toISOString() ?? null)}::timestamptz[]
      ) as next (id, at)
      where message.id = next.id`;
    return settled;
  });
}

function nextDecisionAt(step: SecondLegStep, now: Date): Date | null {
  if (step.kind === "wait") return step.until;
  return step.kind === "ask" ? new Date(now.getTime() + askAgainMs) : null;
}

/** Who was to ask the carrier could not; somebody else may. */
const askAgainMs = 1_000;

type UndecidedLeg = MessageRow & { hasSecondLeg: boolean };
type DecidingCampaign = Pick<CampaignRow, "id" | "state" | "validUntil" | "fallback">;

function stepOf({
  message,
  campaign,
  candidate,
  now,
}: {
  message: UndecidedLeg;
  campaign: DecidingCampaign | "gone" | null;
  candidate: FallbackCandidate;
  now: Date;
}): SecondLegStep {
  if (campaign === "gone") return { kind: "none", why: "its campaign is gone" };
  if (campaign?.state === "cancelled") return { kind: "none", why: "its campaign was cancelled" };
  // Due as it was when the campaign is resumed.
  if (campaign?.state === "paused") return { kind: "wait", until: now };
  const plan: SecondLegPlan | null = message.fallback ?? campaign?.fallback ?? null;
  if (plan === null) return { kind: "none", why: "it has no second leg" };
  const { state, sendingAt, acceptedAt, hasSecondLeg } = message;
  const validities = [message.validUntil, campaign?.validUntil].flatMap((at) => at?.getTime() ?? []);
  const validUntil = validities.length > 0 ? new Date(Math.min(...validities)) : null;
  const channel = message.channel ?? candidate.contentChannel;
  const { asked } = candidate;
  return secondLegStep({ state, channel, sendingAt, acceptedAt, validUntil, hasSecondLeg, asked }, plan, now);
}

/** A cancel at the same moment comes before or after the decision, so that what it answers stays true. */
async function lockCampaigns(transaction: Queryable, ids: readonly string[]): Promise<Map<string, DecidingCampaign>> {
  const rows = await transaction<DecidingCampaign[]>`
    select id, state, valid_until, fallback from campaign
    where id = any(array(select campaign_id from message where id = any(${ids as string[]}::uuid[])))
    order by id
    for share`;
  return new Map(rows.map((row) => [row.id, row]));
}

/** Proof of delivery that comes at the same moment waits, or was there before. */
async function lockFirstLegs(transaction: Queryable, ids: readonly string[]) {
  const rows = await transaction<(UndecidedLeg & { now: Date })[]>`
    select message.*, now() as now,
           (select second.id from message as second where second.first_leg = message.id) is not null as has_second_leg
    from message
    where id = any(${ids as string[]}::uuid[]) and leg = 1
    order by id
    for no key update`;
  return { messages: rows, now: rows[0]?.now ?? new Date() };
}

async function insertSecondLegs(
  transaction: Queryable,
  legs: readonly { first: UndecidedLeg; second: NewSecondLeg }[],
): Promise<BegunSecondLeg[]> {
  if (legs.length === 0) return [];
  const column = <T>(pick: (second: NewSecondLeg) => T) => legs.map(({ second }) => pick(second));
  const contents = legs.map(({ first, second }) =>
    first.campaignId === null ? JSON.stringify((second.content ?? {}) as postgres.JSONValue) : null,
  );
  const rows = await transaction<BegunSecondLeg[]>`
    insert into message (id, campaign_id, route, recipient, line, round, leg, first_leg, segments, vars, valid_until, content,
                         class, overrides, consent_at, consent_source, state, due_at, ended_at, reason)
    select second.id, first.campaign_id, second.route, coalesce(second.recipient, first.recipient), first.line, first.round, 2, first.id, second.segments,
           case when second.vars is null then first.vars else array(
             select value from jsonb_array_elements_text(second.vars) with ordinality as each (value, nth) order by nth
           ) end,
           first.valid_until, second.content, first.class, first.overrides, first.consent_at, first.consent_source,
           case when second.fault is null then 'queued' else 'rejected' end::message_state,
           case when second.fault is null then now() end,
           case when second.fault is not null then now() end,
           second.fault
    from unnest(
      ${legs.map(() => newId())}::uuid[],
      ${legs.map(({ first }) => first.id)}::uuid[],
      ${column(({ route }) => route)}::text[],
      ${column(({ segments }) => segments)}::smallint[],
      ${column(({ recipient }) => recipient ?? null)}::text[],
      ${column(({ vars }) => (vars ? JSON.stringify(vars) : null))}::text[]::jsonb[],
      ${contents}::text[]::jsonb[],
      ${column(({ fault }) => fault)}::text[]
    ) as second (id, first_leg, route, segments, recipient, vars, content, fault)
    join message as first on first.id = second.first_leg
    on conflict do nothing
    returning id, first_leg, campaign_id, route`;
  return [...rows];
}
