import type { MissedRunPolicy } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import type { ScheduleTemplate } from "./schedule-row.ts";

/** A claimed run whose campaign is to be made. */
export interface OpenRun {
  scheduleId: string;
  code: string;
  day: string;
  dueAt: Date;
  campaignKey: string;
  list: string;
  /** Of the list. */
  variables: string[];
  template: ScheduleTemplate;
  /** Of the schedule as it is now. */
  missed: MissedRunPolicy;
  /** For how long nobody has worked on it; milliseconds. */
  interruptedMs: number;
  /** Since it was due; milliseconds. */
  lateMs: number;
}

/** Takes a claimed run to work on, alone for `leaseMs`, by {@link holdRun} for longer. Null when there is none, or others are at them. */
export async function takeOpenRun(sql: Sql, { leaseMs }: { leaseMs: number }): Promise<OpenRun | null> {
  const [run] = await sql<OpenRun[]>`
    with open as materialized (
      select schedule_id, day, lease_until from schedule_run where state = 'importing' and lease_until <= now()
      order by lease_until limit 1
      for update skip locked
    )
    update schedule_run set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    from open, schedule, schedule_list
    where schedule_run.schedule_id = open.schedule_id and schedule_run.day = open.day
      and schedule.id = open.schedule_id and schedule_list.id = schedule_run.list
    returning schedule_run.schedule_id, schedule.code, schedule_run.day, schedule_run.due_at, schedule_run.campaign_key,
              schedule_run.list, schedule_list.variables, schedule_run.template, schedule.missed,
              extract(epoch from now() - open.lease_until)::float8 * 1000 as interrupted_ms,
              extract(epoch from now() - schedule_run.due_at)::float8 * 1000 as late_ms`;
  return run ?? null;
}

/** Keeps a run, or gives it back with a `leaseMs` of 0. */
export async function holdRun(
  sql: Sql,
  { scheduleId, day, leaseMs }: { scheduleId: string; day: string; leaseMs: number },
): Promise<void> {
  await sql`
    update schedule_run set lease_until = now() + ${leaseMs} * interval '1 millisecond'
    where schedule_id = ${scheduleId} and day = ${day} and state = 'importing'`;
}

export interface RunEnd {
  scheduleId: string;
  day: string;
  state: "started" | "missed" | "failed";
  campaignId?: string | null;
  recipients?: number | null;
  rejected?: number | null;
  reason?: string | null;
}

/** Writes down how a run ended. False when somebody else has done so. */
export async function endRun(sql: Sql, end: RunEnd): Promise<boolean> {
  const { count } = await sql`
    update schedule_run set
      state = ${end.state}, ended_at = now(), lease_until = null, list = null, template = null,
      campaign_id = ${end.campaignId ?? null}, recipients = ${end.recipients ?? null}, rejected = ${end.rejected ?? null},
      reason = ${end.reason ?? null}
    where schedule_id = ${end.scheduleId} and day = ${end.day} and state = 'importing'`;
  return count > 0;
}
