import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Remembers the last id handed to the queue; answers the campaign's version with it. Null when the campaign no longer runs or
 * its row is not as it was read: it was rewound meanwhile (a pause and a resume do that too, also before anything was fed), and
 * what was just fed may be dropped, so it begins from where the cursor stands.
 */
export async function advanceCursor(
  sql: Sql,
  { campaignId, version, cursor }: { campaignId: string; version: string; cursor: string },
): Promise<string | null> {
  const [moved] = await sql<{ version: string }[]>`
    update campaign set feed_cursor = ${cursor}, fed_at = now()
    where id = ${campaignId} and state = 'running' and xmin::text = ${version}
    returning xmin::text as version`;
  return moved?.version ?? null;
}

/** Feeds a campaign from the beginning again: the queue has lost its jobs. Answers its version with that; null without it. */
export async function rewindCursor(sql: Sql, { campaignId }: { campaignId: string }): Promise<string | null> {
  const [rewound] = await sql<{ version: string }[]>`
    update campaign set feed_cursor = null where id = ${campaignId} returning xmin::text as version`;
  return rewound?.version ?? null;
}

/** The same for every running or paused campaign of a route. */
export async function rewindRoute(sql: Sql, { route }: { route: string }): Promise<void> {
  await sql`update campaign set feed_cursor = null where route = ${route} and state in ('running', 'paused')`;
}
