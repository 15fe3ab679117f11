import type { Decision } from "../audit/audit-entry.ts";
import type { OnUnknown } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";
import { isStopped } from "../fallback/stop-second-legs.ts";
import { closedReason } from "./closed-reason.ts";

/** Which messages of unknown outcome an operator means; several fields narrow each other. */
export interface UnknownSelection {
  ids?: readonly string[];
  campaignId?: string;
  /** Claimed longer ago than this. */
  olderThanMs?: number;
}

/**
 * The operator's word that they shall be sent again: `unknown → queued`, due at once. Whoever did get the message gets it
 * twice. Those of cancelled campaigns stay as they are: they would never be sent. So do those whose recipient has got, or still may
 * get, the message on its other leg. Answers how many it queued. With `by` the decision stands in the audit, once for each campaign
 * and each route's single messages.
 */
export async function resendUnknown(sql: Sql, selection: UnknownSelection, by?: Decision): Promise<number> {
  const { actor = null, reason = "" } = by ?? {};
  const [resent] = await sql<[{ messages: number }]>`
    with sendable as materialized (
      select id from campaign
      where id = any(array(select campaign_id from message where unknown_at is not null and ${matches(sql, selection)}))
        and state <> 'cancelled'
      order by id
      -- A cancel at the same moment comes before or after this, so that what it answers stays true.
      for share
    ),
    resent as (
      update message set state = 'queued', unknown_at = null, due_at = now(), next_check_at = null, reason = 'sent again by operator'
      where unknown_at is not null and ${matches(sql, selection)}
        and (campaign_id is null or campaign_id = any(array(select id from sendable)))
        and not ${isReachedOtherwise(sql)}
      returning id, campaign_id, route
    ),
    noted as (
      insert into audit (actor, action, reason, route, campaign_id, message_id, details)
      select ${actor}::text, 'resend-unknown', ${reason}, route, campaign_id,
             -- A message alone is named; of many the number is.
             case when count(*) = 1 then min(id::text)::uuid end, jsonb_build_object('messages', count(*))
      from resent
      where ${actor}::text is not null
      group by route, campaign_id
      order by route, campaign_id
    )
    select count(*) as messages from resent`;
  return resent.messages;
}

/**
 * The operator's word that nothing more will be learnt: `unknown → expired`. A receipt that comes all the same still corrects
 * it. Answers how many.
 */
export async function closeUnknown(sql: Sql, selection: UnknownSelection): Promise<number> {
  const { count } = await sql`
    update message set state = 'expired', unknown_at = null, ended_at = now(), next_check_at = null, reason = ${closedReason}
    where unknown_at is not null and ${matches(sql, selection)}`;
  return count;
}

export interface SettleUnknownInput {
  route: string;
  /** What was claimed less long ago still waits for proof. */
  reconcileAfterMs: number;
  /** What becomes of single messages. A campaign has its own, taken from its route when it was created. */
  policy: OnUnknown;
  /** Most single messages, and most of campaigns, in one call. */
  limit: number;
}

/**
 * Queues the route's unknown messages again whose time for proof is over and whose policy is `resend`. All others stay for
 * the operator.
 */
export async function settleUnknown(sql: Sql, input: SettleUnknownInput): Promise<{ resent: number }> {
  const { route, reconcileAfterMs, policy, limit } = input;
  const ofCampaigns = await sql`
    update message set
      state = 'queued', unknown_at = null, due_at = now(), next_check_at = null, reason = 'sent again by the policy of the campaign'
    where id in (
      select message.id from message
      join campaign on campaign.id = message.campaign_id
      where message.route = ${route} and message.unknown_at is not null and campaign.on_unknown = 'resend'
        and campaign.state in ('running', 'paused', 'dispatched')
        and message.sending_at < now() - ${reconcileAfterMs} * interval '1 millisecond'
        and ${wasLookedUp(sql)}
        and not ${isReachedOtherwise(sql)}
      limit ${limit}
      for no key update of message skip locked
      -- What is being cancelled at this moment is left alone.
      for share of campaign skip locked
    )`;
  if (policy === "hold") return { resent: ofCampaigns.count };
  const singles = await sql`
    update message set
      state = 'queued', unknown_at = null, due_at = now(), next_check_at = null, reason = 'sent again by the policy of the route'
    where id in (
      select id from message
      where route = ${route} and unknown_at is not null and campaign_id is null
        and sending_at < now() - ${reconcileAfterMs} * interval '1 millisecond'
        and ${wasLookedUp(sql)}
        and not ${isReachedOtherwise(sql)}
      limit ${limit}
      for no key update skip locked
    )`;
  return { resent: ofCampaigns.count + singles.count };
}

/** Where the carrier can be asked what became of it, nothing is sent again before it was. */
function wasLookedUp(sql: Sql) {
  return sql`(message.next_check_at is null or message.checks > 0)`;
}

/** Its first leg arrived, or a second follows it that did not come to nothing. */
function isReachedOtherwise(sql: Sql) {
  // Not an `exists`, which the planner might answer from a hash over all messages.
  return sql`(
    ${isStopped(sql)}
    or (message.fallback_after_ms is not null and (
      select second.state <> all(${vainEnds as unknown as string[]}::message_state[])
      from message as second where second.first_leg = message.id
    ) is true))`;
}

/** A second leg that ended so has brought its recipient nothing. */
const vainEnds = ["failed", "rejected", "expired", "revoked", "cancelled", "suppressed"] as const;

function matches(sql: Sql, { ids, campaignId, olderThanMs }: UnknownSelection) {
  if (ids === undefined && campaignId === undefined && olderThanMs === undefined) {
    throw new TypeError(
      "Select messages by ids, campaignId or olderThanMs: an empty selection would mean all of them.",
    );
  }
  return sql`
    (${ids === undefined} or id = any(${(ids ?? []) as string[]}::uuid[]))
    and (${campaignId ?? null}::uuid is null or campaign_id = ${campaignId ?? null})
    and (${olderThanMs ?? null}::float8 is null
      or sending_at < now() - ${olderThanMs ?? null}::float8 * interval '1 millisecond')`;
}
