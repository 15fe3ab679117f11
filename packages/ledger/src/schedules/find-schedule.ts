import type { Queryable } from "../connection/connect-ledger.ts";
import type { ScheduleRow } from "./schedule-row.ts";

export async function findSchedule(sql: Queryable, { code }: { code: string }): Promise<ScheduleRow | null> {
  const [schedule] = await sql<ScheduleRow[]>`
    select schedule.*, schedule_list.variables, schedule_list.recipients
    from schedule left join schedule_list on schedule_list.id = schedule.list
    where code = ${code}`;
  return schedule ?? null;
}

/** By their codes. */
export async function listSchedules(
  sql: Queryable,
  { limit, after = null }: { limit: number; after?: string | null },
): Promise<ScheduleRow[]> {
  return await sql<ScheduleRow[]>`
    select schedule.*, schedule_list.variables, schedule_list.recipients
    from schedule left join schedule_list on schedule_list.id = schedule.list
    where ${after}::text is null or code > ${after}
    order by code limit ${limit}`;
}
