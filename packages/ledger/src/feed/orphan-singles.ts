import type { Sql } from "../connection/connect-ledger.ts";

/** Single messages queued for longer than `olderThanMs` with no retry planned: their job may be lost. Oldest first. */
export async function orphanSingles(
  sql: Sql,
  { route, olderThanMs, limit }: { route: string; olderThanMs: number; limit: number },
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from message
    where campaign_id is null and accepted_at is null and ended_at is null and route = ${route}
      and state = 'queued' and due_at is null
      and queued_at < now() - ${olderThanMs} * interval '1 millisecond'
    order by id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}
