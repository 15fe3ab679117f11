import type { Sql } from "../connection/connect-ledger.ts";
import type { MessageRow } from "../messages/message-row.ts";

/** Messages whose outcome is unknown, oldest first; `after` is the last id of the page before. */
export async function listUnknown(
  sql: Sql,
  { route, campaignId, limit, after }: { route?: string; campaignId?: string; limit: number; after?: string },
): Promise<MessageRow[]> {
  return await sql<MessageRow[]>`
    select * from message
    where unknown_at is not null
      and (${route ?? null}::text is null or route = ${route ?? null})
      and (${campaignId ?? null}::uuid is null or campaign_id = ${campaignId ?? null})
      and id > coalesce(${after ?? null}::uuid, '00000000-0000-0000-0000-000000000000')
    order by id
    limit ${limit}`;
}
