import type { Sql } from "../connection/connect-ledger.ts";

/** What {@link EventRow} has, of a table called `event`. */
export function eventColumns(sql: Sql) {
  return sql`event.id, event.type, event.route, event.at, event.due_at, event.last_attempt_at, event.delivered_at, event.failed_at,
    event.asked_at, event.message_id, event.campaign_id, event.inbound_id, event.attempts, event.http_status, event.error,
    event.state as message_state, event.recipient, event.reason,
    case when event.delivered_at is not null then 'delivered' when event.failed_at is not null then 'failed' else 'pending' end as state`;
}
