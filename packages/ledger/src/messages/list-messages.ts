import type { MessageState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, lastId } from "../connection/new-id.ts";
import type { MessageRow } from "./message-row.ts";

/**
 * Messages of a campaign in the order of import, second legs after the first ones that were there when they began; `after` is the last id
 * of the page before.
 */
export async function listMessages(
  sql: Sql,
  {
    campaignId,
    state,
    leg,
    limit,
    after,
  }: { campaignId: string; state?: MessageState; leg?: 1 | 2; limit: number; after?: string },
): Promise<MessageRow[]> {
  return await sql<MessageRow[]>`
    select * from message
    where (campaign_id, id) > (${campaignId}, ${after ?? firstId}::uuid) and (campaign_id, id) <= (${campaignId}, ${lastId}::uuid)
      and (${state ?? null}::message_state is null or state = ${state ?? null}::message_state)
      and (${leg ?? null}::smallint is null or leg = ${leg ?? null})
    order by campaign_id, id
    limit ${limit}`;
}

/** All messages of a campaign, page by page, for a report of any size. */
export async function* streamMessages(
  sql: Sql,
  { campaignId }: { campaignId: string },
): AsyncGenerator<MessageRow[], void, undefined> {
  // Pages instead of a cursor: an open cursor keeps old row versions from being cleaned up while everybody updates.
  let after: string | undefined;
  for (;;) {
    const page = await listMessages(sql, { campaignId, limit: pageSize, ...(after && { after }) });
    if (page.length > 0) yield page;
    if (page.length < pageSize) return;
    after = page.at(-1)?.id;
  }
}

const pageSize = 2_000;
