import type { Queryable } from "../connection/connect-ledger.ts";
import type { ScheduleRunRow } from "./schedule-row.ts";

/** What became of a schedule's runs, newest day first. */
export async function listScheduleRuns(
  sql: Queryable,
  { scheduleId, limit, before = null }: { scheduleId: string; limit: number; before?: string | null },
): Promise<ScheduleRunRow[]> {
  return await sql<ScheduleRunRow[]>`
    select schedule_id, day, due_at, claimed_at, ended_at, state, campaign_key, campaign_id, recipients, rejected, reason
    from schedule_run
    where schedule_id = ${scheduleId} and (${before}::text is null or day < ${before})
    order by day desc limit ${limit}`;
}

/** The newest run of each of these schedules. */
export async function lastScheduleRuns(
  sql: Queryable,
  { scheduleIds }: { scheduleIds: readonly string[] },
): Promise<Map<string, ScheduleRunRow>> {
  const rows = await sql<ScheduleRunRow[]>`
    select last.schedule_id, last.day, last.due_at, last.claimed_at, last.ended_at, last.state, last.campaign_key, last.campaign_id,
           last.recipients, last.rejected, last.reason
    from unnest(${scheduleIds as string[]}::uuid[]) as schedule (id)
    cross join lateral (select * from schedule_run where schedule_id = schedule.id order by day desc limit 1) as last`;
  return new Map(rows.map((row) => [row.scheduleId, row]));
}
