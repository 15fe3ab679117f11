import { parseDuration } from "@hikyaku/core";
import { closeUnknown, listUnknown, resendUnknown, type UnknownSelection } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { messageSchema } from "../messages/message-schema.ts";
import { problemAnswers } from "../problem-answers.ts";

const position = z.strictObject({ after: z.uuid() });

const selection = z
  .strictObject({
    ids: z.array(z.uuid()).min(1).max(10_000).optional().describe("These messages."),
    campaignId: z.uuid().optional().describe("Those of one campaign."),
    olderThan: z
      .string()
      .refine((text) => parseDuration(text).ok, "must be a length of time, e.g. 1h or 30m")
      .optional()
      .describe("Those whose attempt began longer ago, e.g. `1h`."),
  })
  .refine(({ ids, campaignId, olderThan }) => ids ?? campaignId ?? olderThan, {
    error: "say which: ids, campaignId or olderThan; several of them narrow each other",
  })
  .meta({ examples: [{ campaignId: "01936f0e-7b00-7000-8000-000000000001", olderThan: "1h" }] });

const settled = z.object({ messages: z.int().describe("How many it concerned.") });

/** `GET /v1/unknown`, `POST /v1/unknown/resend` and `POST /v1/unknown/close` */
export function unknownRoutes(app: Api, { ledger }: ConsoleDeps): void {
  const { sql } = ledger;

  app.route({
    method: "GET",
    url: "/unknown",
    schema: {
      operationId: "listUnknown",
      tags: ["Unknown outcomes"],
      summary: "List messages of unknown outcome",
      description: "Oldest first. A late receipt still settles them by itself.",
      querystring: z.strictObject({
        route: z.string().optional(),
        campaignId: z.uuid().optional(),
        ...pageQuery,
      }),
      response: { 200: pageSchema(messageSchema).describe("A page of messages."), ...problemAnswers("invalid-cursor") },
    },
    async handler(request) {
      const { route, campaignId, limit, cursor } = request.query;
      const from = readCursor(position, cursor);
      const rows = await listUnknown(sql, {
        limit: limit + 1,
        ...from,
        ...(route === undefined ? {} : { route }),
        ...(campaignId === undefined ? {} : { campaignId }),
      });
      return pageOf(rows, { limit, position: ({ id }) => ({ after: id }), view: messageView });
    },
  });

  app.route({
    method: "POST",
    url: "/unknown/resend",
    schema: {
      operationId: "resendUnknown",
      tags: ["Unknown outcomes"],
      summary: "Send messages of unknown outcome again",
      description: "Whoever did get the message then gets it twice. Those of cancelled campaigns stay as they are.",
      body: selection,
      response: { 200: settled, ...problemAnswers() },
    },
    async handler(request) {
      return { messages: await resendUnknown(sql, selectionOf(request.body)) };
    },
  });

  app.route({
    method: "POST",
    url: "/unknown/close",
    schema: {
      operationId: "closeUnknown",
      tags: ["Unknown outcomes"],
      summary: "Close messages of unknown outcome",
      description:
        "They become `expired`. A receipt of their end that comes all the same, e.g. `delivered`, still corrects them.",
      body: selection,
      response: { 200: settled, ...problemAnswers() },
    },
    async handler(request) {
      return { messages: await closeUnknown(sql, selectionOf(request.body)) };
    },
  });
}

function selectionOf({ ids, campaignId, olderThan }: z.output<typeof selection>): UnknownSelection {
  const older = olderThan === undefined ? null : parseDuration(olderThan);
  return {
    ...(ids === undefined ? {} : { ids }),
    ...(campaignId === undefined ? {} : { campaignId }),
    ...(older?.ok ? { olderThanMs: older.ms } : {}),
  };
}
