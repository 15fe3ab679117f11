import type { MissedRunPolicy, Recurrence } from "@hikyaku/core";
import type postgres from "postgres";
import type { Sql } from "../connection/connect-ledger.ts";
import type { ScheduleTemplate } from "./schedule-row.ts";
import { missOverdueRun, setNextRun } from "./set-next-run.ts";

/** What changes; what is left out stays. */
export interface ScheduleChange {
  description?: string;
  recurrence?: Recurrence;
  missed?: MissedRunPolicy;
  template?: ScheduleTemplate;
  isPaused?: boolean;
}

/**
 * Changes a schedule for the runs that are not claimed yet: one that is under way stays as it is. False when it is gone, or no longer as
 * it was at `updatedAt`, where that is given.
 */
export async function editSchedule(
  sql: Sql,
  { scheduleId, updatedAt, change }: { scheduleId: string; updatedAt?: Date; change: ScheduleChange },
): Promise<boolean> {
  const { description, recurrence, missed, template, isPaused } = change;
  return await sql.begin(async (transaction) => {
    const [schedule] = await transaction<{ updatedAt: Date; isPaused: boolean }[]>`
      select updated_at, paused_at is not null as is_paused from schedule where id = ${scheduleId} for update`;
    if (!schedule || (updatedAt && schedule.updatedAt.getTime() !== updatedAt.getTime())) return false;
    const isOtherTime = recurrence !== undefined || (isPaused !== undefined && isPaused !== schedule.isPaused);
    if (isOtherTime) await missOverdueRun(transaction, { scheduleId });
    await transaction`
      update schedule set
        updated_at = date_trunc('milliseconds', clock_timestamp()),
        description = coalesce(${description ?? null}, description),
        missed = coalesce(${missed ? transaction.json({ ...missed }) : null}, missed),
        template = coalesce(${template ? transaction.json(template as postgres.JSONValue) : null}, template),
        paused_at = case ${isPaused ?? null}::boolean when true then coalesce(paused_at, now()) when false then null else paused_at end
      where id = ${scheduleId}`;
    if (recurrence) {
      const { weekdays, at, timeZone, from, until } = recurrence;
      await transaction`
        update schedule set weekdays = ${(weekdays ?? null) as number[] | null}::smallint[], time_of_day = ${at}, time_zone = ${timeZone},
                            first_day = ${from}, last_day = ${until}
        where id = ${scheduleId}`;
    }
    if (isOtherTime) await setNextRun(transaction, { scheduleId });
    return true;
  });
}
