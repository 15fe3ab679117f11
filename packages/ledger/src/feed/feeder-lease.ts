import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Takes or prolongs the right to feed a route. True for exactly one feeder at a time; when it dies, another gets it after
 * `ttlMs`.
 */
export async function holdFeederLease(
  sql: Sql,
  { route, feeder, ttlMs }: { route: string; feeder: string; ttlMs: number },
): Promise<boolean> {
  const { count } = await sql`
    update route set feeder = ${feeder}, feeder_until = now() + ${ttlMs} * interval '1 millisecond'
    where name = ${route} and (feeder is null or feeder = ${feeder} or feeder_until < now())`;
  return count > 0;
}
