import type { Sql } from "../connection/connect-ledger.ts";

export interface ReapInput {
  /** A worker silent for so long is dead. */
  deadAfterMs: number;
  /** No attempt of a living worker can take longer. */
  longestAttemptMs: number;
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
  { deadAfterMs, longestAttemptMs, limit }: ReapInput,
): Promise<{ unknown: ReapedMessage[] }> {
  const unknown = await sql<ReapedMessage[]>`
    with left_behind as (
      select message.id,
             case when worker.id is null or worker.stopped_at is not null
                    or worker.heartbeat_at < now() - ${deadAfterMs} * interval '1 millisecond'
                  then 'worker died with the message in flight' else 'no answer within the longest attempt' end as reason
      from message
      left join worker on worker.id = message.claimed_by
      where message.state = 'sending'
        and (worker.id is null or worker.stopped_at is not null
          or worker.heartbeat_at < now() - ${deadAfterMs} * interval '1 millisecond'
          or message.sending_at < now() - ${longestAttemptMs} * interval '1 millisecond')
      limit ${limit}
      for update of message skip locked
    ),
    moved as (
      update message set state = 'unknown', reason = left_behind.reason
      from left_behind
      where message.id = left_behind.id
      returning message.id, campaign_id, route, attempts, claimed_by, message.reason
    ),
    noted as (
      insert into attempt (message_id, attempt, outcome, reason, worker)
      select id, attempts, 'unknown', reason, claimed_by from moved
    )
    select id, campaign_id, route from moved`;
  return { unknown };
}
