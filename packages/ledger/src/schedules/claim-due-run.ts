import { decideRun, nextOccurrences } from "@hikyaku/core";
import type { Queryable, Sql } from "../connection/connect-ledger.ts";
import { recurrenceOf, type ScheduleRow } from "./schedule-row.ts";

/** A run that was due. */
export interface ClaimedRun {
  scheduleId: string;
  code: string;
  day: string;
  dueAt: Date;
  /** Why it is not started; null when it is. */
  missed: string | null;
}

/**
 * Claims the run that has been due longest: to be started, or as missed, by the schedule's policy. The claim and what is due next are one
 * transaction, and a day of a schedule has one row: so of any number of processes one claims it, and one that dies in the middle has
 * claimed nothing. Null when nothing is due.
 */
export async function claimDueRun(sql: Sql): Promise<ClaimedRun | null> {
  return await sql.begin(async (transaction) => {
    const [schedule] = await transaction<(ScheduleRow & { now: Date })[]>`
      select *, clock_timestamp() as now from schedule
      where next_at <= now() and list is not null order by next_at limit 1
      for update skip locked`;
    if (!schedule?.nextAt || schedule.nextDay === null) return null;
    const { id: scheduleId, code, nextAt: dueAt, nextDay: day, now } = schedule;
    const [next] = nextOccurrences(recurrenceOf(schedule), { after: dueAt, afterDay: day, count: 1 });
    const decision = decideRun({ dueAt, nextDueAt: next?.at ?? null, now, policy: schedule.missed });
    const missed = decision.kind === "missed" ? decision.why : null;
    const campaignKey = missed === null ? await freeKey(transaction, `${code}/${day}`) : null;
    const { count } = await transaction`
      insert into schedule_run (schedule_id, day, due_at, state, ended_at, lease_until, campaign_key, list, template, reason)
      select id, next_day, next_at, ${missed === null ? "importing" : "missed"},
             case when ${missed}::text is not null then now() end, case when ${missed}::text is null then now() end,
             ${campaignKey}, case when ${missed}::text is null then list end, case when ${missed}::text is null then template end, ${missed}
      from schedule where id = ${scheduleId}
      on conflict do nothing`;
    await transaction`
      update schedule set next_at = ${next?.at ?? null}, next_day = ${next?.day ?? null} where id = ${scheduleId}`;
    // A day that had its run already: only what is due next was wrong.
    return count === 0 ? null : { scheduleId, code, day, dueAt, missed };
  });
}

/** The day's key, or the first one like it that no campaign has: a schedule of this code may have been deleted and made anew. */
async function freeKey(transaction: Queryable, key: string): Promise<string> {
  for (let nth = 1; ; nth++) {
    const candidate = nth === 1 ? key : `${key}-${nth}`;
    const [taken] = await transaction`select from campaign where key = ${candidate}`;
    if (!taken) return candidate;
  }
}
