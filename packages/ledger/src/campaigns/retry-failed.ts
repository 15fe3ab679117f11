import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { newId } from "../connection/new-id.ts";

export interface RetryFailedInput {
  campaignId: string;
  /** Which ends are tried again. Default only `failed`. */
  states?: readonly ("failed" | "expired")[];
  /** Messages per transaction. Default 5,000. */
  batchSize?: number;
}

/**
 * A new round for every recipient whose newest message ended in one of `states`: a new message, queued, with the same
 * variables; the old ones stay as history. Not for those whom the second leg of that message reached, or still may reach. The campaign runs again (a paused one stays paused). Cut off anywhere and called
 * again it does the rest: nobody gets two, because each batch takes only recipients whose newest message still failed.
 *
 * Answers the campaign's round afterwards and how many messages this call added. Null when there is no such campaign, or it
 * is cancelled or was never started.
 */
export async function retryFailed(
  sql: Sql,
  { campaignId, states = ["failed"], batchSize = 5_000 }: RetryFailedInput,
): Promise<{ round: number; messages: number } | null> {
  const [campaign] = await sql<{ round: number }[]>`
    select round from campaign where id = ${campaignId} and state in ('running', 'paused', 'dispatched', 'finished')`;
  if (!campaign) return null;
  let messages = 0;
  let after = "";
  for (;;) {
    const batch = await sql.begin((transaction) =>
      retryBatch(transaction, { campaignId, states, after, batchSize, round: campaign.round + 1 }),
    );
    if (batch.last === null) return { round: messages > 0 ? campaign.round + 1 : campaign.round, messages };
    messages += batch.messages;
    after = batch.last;
  }
}

/** Ends of a second leg that brought its recipient nothing, and that nothing can change any more. */
const vainEnds = ["failed", "rejected", "cancelled", "suppressed"];

interface Batch {
  campaignId: string;
  states: readonly string[];
  /** Recipient the batch before ended with. */
  after: string;
  batchSize: number;
  round: number;
}

async function retryBatch(
  transaction: Queryable,
  { campaignId, states, after, batchSize, round }: Batch,
): Promise<{ last: string | null; messages: number }> {
  // The lock makes two retries of one campaign take turns; the statements behind it see what the other one added.
  const locked = await transaction`
    select from campaign where id = ${campaignId} and state <> 'cancelled' for no key update`;
  const failed = await transaction<{ id: string; recipient: string }[]>`
    select id, recipient from message
    where campaign_id = ${campaignId} and recipient > ${after} and leg = 1 and state = any(${states as string[]}::message_state[])
      and not exists (
        select from message as newer
        where newer.campaign_id = ${campaignId} and newer.recipient = message.recipient and newer.round > message.round
      )
      -- A second leg is about to begin, or has begun and did not end for nothing.
      and fallback_at is null
      and (fallback_after_ms is null or (
        select second.state <> all(${[...vainEnds, ...states]}::message_state[])
        from message as second where second.first_leg = message.id
      ) is not true)
    order by recipient
    limit ${locked.count === 0 ? 0 : batchSize}`;
  const last = failed.at(-1);
  if (!last) return { last: null, messages: 0 };
  const { count } = await transaction`
    insert into message (id, campaign_id, route, recipient, line, round, segments, vars, valid_until, fallback_after_ms,
                         consent_at, consent_source)
    select retry.id, old.campaign_id, old.route, old.recipient, old.line, greatest(${round}, old.round + 1), old.segments,
           old.vars, old.valid_until, old.fallback_after_ms, old.consent_at, old.consent_source
    from unnest(${failed.map(({ id }) => id)}::uuid[], ${failed.map(() => newId())}::uuid[]) as retry (old_id, id)
    join message as old on old.id = retry.old_id
    on conflict (campaign_id, recipient, round, leg) where campaign_id is not null do nothing`;
  await transaction`
    update campaign set
      round = greatest(round, ${round}),
      state = case when state = 'paused' then state else 'running' end,
      feed_cursor = null, dispatched_at = null, finished_at = null
    where id = ${campaignId}`;
  return { last: last.recipient, messages: count };
}
