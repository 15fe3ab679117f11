import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, lastId } from "../connection/new-id.ts";

/** The next ids behind `after` in the order of import: queued, and not waiting for a retry. */
export async function nextToFeed(
  sql: Sql,
  { campaignId, after, limit }: { campaignId: string; after: string | null; limit: number },
): Promise<string[]> {
  // The pair is compared and not each column: where statistics know one campaign only, the planner would else walk along the
  // primary key, through every campaign that comes later.
  const rows = await sql<{ id: string }[]>`
    select id from message
    where (campaign_id, id) > (${campaignId}, ${after ?? firstId}::uuid) and (campaign_id, id) <= (${campaignId}, ${lastId}::uuid)
      and accepted_at is null and ended_at is null and state = 'queued' and due_at is null
    order by campaign_id, id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}
