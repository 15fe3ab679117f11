import type { ScheduleChanges, ScheduleOptions } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { answer, problemAnswers } from "../problem-answers.ts";
import { codeParams, newScheduleBody, scheduleChangesBody } from "./schedule-fields.ts";
import { runAnswer, runPreviewSchema, runSchema, scheduleAnswer, scheduleSchema } from "./schedule-view.ts";

const listPosition = z.strictObject({ after: z.string() });
const runPosition = z.strictObject({ before: z.string() });

/** `/v1/schedules` and below, but for the recipients. */
export function scheduleRoutes(app: Api, { producer }: ConsoleDeps): void {
  app.route({
    method: "POST",
    url: "/schedules",
    schema: {
      operationId: "createSchedule",
      tags: ["Schedules"],
      summary: "Create a schedule",
      description:
        "When, and what its campaigns say. Nothing runs before it has recipients (`PUT …/recipients`). The code makes the request safe to repeat: the second time it is a conflict.",
      body: newScheduleBody,
      response: {
        201: answer("Created; `Location` is its path.", scheduleSchema),
        ...problemAnswers("schedule-conflict", "invalid-content", "unknown-route", "unsupported-route"),
      },
    },
    async handler(request, reply) {
      const schedule = await producer.createSchedule({
        ...(request.body as unknown as ScheduleOptions),
        by: actorOf(request),
      });
      return reply.code(201).header("location", `/v1/schedules/${schedule.code}`).send(scheduleAnswer(schedule));
    },
  });

  app.route({
    method: "GET",
    url: "/schedules",
    schema: {
      operationId: "listSchedules",
      tags: ["Schedules"],
      summary: "List the schedules",
      description: "By their codes, each with its next and its last run.",
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(scheduleSchema), ...problemAnswers("invalid-cursor") },
    },
    async handler(request) {
      const { cursor, limit } = request.query;
      const from = readCursor(listPosition, cursor);
      const rows = await producer.listSchedules({ limit: limit + 1, ...from });
      return pageOf(rows, { limit, position: ({ code }) => ({ after: code }), view: scheduleAnswer });
    },
  });

  app.route({
    method: "GET",
    url: "/schedules/:code",
    schema: {
      operationId: "getSchedule",
      tags: ["Schedules"],
      summary: "A schedule and its next runs",
      params: codeParams,
      querystring: z.strictObject({
        next: z.coerce.number().int().min(0).max(200).default(5).describe("Most next runs."),
      }),
      response: { 200: scheduleSchema, ...problemAnswers("schedule-not-found") },
    },
    async handler(request) {
      const { code } = request.params;
      const schedule = await producer.findSchedule(code, { next: request.query.next });
      if (schedule === null) throw new Problem("schedule-not-found");
      return scheduleAnswer(schedule);
    },
  });

  app.route({
    method: "PATCH",
    url: "/schedules/:code",
    schema: {
      operationId: "editSchedule",
      tags: ["Schedules"],
      summary: "Change, pause or resume a schedule",
      description:
        "The runs to come; one that is under way stays as it is. What is left out stays, and null takes an option away. A new content is checked for every recipient: `preview` says what a run would be.",
      params: codeParams,
      body: scheduleChangesBody,
      response: {
        200: z.object({ schedule: scheduleSchema, preview: runPreviewSchema.nullable() }),
        ...problemAnswers("schedule-not-found", "schedule-conflict", "invalid-content", "unknown-route"),
      },
    },
    async handler(request) {
      const { code } = request.params;
      const { schedule, preview } = await producer.editSchedule(code, {
        ...(request.body as ScheduleChanges),
        by: actorOf(request),
      });
      return { schedule: scheduleAnswer(schedule), preview };
    },
  });

  app.route({
    method: "DELETE",
    url: "/schedules/:code",
    schema: {
      operationId: "deleteSchedule",
      tags: ["Schedules"],
      summary: "Delete a schedule",
      description: "With its recipients and the history of its runs; their campaigns stay.",
      params: codeParams,
      response: {
        204: z.null().describe("It is deleted."),
        ...problemAnswers("schedule-not-found", "schedule-conflict"),
      },
    },
    async handler(request, reply) {
      await producer.deleteSchedule(request.params.code);
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: "GET",
    url: "/schedules/:code/runs",
    schema: {
      operationId: "listScheduleRuns",
      tags: ["Schedules"],
      summary: "What became of its runs",
      description: "The newest first, missed and failed ones too.",
      params: codeParams,
      querystring: z.strictObject(pageQuery),
      response: { 200: pageSchema(runSchema), ...problemAnswers("schedule-not-found", "invalid-cursor") },
    },
    async handler(request) {
      const { cursor, limit } = request.query;
      const from = readCursor(runPosition, cursor);
      const rows = await producer.scheduleRuns(request.params.code, { limit: limit + 1, ...from });
      return pageOf(rows, { limit, position: ({ day }) => ({ before: day }), view: runAnswer });
    },
  });
}
