import type { Sql } from "../connection/connect-ledger.ts";
import { atOnce } from "../fallback/at-once.ts";

export interface ReapInput {
  /** A worker silent for so long is dead. */
  deadAfterMs: number;
  /** No attempt of a living worker can take longer. */
  longestAttemptMs: number;
  /** Routes whose carrier can be asked what became of a message: there it is owed at once. Default none. */
  lookUpRoutes?: readonly string[];
  /** Claims looked at in one call. */
  limit: number;
}

export interface ReapedMessage {
  id: string;
  campaignId: string | null;
  route: string;
}

/**
 * Messages in flight that nobody will answer for any more become `unknown`: their worker is dead, or the claim is older
 * than any attempt can be. They may or may not have been accepted; nothing here sends them again.
 */
export async function reapInFlight(
  sql: Sql,
  { deadAfterMs, longestAttemptMs, lookUpRoutes = [], limit }: ReapInput,
): Promise<{ unknown: ReapedMessage[] }> {
  const unknown = await sql<ReapedMessage[]>`
    with abandoned as materialized (
      select claim.id, claim.worker, claim.messages,
             case when worker.id is null or worker.stopped_at is not null
                    or worker.heartbeat_at < now() - ${deadAfterMs} * interval '1 millisecond'
                  then 'worker died with the message in flight' else 'no answer within the longest attempt' end as reason
      from claim
      left join worker on worker.id = claim.worker
      where worker.id is null or worker.stopped_at is not null
         or worker.heartbeat_at < now() - ${deadAfterMs} * interval '1 millisecond'
         or claim.claimed_at < now() - ${longestAttemptMs} * interval '1 millisecond'
      limit ${limit}
      for update of claim skip locked
    ),
    moved as (
      update message set
        state = 'unknown', unknown_at = now(),
        next_check_at = case when route = any(${lookUpRoutes as string[]}::text[]) then now() end,
        reason = (select abandoned.reason from abandoned where abandoned.id = message.claim),
        fallback_at = case when fallback_after_ms is not null then ${atOnce(sql)} end
      where id = any(array(select unnest(messages) from abandoned)) and claim = any(array(select id from abandoned))
        and state = 'sending'
      returning id, campaign_id, route, attempts, claim, reason
    ),
    noted as (
      insert into attempt (message_id, attempt, outcome, reason, worker)
      select moved.id, moved.attempts, 'unknown', moved.reason, abandoned.worker
      from moved join abandoned on abandoned.id = moved.claim
    ),
    -- Also those whose messages are all recorded, in more than one piece.
    closed as (
      delete from claim using abandoned where claim.id = abandoned.id
    )
    select id, campaign_id, route from moved`;
  await forgetFinished(sql, limit);
  return { unknown: [...unknown] };
}

/** Most claims are recorded within a second; looking at them earlier would only look twice. */
const finishedAfterMs = 10_000;

/**
 * Forgets claims that were recorded in more than one piece, so that only what is really in flight has to be looked through
 * every time, however long an attempt may take.
 */
async function forgetFinished(sql: Sql, limit: number): Promise<void> {
  await sql`
    delete from claim
    where id = any(array(
      select id from claim
      where claimed_at < now() - ${finishedAfterMs} * interval '1 millisecond'
        and not exists (
          select from message
          where message.id = any(claim.messages) and message.claim = claim.id and message.state = 'sending'
        )
      limit ${limit}
      for update skip locked
    ))`;
}
