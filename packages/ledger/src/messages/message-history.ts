import type { Sql } from "../connection/connect-ledger.ts";

/** One thing that happened to a message. */
export interface HistoryEntry {
  at: Date;
  /** A state, `attempt`, `receipt`, or `inbound`: something its recipient did. */
  what: string;
  /** For people; never a number, or a text of the message or of a reply. */
  detail: string | null;
}

/** What is known of a message's life, oldest first. Empty when there is no such message. */
export async function messageHistory(sql: Sql, { id }: { id: string }): Promise<HistoryEntry[]> {
  return await sql<HistoryEntry[]>`
    with found as (select * from message where id = ${id})
    select at, what, detail from (
      select moment.at, moment.what, moment.detail, moment.rank
      from found
      cross join lateral (values
        (queued_at, 'queued', case when line is not null then 'line ' || line || ', round ' || round end, 0),
        (sending_at, 'sending', 'attempt ' || attempts, 1),
        -- A receipt that is applied leaves this moment to the millisecond only, and it would stand before the sending of the same one.
        (case when accepted_at >= date_trunc('milliseconds', sending_at) then greatest(accepted_at, sending_at) else accepted_at end,
         'accepted', concat_ws(', ', channel, 'carrier id ' || provider_message_id), 3),
        (sent_at, 'sent', null, 4),
        (delivered_at, 'delivered', null, 6),
        (displayed_at, 'displayed', null, 7),
        (case when state in ('failed', 'rejected', 'expired', 'revoked', 'cancelled', 'suppressed') then ended_at end,
         state::text, reason, 5),
        (due_at, 'due', reason, 8),
        (unknown_at, 'unknown', reason, 2),
        (next_check_at, 'next check', 'checked ' || checks || ' times', 9),
        (nullif(fallback_at, 'epoch'), 'second leg', 'decided then, unless the first has arrived', 10)
      ) as moment (at, what, detail, rank)
      where moment.at is not null
      union all
      select attempt.at, 'attempt',
             concat_ws(', ', 'attempt ' || attempt.attempt, attempt.outcome, 'HTTP ' || attempt.http_status, attempt.reason), 2
      from attempt where attempt.message_id = ${id}
      union all
      select other.queued_at, 'second leg', concat_ws(', ', 'message ' || other.id, 'route ' || other.route), 8
      from message as other where other.first_leg = ${id}
      union all
      select receipt.received_at, 'receipt',
             concat_ws(', ', coalesce(receipt.raw_status, receipt.reported_state), receipt.status,
                       case when receipt.seen > 1 then 'came ' || receipt.seen || ' times' end, receipt.reason), 5
      from found
      join receipt_raw as receipt
        on receipt.route = found.route and receipt.provider_message_id = found.provider_message_id
      union all
      select inbound.received_at, 'inbound',
             concat_ws(', ', inbound.event, 'button ' || inbound.button, inbound.word_kind, 'found by ' || inbound.linked_by), 10
      from inbound where inbound.message_id = ${id}
    ) as entry
    order by at, rank`;
}
