import type { Sql } from "../connection/connect-ledger.ts";

/** Deletes at most `limit` answers older than `olderThanMs`. Call it until it answers 0. */
export async function deleteCapabilities(
  sql: Sql,
  { olderThanMs, limit }: { olderThanMs: number; limit: number },
): Promise<number> {
  const { count } = await sql`
    delete from capability where (route, recipient) in (
      select route, recipient from capability where checked_at < now() - make_interval(secs => ${olderThanMs / 1_000})
      order by checked_at limit ${limit} for update skip locked
    )`;
  return count;
}
