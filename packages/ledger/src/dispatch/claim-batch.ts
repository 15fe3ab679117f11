import type { Sql } from "../connection/connect-ledger.ts";

export interface ClaimBatchInput {
  ids: readonly string[];
  /** Token of this attempt: only its holder may record what came of it. Claiming again with the same token is harmless. */
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
  /** Only for a single message. */
  content: unknown;
  /** 1 for the first attempt. */
  attempt: number;
  /** The message's own validity or the campaign's, whichever ends first. */
  validUntil: Date | null;
}

/**
 * `queued → sending` for as many of `ids` as may be sent now, in one statement. What is paused, cancelled, held, past its
 * validity or already taken is left as it is and is not in the answer; a suppressed one becomes `suppressed`.
 */
export async function claimBatch(sql: Sql, input: ClaimBatchInput): Promise<ClaimedMessage[]> {
  const { claim, worker, route, probe = false } = input;
  // Everybody locks in the same order, so that two claims of the same messages wait for each other and never deadlock.
  const ids = [...input.ids].sort();
  return await sql<ClaimedMessage[]>`
    with wanted as materialized (
      select message.id, message.campaign_id, message.state = 'sending' as is_repeated,
             exists (
               select from suppression
               where suppression.recipient = message.recipient and suppression.route in (message.route, '*')
             ) as is_suppressed
      from unnest(${ids}::uuid[]) as job (id)
      join message on message.id = job.id
      where message.route = ${route}
        and (message.state = 'queued' or (message.state = 'sending' and message.claim = ${claim}))
    ),
    open_campaign as materialized (
      select campaign.id, campaign.valid_until
      from (select distinct campaign_id from wanted) as fed
      join campaign on campaign.id = fed.campaign_id
      where campaign_takes_claims(campaign.id)
    ),
    taken as (
      update message set
        state = case when wanted.is_suppressed and not wanted.is_repeated then 'suppressed' else 'sending' end::message_state,
        ended_at = case when wanted.is_suppressed and not wanted.is_repeated then now() end,
        claim = ${claim},
        claimed_by = ${worker},
        sending_at = now(),
        attempts = message.attempts + case when wanted.is_suppressed or wanted.is_repeated then 0 else 1 end,
        due_at = null
      from wanted
      left join open_campaign on open_campaign.id = wanted.campaign_id
      where message.id = wanted.id
        and (
          (message.state = 'queued'
            and (wanted.campaign_id is null or open_campaign.id is not null)
            and (message.valid_until is null or message.valid_until > now())
            and (open_campaign.valid_until is null or open_campaign.valid_until > now())
            and (${probe}::boolean or not exists (select from route where name = ${route} and held_at is not null)))
          -- A repeated claim: its first commit stood, nothing was posted yet, and a cancel has counted it as in flight.
          or (message.state = 'sending' and message.claim = ${claim})
        )
      returning message.id, message.campaign_id, message.recipient, message.vars, message.content, message.state,
                message.attempts as attempt, least(message.valid_until, open_campaign.valid_until) as valid_until
    )
    select id, campaign_id, recipient, vars, content, attempt, valid_until from taken where state = 'sending'`;
}
