import type { Sql } from "../connection/connect-ledger.ts";

/**
 * The right to try one message on a held route. Of all callers exactly one gets true when the probe is due; the next one
 * is due after `nextProbeInMs`. What an operator held is never probed.
 *
 * @param input.overdueMs for who comes second: only a probe that nobody took for so long. Default 0
 */
export async function takeProbe(
  sql: Sql,
  { route, nextProbeInMs, overdueMs = 0 }: { route: string; nextProbeInMs: number; overdueMs?: number },
): Promise<boolean> {
  const { count } = await sql`
    update route
    set probe_at = now() + ${nextProbeInMs} * interval '1 millisecond'
    where name = ${route} and held_at is not null and held_cause <> 'operator'
      and probe_at <= now() - ${overdueMs} * interval '1 millisecond'`;
  return count > 0;
}
