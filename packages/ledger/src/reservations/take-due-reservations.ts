import type { Sql } from "../connection/connect-ledger.ts";

export interface DueReservation {
  reserveId: string;
  reservedAt: Date;
}

/**
 * Takes at most `limit` reservations that the carrier is to be asked about now, each by exactly one caller: until the lease is over nobody
 * else gets them. Those whose time has come are not asked about any more; their messages are followed one by one.
 */
export async function takeDueReservations(
  sql: Sql,
  { route, limit, leaseMs }: { route: string; limit: number; leaseMs: number },
): Promise<DueReservation[]> {
  return await sql<DueReservation[]>`
    with over as (
      update reservation set check_at = null
      where (route, reserve_id) in (
        select route, reserve_id from reservation
        where route = ${route} and check_at <= now() and reserved_at <= now()
        limit 10000
        for update skip locked
      )
    ),
    due as materialized (
      select reserve_id from reservation
      where route = ${route} and check_at <= now() and reserved_at > now()
      order by check_at
      limit ${limit}
      for update skip locked
    )
    update reservation set check_at = now() + ${leaseMs} * interval '1 millisecond'
    from due
    where reservation.route = ${route} and reservation.reserve_id = due.reserve_id
    returning reservation.reserve_id, reservation.reserved_at`;
}

/** When they are asked about next; null for never. One that was ended meanwhile stays so. */
export async function putOffReservations(
  sql: Sql,
  { route, next }: { route: string; next: readonly { reserveId: string; checkAt: Date | null }[] },
): Promise<void> {
  if (next.length === 0) return;
  await sql`
    update reservation set check_at = given.check_at
    from unnest(
      ${next.map(({ reserveId }) => reserveId)}::text[],
      ${next.map(({ checkAt }) => checkAt?.toISOString() ?? null)}::timestamptz[]
    ) as given (reserve_id, check_at)
    where reservation.route = ${route} and reservation.reserve_id = given.reserve_id and reservation.check_at is not null`;
}
