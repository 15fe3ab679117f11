import { type EventType, eventTypes } from "@hikyaku/core";
import { eventBody } from "@hikyaku/engine";
import { type EventSelection, eventStates, findEvent, listEvents, replayEvents } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { problemAnswers } from "../problem-answers.ts";
import { eventSchema, eventView } from "./event-view.ts";

const position = z.strictObject({ before: z.uuid() });

const type = z.enum(eventTypes as readonly [EventType, ...EventType[]]);
const since = z.iso.datetime({ offset: true }).describe("Only what was written at or after this moment.");

const selection = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(10_000).optional().describe("These events."),
    state: z.enum(eventStates).optional().describe("All of this state; the other fields narrow it."),
    route: z.string().optional(),
    type: type.optional(),
    since: since.optional(),
  })
  .refine(({ ids, state }) => (ids === undefined) !== (state === undefined), {
    error: "say which: either ids or state",
  })
  .meta({ examples: [{ state: "failed", type: "inbound.sms-mo", since: "2026-12-01T00:00:00+09:00" }] });

/** `GET /v1/events`, `GET /v1/events/{id}` and `POST /v1/events/replay` */
export function eventRoutes(app: Api, { ledger }: ConsoleDeps): void {
  const { sql } = ledger;

  app.route({
    method: "GET",
    url: "/events",
    schema: {
      operationId: "listEvents",
      tags: ["Events"],
      summary: "List what is told to your own system",
      description: "Newest first.",
      querystring: z.strictObject({
        route: z.string().optional(),
        state: z.enum(eventStates).optional(),
        type: type.optional(),
        messageId: z.uuid().optional().describe("Those about this message."),
        since: since.optional(),
        ...pageQuery,
      }),
      response: { 200: pageSchema(eventSchema).describe("A page of events."), ...problemAnswers("invalid-cursor") },
    },
    async handler(request) {
      const { route, state, type, messageId, since: from, limit, cursor } = request.query;
      const rows = await listEvents(sql, {
        limit: limit + 1,
        ...readCursor(position, cursor),
        ...(route === undefined ? {} : { routes: [route] }),
        ...(state === undefined ? {} : { state }),
        ...(type === undefined ? {} : { type }),
        ...(messageId === undefined ? {} : { messageId }),
        ...(from === undefined ? {} : { since: new Date(from) }),
      });
      return pageOf(rows, { limit, position: ({ id }) => ({ before: id }), view: eventView });
    },
  });

  app.route({
    method: "GET",
    url: "/events/:id",
    schema: {
      operationId: "showEvent",
      tags: ["Events"],
      summary: "Show an event with its body",
      params: z.object({ id: z.uuid() }),
      response: {
        200: z.object({
          ...eventSchema.shape,
          body: z
            .record(z.string(), z.unknown())
            .nullable()
            .describe("As it is sent; null when what it tells has been deleted."),
        }),
        ...problemAnswers("event-not-found"),
      },
    },
    async handler(request) {
      const event = await findEvent(sql, request.params);
      if (!event) throw new Problem("event-not-found");
      const body = eventBody(event);
      return { ...eventView(event), body: body === null ? null : JSON.parse(body) };
    },
  });

  app.route({
    method: "POST",
    url: "/events/replay",
    schema: {
      operationId: "replayEvents",
      tags: ["Events"],
      summary: "Tell events again",
      description:
        "They keep their ids, so that your system recognises what it has taken. Pending ones are told at once.",
      body: selection,
      response: { 200: z.object({ events: z.int().describe("How many it concerned.") }), ...problemAnswers() },
    },
    async handler(request) {
      return { events: await replayEvents(sql, selectionOf(request.body)) };
    },
  });
}

function selectionOf({ ids, state, route, type, since: from }: z.output<typeof selection>): EventSelection {
  if (ids !== undefined) return { ids };
  return {
    state: state ?? "failed",
    ...(route === undefined ? {} : { routes: [route] }),
    ...(type === undefined ? {} : { type }),
    ...(from === undefined ? {} : { since: new Date(from) }),
  };
}
