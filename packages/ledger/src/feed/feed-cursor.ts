import type { Sql } from "../connection/connect-ledger.ts";

/** Remembers the last id handed to the queue, if the campaign still runs. */
export async function advanceCursor(
  sql: Sql,
  { campaignId, cursor }: { campaignId: string; cursor: string },
): Promise<void> {
  await sql`update campaign set feed_cursor = ${cursor}, fed_at = now() where id = ${campaignId} and state = 'running'`;
}

/** Feeds a campaign, or every running campaign of a route, from the beginning again: the queue has lost its jobs. */
export async function rewindCursor(sql: Sql, what: { campaignId: string } | { route: string }): Promise<void> {
  if ("campaignId" in what) {
    await sql`update campaign set feed_cursor = null where id = ${what.campaignId}`;
  } else {
    await sql`update campaign set feed_cursor = null where route = ${what.route} and state in ('running', 'paused')`;
  }
}
