import type { Sql } from "../connection/connect-ledger.ts";

/** For how long the longest overdue run waits to be started, in seconds; 0 when none does. */
export async function overdueRunSeconds(sql: Sql): Promise<number> {
  const [row] = await sql<{ seconds: number }[]>`
    select greatest(0, extract(epoch from now() - least(
      (select min(next_at) from schedule where next_at is not null),
      (select min(due_at) from schedule_run where state = 'importing')
    )))::float8 as seconds`;
  return row?.seconds ?? 0;
}
