import type { Sql } from "../connection/connect-ledger.ts";

/** What {@link EventRow} has, of a table called `event`. */
export function eventColumns(sql: Sql) {
  return sql`event.id, event.type, event.route, event.at, event.due_at, event.last_attempt_at, event.delivered_at, event.failed_at,
    event.asked_at, event.message_id, event.campaign_id, event.inbound_id, event.attempts, event.http_status, event.error,
    event.state, event.recipient, event.reason`;
}
