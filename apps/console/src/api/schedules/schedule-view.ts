import { scheduleRunStates } from "@hikyaku/ledger";
import type { Schedule, ScheduleRun } from "@hikyaku/producer";
import * as z from "zod";
import { rejectionSchema, warningSchema } from "../campaigns/campaign-fields.ts";

const instant = z.iso.datetime();

export const runSchema = z
  .object({
    day: z.string().describe("`YYYY-MM-DD` in the time zone of the schedule."),
    dueAt: instant,
    state: z
      .enum(scheduleRunStates)
      .describe(
        "`importing`: its campaign is being made; `started`: it was started; `missed`: its time had passed; `failed`: it could not be made.",
      ),
    endedAt: instant.nullable(),
    campaignKey: z.string().nullable(),
    campaignId: z.uuid().nullable(),
    recipients: z.int().nullable().describe("Recipients of its campaign, the suppressed ones included."),
    rejected: z.int().nullable().describe("Recipients of the list that this campaign could not take."),
    reason: z.string().nullable().describe("Why it was missed or failed."),
  })
  .meta({ id: "ScheduleRun", description: "What became of one run of a schedule." });

export const scheduleSchema = z
  .object({
    code: z.string(),
    description: z.string(),
    state: z
      .enum(["active", "paused", "no-recipients", "over"])
      .describe("`over`: its last run was. Only an `active` schedule has next runs."),
    weekdays: z.array(z.int()).optional().describe("1 Monday to 7 Sunday; left out: every day."),
    at: z.string(),
    timeZone: z.string(),
    from: z.string(),
    until: z.string(),
    missed: z.string(),
    route: z.string(),
    template: z.record(z.string(), z.unknown()).describe("What its campaigns are made with, as it was given."),
    recipients: z.int().nullable().describe("Null while it has none."),
    nextRuns: z.array(z.object({ day: z.string(), at: instant })),
    lastRun: runSchema.nullable(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: "Schedule", description: "A schedule as it is." });

export const runPreviewSchema = z
  .object({
    recipients: z.int(),
    suppressed: z.int().describe("Of these, those who must not be messaged and get nothing."),
    rejected: z.int().describe("Rows that cannot be messaged."),
    duplicates: z.int().describe("Rows left out because an earlier one has the same number."),
    segments: z.int().describe("Billable parts of a run, second legs not counted."),
    rejections: z.array(rejectionSchema).describe("The first 100."),
    warnings: z.array(warningSchema),
  })
  .meta({ id: "RunPreview", description: "What a run would be by now." });

export function scheduleAnswer(schedule: Schedule): z.output<typeof scheduleSchema> {
  const { weekdays, template, nextRuns, lastRun, createdAt, updatedAt, ...facts } = schedule;
  return {
    ...facts,
    ...(weekdays ? { weekdays: [...weekdays] } : {}),
    template: { ...template },
    nextRuns: nextRuns.map(({ day, at }) => ({ day, at: at.toISOString() })),
    lastRun: lastRun && runAnswer(lastRun),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

export function runAnswer({ dueAt, endedAt, ...facts }: ScheduleRun): z.output<typeof runSchema> {
  return { ...facts, dueAt: dueAt.toISOString(), endedAt: endedAt?.toISOString() ?? null };
}
