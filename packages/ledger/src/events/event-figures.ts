import type { Sql } from "../connection/connect-ledger.ts";
import { countLimit } from "../figures/operator-figures.ts";

/** What an operator watches of the events of one route. */
export interface EventFigures {
  route: string;
  /** Not yet taken by the user's system; counted up to {@link countLimit}. */
  pending: number;
  /** How long the oldest of them waits; 0 when none does. */
  oldestPendingSeconds: number;
}

/** Figures for `/metrics`, of every published route; from a partial index, whatever the number of events that are over. */
export async function eventFigures(sql: Sql): Promise<EventFigures[]> {
  const rows = await sql<EventFigures[]>`
    select route.name as route, coalesce(waiting.pending, 0) as pending,
           coalesce(extract(epoch from now() - waiting.since)::float8, 0) as oldest_pending_seconds
    from route
    cross join lateral (
      select count(*) as pending, min(asked_at) as since
      from (select asked_at from event where event.route = route.name and feed_at is not null limit ${countLimit}) as pending
    ) as waiting
    order by route.name`;
  return [...rows];
}
