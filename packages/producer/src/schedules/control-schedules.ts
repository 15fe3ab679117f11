import {
  createSchedule,
  deleteSchedule,
  editSchedule,
  findSchedule,
  lastScheduleRuns,
  listScheduleRuns,
  listSchedules,
  newId,
  readList,
  recurrenceOf,
  type ScheduleRow,
  type ScheduleTemplate,
} from "@hikyaku/ledger";
import * as z from "zod";
import type { CampaignContext } from "../campaigns/context.ts";
import { type CampaignPreview, type PreviewRequest, previewCampaign } from "../campaigns/preview-campaign.ts";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { ScheduleConflictError, ScheduleNotFoundError } from "../errors/schedule-errors.ts";
import type { Producer } from "../producer.ts";
import { readFields } from "../request/read-fields.ts";
import type { Recipient } from "../request/source-options.ts";
import { sourceFields } from "../request/source-options.ts";
import { importList } from "./import-list.ts";
import { codeField, readChanges, readSchedule } from "./schedule-fields.ts";
import { runView, type Schedule, scheduleView } from "./schedule-view.ts";

type ScheduleOperation =
  | "createSchedule"
  | "editSchedule"
  | "importScheduleRecipients"
  | "deleteSchedule"
  | "findSchedule"
  | "listSchedules"
  | "scheduleRuns";

const countError = "a whole number from 0 to 10000";
const count = z.int(countError).min(0, countError).max(10_000, countError);
const sourceSchema = z.strictObject(sourceFields, "an object with recipients");
const viewSchema = z.strictObject({ next: count.default(5) }, "an object such as { next }");
const listSchema = z.strictObject(
  { after: codeField.optional(), limit: count.min(1).default(100), next: count.default(1) },
  "an object such as { after, limit }",
);
const runsSchema = z.strictObject(
  { before: z.string("a day").optional(), limit: count.min(1).default(100) },
  "an object such as { before, limit }",
);

/** Campaigns that are made by themselves. */
export function controlSchedules(context: CampaignContext): Pick<Producer, ScheduleOperation> {
  const { sql, actor } = context;

  async function get(code: string): Promise<ScheduleRow> {
    const schedule = await findSchedule(sql, { code: readFields(codeField, code) });
    if (!schedule) throw new ScheduleNotFoundError(code);
    return schedule;
  }

  async function view(row: ScheduleRow, next: number): Promise<Schedule> {
    const last = await lastScheduleRuns(sql, { scheduleIds: [row.id] });
    return scheduleView(row, { lastRun: last.get(row.id) ?? null, next });
  }

  /** Whether campaigns of the template can be sent, and how many of the recipients can get them. */
  const check = (template: ScheduleTemplate, recipients: PreviewRequest["recipients"]): Promise<CampaignPreview> =>
    previewCampaign(context, { ...template, recipients } as PreviewRequest);

  async function checkList(template: ScheduleTemplate, { list, variables }: ScheduleRow): Promise<CampaignPreview> {
    const preview = await check(template, []);
    if (list === null || variables === null) return preview;
    const missing = preview.variables.filter((name) => !variables.includes(name));
    if (missing.length > 0) {
      const named = missing.map((name) => `#{${name}}`).join(", ");
      throw new InvalidRequestError([
        {
          path: "content",
          message: `the recipients of this schedule have no value for ${named}, as only what the content used was kept; make a new schedule with them, or leave ${named} out`,
        },
      ]);
    }
    const checked = await check(template, recipientsOf(sql, list, variables));
    if (checked.recipients > 0) return checked;
    const [first] = checked.rejections;
    throw new InvalidRequestError([
      {
        path: "content",
        message: `none of the schedule's recipients could get it: ${first?.reason ?? "there are none"}`,
      },
    ]);
  }

  return {
    async createSchedule(options) {
      const { code, ...schedule } = readSchedule(options);
      await check(schedule.template, []);
      // Whoever has set rules aside stands behind every run.
      const template = { by: actor, ...schedule.template };
      if (!(await createSchedule(sql, { id: newId(), code, ...schedule, template }))) {
        throw new ScheduleConflictError(
          `code: there is a schedule "${code}" already; choose another code, or change that one`,
        );
      }
      return await view(await get(code), 5);
    },
    async editSchedule(code, changes) {
      const schedule = await get(code);
      const checked = readChanges(changes, { recurrence: recurrenceOf(schedule), template: schedule.template });
      if (checked.template) checked.template = { ...checked.template, by: changes.by ?? actor };
      const preview = checked.template ? await checkList(checked.template, schedule) : null;
      const { paused, ...change } = checked;
      const isDone = await editSchedule(sql, {
        scheduleId: schedule.id,
        updatedAt: schedule.updatedAt,
        change: { ...change, ...(paused === undefined ? {} : { isPaused: paused }) },
      });
      if (!isDone) {
        throw new ScheduleConflictError(
          `Schedule "${code}" was changed by somebody else meanwhile; look at it and try again`,
        );
      }
      return { schedule: await view(await get(code), 5), preview };
    },
    async importScheduleRecipients(code, source) {
      readFields(sourceSchema, source);
      const schedule = await get(code);
      const preview = await importList(context, schedule, source);
      return { schedule: await view(await get(code), 5), preview };
    },
    async deleteSchedule(code) {
      const { id } = await get(code);
      if ((await deleteSchedule(sql, { scheduleId: id })) === "under-way") {
        throw new ScheduleConflictError(
          `Schedule "${code}" has a run whose campaign is being made at this moment; try again when it has started, and cancel that campaign if it must not go out`,
        );
      }
    },
    async findSchedule(code, options = {}) {
      const { next } = readFields(viewSchema, options);
      const schedule = await findSchedule(sql, { code: readFields(codeField, code) });
      return schedule && (await view(schedule, next));
    },
    async listSchedules(options = {}) {
      const { after, limit, next } = readFields(listSchema, options);
      const rows = await listSchedules(sql, { limit, ...(after === undefined ? {} : { after }) });
      const last = await lastScheduleRuns(sql, { scheduleIds: rows.map(({ id }) => id) });
      return rows.map((row) => scheduleView(row, { lastRun: last.get(row.id) ?? null, next }));
    },
    async scheduleRuns(code, options = {}) {
      const { before, limit } = readFields(runsSchema, options);
      const { id } = await get(code);
      const rows = await listScheduleRuns(sql, { scheduleId: id, limit, ...(before === undefined ? {} : { before }) });
      return rows.map(runView);
    },
  };
}

async function* recipientsOf(
  sql: CampaignContext["sql"],
  list: string,
  variables: readonly string[],
): AsyncGenerator<Recipient> {
  for await (const { to, values } of readList(sql, { list })) {
    yield { to, ...Object.fromEntries(variables.map((name, index) => [name, values[index]])) };
  }
}
