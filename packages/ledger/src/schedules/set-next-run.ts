import { nextOccurrences } from "@hikyaku/core";
import type { Queryable } from "../connection/connect-ledger.ts";
import { recurrenceOf, type ScheduleRow } from "./schedule-row.ts";

/**
 * Works out anew what is due next, from now on; a day that has had its run has no other. The transaction must have the schedule locked.
 */
export async function setNextRun(transaction: Queryable, { scheduleId }: { scheduleId: string }): Promise<void> {
  const [schedule] = await transaction<(ScheduleRow & { now: Date; lastDayRun: string | null })[]>`
    select schedule.*, now() as now, (select max(day) from schedule_run where schedule_id = schedule.id) as last_day_run
    from schedule where id = ${scheduleId}`;
  if (!schedule) return;
  const isActive = schedule.pausedAt === null && schedule.list !== null;
  const [next] = isActive
    ? nextOccurrences(recurrenceOf(schedule), { after: schedule.now, afterDay: schedule.lastDayRun, count: 1 })
    : [];
  await transaction`
    update schedule set next_at = ${next?.at ?? null}, next_day = ${next?.day ?? null} where id = ${scheduleId}`;
}

/**
 * Writes down that the run that was due and that nobody had started is not made up for: the schedule was changed. To be called before the
 * change, in its transaction. Answers the day.
 */
export async function missOverdueRun(
  transaction: Queryable,
  { scheduleId }: { scheduleId: string },
): Promise<string | null> {
  const [missed] = await transaction<{ day: string }[]>`
    insert into schedule_run (schedule_id, day, due_at, ended_at, state, reason)
    select id, next_day, next_at, now(), 'missed', ${"the schedule was changed before anybody had started it"}
    from schedule where id = ${scheduleId} and next_at <= now()
    on conflict do nothing
    returning day`;
  return missed?.day ?? null;
}
