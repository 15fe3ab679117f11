import type { Decision } from "../audit/audit-entry.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/** Which messages of unknown outcome an operator means; several fields narrow each other. */
export interface UnknownSelection {
  ids?: readonly string[];
  campaignId?: string;
  /** Claimed longer ago than this. */
  olderThanMs?: number;
}

/**
 * The operator's word that they shall be sent again: `unknown → queued`, due at once. Whoever did get the message gets it
 * twice. Those of cancelled campaigns stay as they are: they would never be sent. Answers how many it queued. With `by` the
 * decision stands in the audit, once for each campaign and each route's single messages.
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
      update message set state = 'queued', unknown_at = null, due_at = now(), reason = 'sent again by operator'
      where unknown_at is not null and ${matches(sql, selection)}
        and (campaign_id is null or campaign_id = any(array(select id from sendable)))
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

/** The operator's word that nothing more will be learnt: `unknown → expired`. Answers how many. */
export async function closeUnknown(sql: Sql, selection: UnknownSelection): Promise<number> {
  const { count } = await sql`
    update message set state = 'expired', unknown_at = null, ended_at = now(), reason = 'closed by operator'
    where unknown_at is not null and ${matches(sql, selection)}`;
  return count;
}

/**
 * Applies the policy of campaigns that said `resend`: their unknown messages claimed longer than `reconcileAfterMs` ago are
 * queued again, at most `limit`. Those of other campaigns, and single messages, stay for the operator.
 */
export async function settleUnknown(
  sql: Sql,
  { reconcileAfterMs, limit }: { reconcileAfterMs: number; limit: number },
): Promise<{ resent: number }> {
  const { count } = await sql`
    update message set
      state = 'queued', unknown_at = null, due_at = now(), reason = 'sent again by the policy of the campaign'
    where id in (
      select message.id from message
      join campaign on campaign.id = message.campaign_id
      where message.unknown_at is not null and campaign.on_unknown = 'resend'
        and campaign.state in ('running', 'paused', 'dispatched')
        and message.sending_at < now() - ${reconcileAfterMs} * interval '1 millisecond'
      limit ${limit}
      for no key update of message skip locked
      -- What is being cancelled at this moment is left alone.
      for share of campaign skip locked
    )`;
  return { resent: count };
}

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
