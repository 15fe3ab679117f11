import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Remembers the last id handed to the queue. False when the campaign no longer runs or its cursor is not `from` any more: it
 * was rewound meanwhile, and what was just fed may be dropped, so it begins from where the cursor stands.
 */
export async function advanceCursor(
  sql: Sql,
  { campaignId, from, cursor }: { campaignId: string; from: string | null; cursor: string },
): Promise<boolean> {
  const { count } = await sql`
    update campaign set feed_cursor = ${cursor}, fed_at = now()
    where id = ${campaignId} and state = 'running' and feed_cursor is not distinct from ${from}::uuid`;
  return count > 0;
}

/** Feeds a campaign, or every running campaign of a route, from the beginning again: the queue has lost its jobs. */
export async function rewindCursor(sql: Sql, what: { campaignId: string } | { route: string }): Promise<void> {
  if ("campaignId" in what) {
    await sql`update campaign set feed_cursor = null where id = ${what.campaignId}`;
  } else {
    await sql`update campaign set feed_cursor = null where route = ${what.route} and state in ('running', 'paused')`;
  }
}
