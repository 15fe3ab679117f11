import type { Sql } from "../connection/connect-ledger.ts";
import type { InboundRow } from "../inbound/inbound-row.ts";
import { eventColumns } from "./event-columns.ts";
import type { EventFacts, EventRow } from "./event-row.ts";

/** Events with what their bodies say. Those that are over, or deleted, are left out unless `isOver` asks for them too. */
export async function loadEvents(
  sql: Sql,
  { ids, isOver = false }: { ids: readonly string[]; isOver?: boolean },
): Promise<EventFacts[]> {
  const rows = await sql<(EventRow & Omit<EventFacts, "inbound">)[]>`
    select ${eventColumns(sql)}, campaign.key as campaign_key, message.idempotency_key, message.channel
    from event
    left join campaign on campaign.id = event.campaign_id
    left join message on message.id = event.message_id
    where event.id = any(${ids as string[]}::uuid[]) and (${isOver} or event.feed_at is not null)`;
  const inboundIds = rows.flatMap(({ inboundId }) => inboundId ?? []);
  const inbound = new Map(
    inboundIds.length === 0
      ? []
      : (await sql<InboundRow[]>`select * from inbound where id = any(${inboundIds}::uuid[])`).map((row) => [
          row.id,
          row,
        ]),
  );
  return rows.map((row) => ({ ...row, inbound: (row.inboundId && inbound.get(row.inboundId)) || null }));
}
