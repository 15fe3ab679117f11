import type { Sql } from "../connection/connect-ledger.ts";
import type { RecordedResult } from "../dispatch/record-outcomes.ts";

/** Keeps the ids of requests that the carrier carries out later: no call of its own lists them. Repeating it changes nothing. */
export async function noteReservations(sql: Sql, accepted: readonly RecordedResult[]): Promise<void> {
  const reserved = accepted.filter(({ reservedAt, providerOrderId }) => reservedAt && providerOrderId);
  if (reserved.length === 0) return;
  const ids = reserved.map(({ id }) => id);
  const orders = reserved.map(({ providerOrderId }) => providerOrderId ?? null);
  const times = reserved.map(({ reservedAt }) => reservedAt?.toISOString() ?? null);
  await sql`
    insert into reservation (route, reserve_id, reserved_at)
    select distinct on (message.route, noted.reserve_id) message.route, noted.reserve_id, noted.reserved_at
    from unnest(${ids}::uuid[], ${orders}::text[], ${times}::timestamptz[]) as noted (id, reserve_id, reserved_at)
    join message on message.id = noted.id
    order by message.route, noted.reserve_id
    on conflict (route, reserve_id) do nothing`;
}
