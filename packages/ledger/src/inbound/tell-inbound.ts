import type { Queryable } from "../connection/connect-ledger.ts";
import { newId } from "../connection/new-id.ts";
import type { InboundRow } from "./inbound-row.ts";

/** The events that tell these rows to the user's own system. */
export async function tellInbound(transaction: Queryable, rows: readonly InboundRow[]): Promise<void> {
  if (rows.length === 0) return;
  const column = <T>(pick: (row: InboundRow) => T) => rows.map(pick);
  await transaction`
    insert into event (id, at, inbound_id, message_id, campaign_id, route, type, recipient)
    select told.id, inbound.at, inbound.id, inbound.message_id, inbound.campaign_id, inbound.route, 'inbound.' || inbound.event,
           inbound.recipient
    from unnest(${column(() => newId())}::uuid[], ${column((r) => r.id)}::uuid[]) as told (id, inbound_id)
    join inbound on inbound.id = told.inbound_id`;
}
