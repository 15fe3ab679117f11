import { recordChecks } from "../checks/record-checks.ts";
import type { Sql } from "../connection/connect-ledger.ts";

export interface EndReservationInput {
  route: string;
  reserveId: string;
  /** In the carrier's word. */
  rawStatus: string;
  reason: string;
}

/**
 * A reservation was cancelled, and none of its messages will ever go out: they end as `revoked`. What has another end already, or is proven
 * sent, keeps it. Answers how many ended by this call.
 */
export async function endReservation(
  sql: Sql,
  { route, reserveId, rawStatus, reason }: EndReservationInput,
): Promise<number> {
  const open = await sql<{ id: string }[]>`
    select id from message
    where route = ${route} and provider_order_id = ${reserveId} and provider_order_id is distinct from provider_message_id
      and provider_message_id is null and state = 'accepted'
    order by id`;
  const { moved } = await recordChecks(
    sql,
    open.map(({ id }) => ({
      messageId: id,
      answer: "state" as const,
      state: "revoked" as const,
      at: null,
      rawStatus,
      reason,
    })),
  );
  return moved;
}
