import type { Queryable } from "../connection/connect-ledger.ts";

/**
 * Deletes the lists that no schedule has any more and no run that is under way reads, and what was left of an import that never came to
 * its end. Answers how many.
 */
export async function deleteUnusedLists(sql: Queryable): Promise<number> {
  const { count } = await sql`
    delete from schedule_list
    where (recipients is not null or created_at < now() - interval '1 day')
      and not exists (select from schedule where schedule.list = schedule_list.id)
      and not exists (select from schedule_run where schedule_run.list = schedule_list.id)`;
  return count;
}
