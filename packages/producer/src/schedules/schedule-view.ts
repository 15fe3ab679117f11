import { nextOccurrences, type Recurrence } from "@hikyaku/core";
import { recurrenceOf, type ScheduleRow, type ScheduleRunRow, type ScheduleRunState } from "@hikyaku/ledger";

/** `active`: it has a next run; `paused`; `no-recipients`: it never got any; `over`: its last run was. */
export type ScheduleState = "active" | "paused" | "no-recipients" | "over";

/** A run as it is due. */
export interface NextRun {
  /** `YYYY-MM-DD` in the zone of the schedule. */
  day: string;
  at: Date;
}

/** What became of a run. */
export interface ScheduleRun {
  day: string;
  dueAt: Date;
  /** `importing`: its campaign is being made; `started`: it was started; `missed`: its time passed; `failed`: it could not be made. */
  state: ScheduleRunState;
  endedAt: Date | null;
  campaignKey: string | null;
  /** Once it is started. */
  campaignId: string | null;
  /** Recipients of its campaign, the suppressed ones included. */
  recipients: number | null;
  /** Recipients of the list that this campaign could not take. */
  rejected: number | null;
  /** Why it was missed or failed. */
  reason: string | null;
}

/** A schedule as it is. */
export interface Schedule extends Recurrence {
  code: string;
  description: string;
  state: ScheduleState;
  /** `skip` or `run-if-within 1h`. */
  missed: string;
  route: string;
  /** What its campaigns are made with, as it was given. */
  template: Readonly<Record<string, unknown>>;
  /** Null while it has none. */
  recipients: number | null;
  /** The next runs, the soonest first; none unless it is active. */
  nextRuns: NextRun[];
  lastRun: ScheduleRun | null;
  createdAt: Date;
  updatedAt: Date;
}

export interface ViewOptions {
  lastRun: ScheduleRunRow | null;
  /** Next runs shown at most. */
  next: number;
}

export function scheduleView(row: ScheduleRow, { lastRun, next }: ViewOptions): Schedule {
  const { code, description, template, recipients, pausedAt, nextAt, nextDay, createdAt, updatedAt } = row;
  const recurrence = recurrenceOf(row);
  const [first] = nextAt && nextDay !== null ? [{ day: nextDay, at: nextAt }] : [];
  const further = first ? nextOccurrences(recurrence, { after: first.at, afterDay: first.day, count: next - 1 }) : [];
  return {
    ...{ code, description },
    state: row.list === null ? "no-recipients" : pausedAt ? "paused" : first ? "active" : "over",
    ...recurrence,
    missed: row.missed.kind === "skip" ? "skip" : `run-if-within ${lengthOf(row.missed.withinMs)}`,
    route: template.route,
    ...{ template, recipients },
    nextRuns: first && next > 0 ? [first, ...further] : [],
    lastRun: lastRun && runView(lastRun),
    ...{ createdAt, updatedAt },
  };
}

export function runView(row: ScheduleRunRow): ScheduleRun {
  const { day, dueAt, state, endedAt, campaignKey, campaignId, recipients, rejected, reason } = row;
  return { day, dueAt, state, endedAt, campaignKey, campaignId, recipients, rejected, reason };
}

/** As it is written: `1h30m`. */
function lengthOf(ms: number): string {
  const parts = [
    [Math.floor(ms / 3_600_000), "h"],
    [Math.floor(ms / 60_000) % 60, "m"],
    [(ms % 60_000) / 1_000, "s"],
  ] as const;
  return parts.flatMap(([amount, unit]) => (amount > 0 ? `${amount}${unit}` : [])).join("");
}
