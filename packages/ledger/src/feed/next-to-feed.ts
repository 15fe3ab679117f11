import type { Sql } from "../connection/connect-ledger.ts";

/** The next ids behind `after` in the order of import: queued, and not waiting for a retry. */
export async function nextToFeed(
  sql: Sql,
  { campaignId, after, limit }: { campaignId: string; after: string | null; limit: number },
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from message
    where campaign_id = ${campaignId} and id > ${after ?? beforeAll}::uuid and state = 'queued' and due_at is null
    order by id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}

const beforeAll = "00000000-0000-0000-0000-000000000000";
