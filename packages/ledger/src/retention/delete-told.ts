import type { Sql } from "../connection/connect-ledger.ts";
import { firstIdOf } from "../connection/new-id.ts";

const msPerDay = 86_400_000;

/** Deletes at most `limit` rows of `inbound` that arrived more than `olderThanDays` ago. Call it until it answers 0. */
export async function deleteInbound(
  sql: Sql,
  { olderThanDays, limit }: { olderThanDays: number; limit: number },
): Promise<number> {
  const { count } = await sql`
    delete from inbound where id in (
      select id from inbound where id < ${firstIdOf(Date.now() - olderThanDays * msPerDay)}::uuid
      order by id limit ${limit} for update skip locked
    )`;
  return count;
}

/**
 * Deletes at most `limit` events that were written more than `olderThanDays` ago, taken or not. Call it until `events` is 0;
 * `undelivered` of them were never taken.
 */
export async function deleteEvents(
  sql: Sql,
  { olderThanDays, limit }: { olderThanDays: number; limit: number },
): Promise<{ events: number; undelivered: number }> {
  const [deleted] = await sql<{ events: number; undelivered: number }[]>`
    with gone as (
      delete from event where id in (
        select id from event where id < ${firstIdOf(Date.now() - olderThanDays * msPerDay)}::uuid
        order by id limit ${limit} for update skip locked
      )
      returning delivered_at
    )
    select count(*) as events, count(*) filter (where delivered_at is null) as undelivered from gone`;
  return deleted ?? { events: 0, undelivered: 0 };
}
