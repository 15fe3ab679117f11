import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Takes events of a route that are to be handed to the queue, the longest waiting first. What is not over after `leaseMs` is
 * taken again, by anybody: its job was lost.
 */
export async function takeEvents(
  sql: Sql,
  { route, limit, leaseMs }: { route: string; limit: number; leaseMs: number },
): Promise<string[]> {
  const rows = await sql<{ id: string; feedAt: Date }[]>`
    with due as (
      select id, feed_at from event
      where route = ${route} and feed_at <= now()
      order by feed_at, id
      limit ${limit}
      for update skip locked
    )
    update event set feed_at = greatest(coalesce(event.due_at, now()), now()) + ${leaseMs} * interval '1 millisecond'
    from due
    where event.id = due.id
    returning event.id, due.feed_at`;
  return rows.sort((a, b) => +a.feedAt - +b.feedAt || (a.id < b.id ? -1 : 1)).map(({ id }) => id);
}

/**
 * Lets everything that was handed to the queue be handed over again at its time: Redis has lost its jobs, or they were taken
 * out of it. Harmless where they were not: a job that is there already is not put twice.
 */
export async function releaseTakenEvents(sql: Sql, { routes }: { routes: readonly string[] }): Promise<number> {
  const { count } = await sql`
    update event set feed_at = coalesce(due_at, now())
    where route = any(${routes as string[]}::text[]) and feed_at > now()`;
  return count;
}
