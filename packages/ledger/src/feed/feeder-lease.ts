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

/** Gives the right to feed a route up before it ends; nothing where somebody else has it. */
export async function releaseFeederLease(
  sql: Sql,
  { route, feeder }: { route: string; feeder: string },
): Promise<void> {
  await sql`update route set feeder = null, feeder_until = null where name = ${route} and feeder = ${feeder}`;
}
