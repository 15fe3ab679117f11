import type { MissedRunPolicy, Recurrence } from "@hikyaku/core";

/** A row of `schedule`, with what is known of its recipients. */
export interface ScheduleRow {
  id: string;
  /** The caller's own name for it; unique over all schedules. */
  code: string;
  description: string;
  weekdays: number[] | null;
  timeOfDay: string;
  timeZone: string;
  firstDay: string;
  lastDay: string;
  missed: MissedRunPolicy;
  /** Route, content and options of each campaign, as the producer takes them. */
  template: ScheduleTemplate;
  list: string | null;
  /** Of the list; null without one. */
  variables: string[] | null;
  recipients: number | null;
  pausedAt: Date | null;
  nextAt: Date | null;
  nextDay: string | null;
  createdAt: Date;
  updatedAt: Date;
}

export type ScheduleTemplate = { route: string } & Readonly<Record<string, unknown>>;

export const scheduleRunStates = ["importing", "started", "missed", "failed"] as const;

/** `importing`: its campaign is being made; `started`: that was done; `missed`: its time passed; `failed`: it can't be done. */
export type ScheduleRunState = (typeof scheduleRunStates)[number];

/** A row of `schedule_run`, without its copy of the template. */
export interface ScheduleRunRow {
  scheduleId: string;
  /** `YYYY-MM-DD` in the zone of the schedule. */
  day: string;
  dueAt: Date;
  claimedAt: Date;
  endedAt: Date | null;
  state: ScheduleRunState;
  campaignKey: string | null;
  campaignId: string | null;
  recipients: number | null;
  rejected: number | null;
  reason: string | null;
}

export function recurrenceOf(
  schedule: Pick<ScheduleRow, "weekdays" | "timeOfDay" | "timeZone" | "firstDay" | "lastDay">,
): Recurrence {
  const { weekdays, timeOfDay, timeZone, firstDay, lastDay } = schedule;
  return { at: timeOfDay, timeZone, from: firstDay, until: lastDay, ...(weekdays ? { weekdays } : {}) };
}
