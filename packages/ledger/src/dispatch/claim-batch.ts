import type { MessageClass, RecordedOverride } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";

export interface ClaimBatchInput {
  ids: readonly string[];
  /**
   * Token of this attempt: only its holder may record what came of it. Until something was posted, claiming again with the
   * same token is harmless.
   */
  claim: string;
  worker: string;
  route: string;
  /** Claims although the route is held: the message that tries whether the hold is over. */
  probe?: boolean;
}

/** A message whose state is now `sending`, committed: it may be posted once. */
export interface ClaimedMessage {
  id: string;
  /** Null for a single message. */
  campaignId: string | null;
  recipient: string;
  /** Values of the campaign's variables, in their order. */
  vars: string[] | null;
  /** Only for a single message, as are its class and overrides. */
  content: unknown;
  class: MessageClass | null;
  overrides: RecordedOverride[] | null;
  /** 1, or 2 for a second leg: which content of its campaign it says. */
  leg: number;
  /** 1 for the first attempt. */
  attempt: number;
  /** The message's own validity or the campaign's, whichever ends first. */
  validUntil: Date | null;
}

/**
 * `queued → sending` for as many of `ids` as may be sent now, in one statement. What is paused, cancelled, held, past its
 * validity or already taken is left as it is and is not in the answer; one that could be sent but is suppressed becomes
 * `suppressed`.
 *
 * Repeated with its token (the answer was lost) it gives the same messages again, also when they were put in doubt
 * meanwhile: the caller knows that nothing was posted.
 */
export async function claimBatch(sql: Sql, input: ClaimBatchInput): Promise<ClaimedMessage[]> {
  const { ids, claim, worker, route, probe = false } = input;
  // `id = any(…)` and no join with unnest: that is an index look-up per id whatever the planner believes about the table,
  // in the order of the index, so that two claims of the same messages wait for each other and never deadlock.
  return await sql<ClaimedMessage[]>`
    with fed as materialized (
      select campaign_id, claimable_until(campaign_id) as valid_until
      from (
        select distinct campaign_id from message where id = any(${ids as string[]}::uuid[]) and route = ${route}
      ) as campaign
    ),
    taken as (
      update message set
        state = 'sending',
        claim = ${claim}::uuid,
        sending_at = now(),
        attempts = attempts + case when state = 'queued' then 1 else 0 end,
        due_at = null,
        unknown_at = null,
        reason = case when state = 'unknown' then null else reason end
      where id = any(${ids as string[]}::uuid[]) and route = ${route} and (
        -- A token is good for one attempt: a repetition that arrives after the message was given back takes nothing.
        (state = 'queued' and claim is distinct from ${claim}::uuid
          and (campaign_id is null or campaign_id = any(array(select campaign_id from fed where valid_until > now())))
          and (valid_until is null or valid_until > now())
          and (${probe}::boolean or not exists (select from route where name = ${route} and held_at is not null))
          and not exists (
            select from suppression
            where suppression.recipient = message.recipient and suppression.route in (message.route, '*')
          ))
        -- A repeated claim: its first commit stood, nothing was posted yet, and a cancel has counted it as in flight.
        or (state in ('sending', 'unknown') and claim = ${claim}::uuid)
      )
      returning id, campaign_id, recipient, vars, content, class, overrides, leg, attempts, valid_until
    ),
    suppressed as (
      update message set state = 'suppressed', ended_at = now(), due_at = null
      where (select count(*) from taken) < ${ids.length}
        and id = any(${ids as string[]}::uuid[]) and route = ${route} and state = 'queued'
        -- Of stopped campaigns nothing moves but by their sweep: a cancel has answered how many it stopped.
        and coalesce(campaign_id <> all(array(select campaign_id from fed where valid_until is null)), true)
        and exists (
          select from suppression
          where suppression.recipient = message.recipient and suppression.route in (message.route, '*')
        )
    ),
    noted as (
      insert into claim as known (id, worker, messages)
      select ${claim}::uuid, ${worker}::uuid, array_agg(id) from taken having count(*) > 0
      -- Its time begins anew, and it may have taken more than the first time.
      on conflict (id) do update set
        claimed_at = excluded.claimed_at,
        worker = excluded.worker,
        messages = array(select unnest(known.messages) union select unnest(excluded.messages))
    )
    select taken.id, taken.campaign_id, taken.recipient, taken.vars, taken.content, taken.class, taken.overrides,
           taken.leg, taken.attempts as attempt,
           nullif(least(taken.valid_until, fed.valid_until), 'infinity') as valid_until
    from taken left join fed on fed.campaign_id = taken.campaign_id`;
}
