import type { Sql } from "../connection/connect-ledger.ts";

/** What one attempt came to, as the ledger keeps it. */
export interface RecordedResult {
  id: string;
  /** The token the message was claimed with. */
  claim: string;
  to: "accepted" | "queued" | "rejected" | "failed" | "unknown" | "expired";
  providerMessageId?: string | null;
  providerOrderId?: string | null;
  /** The channel the carrier says it used. */
  channel?: string | null;
  reason?: string | null;
  httpStatus?: number | null;
  /** The outcome's kind, e.g. `retry`, `throttled`, `held`. */
  outcome: string;
  /** To `queued`: when it may be tried again, from now. Default at once. */
  dueInMs?: number | null;
  /** To `queued`: false gives the attempt back. Default true. */
  useAttempt?: boolean;
  /** To `accepted`: when the first status check is owed, from now. None when absent. */
  nextCheckInMs?: number | null;
  /** When it happened. Default now. */
  at?: Date | null;
}

/**
 * Writes what came of claimed messages, in one statement. Only the holder of a claim can: a result whose claim is no longer
 * the message's, or whose message is past `sending` and `unknown`, moves nothing and is not in the answer. An answer that
 * comes late for a message already adopted by a receipt adds the carrier's ids that are missing. Repeating it changes nothing.
 */
export async function recordOutcomes(
  sql: Sql,
  { worker, results }: { worker: string; results: readonly RecordedResult[] },
): Promise<{ recorded: string[] }> {
  const sorted = [...results].sort((a, b) => (a.id < b.id ? -1 : 1));
  const column = <T>(pick: (result: RecordedResult) => T) => sorted.map(pick);
  const rows = await sql<{ id: string }[]>`
    with result as (
      select id, claim, to_state, provider_message_id, provider_order_id, channel, reason, http_status, outcome,
             due_in_ms, gives_back, next_check_in_ms, coalesce(at, now()) as at
      from unnest(
        ${column((r) => r.id)}::uuid[],
        ${column((r) => r.claim)}::uuid[],
        ${column((r) => r.to)}::message_state[],
        ${column((r) => r.providerMessageId ?? null)}::text[],
        ${column((r) => r.providerOrderId ?? null)}::text[],
        ${column((r) => r.channel ?? null)}::text[],
        ${column((r) => r.reason ?? null)}::text[],
        ${column((r) => r.httpStatus ?? null)}::smallint[],
        ${column((r) => r.outcome)}::text[],
        ${column((r) => r.dueInMs ?? null)}::float8[],
        ${column((r) => (r.useAttempt === false ? 1 : 0))}::smallint[],
        ${column((r) => r.nextCheckInMs ?? null)}::float8[],
        ${column((r) => r.at?.toISOString() ?? null)}::timestamptz[]
      ) as result (id, claim, to_state, provider_message_id, provider_order_id, channel, reason, http_status, outcome,
                   due_in_ms, gives_back, next_check_in_ms, at)
    ),
    moved as (
      update message set
        -- The table of states knows no way from unknown to rejected: proof that it was refused ends it as failed.
        state = case when message.state = 'unknown' and result.to_state = 'rejected' then 'failed' else result.to_state end,
        accepted_at = case when result.to_state = 'accepted' then result.at else message.accepted_at end,
        ended_at = case when result.to_state in ('rejected', 'failed', 'expired') then result.at end,
        due_at = case when result.to_state = 'queued'
                      then now() + coalesce(result.due_in_ms, 0) * interval '1 millisecond' end,
        next_check_at = case when result.to_state = 'accepted'
                             then now() + result.next_check_in_ms * interval '1 millisecond' end,
        attempts = message.attempts - case when result.to_state = 'queued' then result.gives_back else 0 end,
        provider_message_id = coalesce(result.provider_message_id, message.provider_message_id),
        provider_order_id = coalesce(result.provider_order_id, message.provider_order_id),
        channel = coalesce(result.channel, message.channel),
        reason = result.reason
      from result
      where message.id = result.id and message.claim = result.claim
        and (message.state = 'sending' or (message.state = 'unknown' and result.to_state <> 'unknown'))
      returning message.id, result.to_state, result.at, message.attempts + result.gives_back as attempt, result.outcome,
                result.http_status, result.reason
    ),
    completed as (
      update message set
        provider_message_id = coalesce(message.provider_message_id, result.provider_message_id),
        provider_order_id = coalesce(message.provider_order_id, result.provider_order_id),
        channel = coalesce(message.channel, result.channel)
      from result
      where result.to_state = 'accepted' and message.id = result.id and message.claim = result.claim
        and message.state not in ('queued', 'sending', 'unknown')
        and ((message.provider_message_id is null and result.provider_message_id is not null)
          or (message.provider_order_id is null and result.provider_order_id is not null)
          or (message.channel is null and result.channel is not null))
      returning message.id
    ),
    noted as (
      insert into attempt (message_id, at, attempt, outcome, http_status, reason, worker)
      select id, at, attempt, outcome, http_status, coalesce(reason, outcome), ${worker} from moved
      where to_state <> 'accepted'
    )
    select id from moved union all select id from completed`;
  return { recorded: rows.map(({ id }) => id) };
}
