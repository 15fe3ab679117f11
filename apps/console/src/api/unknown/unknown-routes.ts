import { parseDuration } from "@hikyaku/core";
import { closeUnknown, listUnknown, resendUnknown, type UnknownSelection } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { messageSchema } from "../messages/message-schema.ts";
import { problemAnswers } from "../problem-answers.ts";

const position = z.strictObject({ after: z.uuid() });

const selectionFields = {
  ids: z.array(z.uuid()).min(1).max(10_000).optional().describe("These messages."),
  campaignId: z.uuid().optional().describe("Those of one campaign."),
  olderThan: z
    .string()
    .refine((text) => parseDuration(text).ok, "must be a length of time, e.g. 1h or 30m")
    .optional()
    .describe("Those whose attempt began longer ago, e.g. `1h`."),
};
const isSelective = ({ ids, campaignId, olderThan }: { ids?: unknown; campaignId?: unknown; olderThan?: unknown }) =>
  (ids ?? campaignId ?? olderThan) !== undefined;
const notSelective = { error: "say which: ids, campaignId or olderThan; several of them narrow each other" };
const example = { campaignId: "01936f0e-7b00-7000-8000-000000000001", olderThan: "1h" };

const selection = z
  .strictObject(selectionFields)
  .refine(isSelective, notSelective)
  .meta({ examples: [example] });
const resend = z
  .strictObject({ ...selectionFields, reason: z.string().max(500).default("").describe("For the audit.") })
  .refine(isSelective, notSelective)
  .meta({ examples: [{ ...example, reason: "the carrier says nothing arrived" }] });

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
      description:
        "Whoever did get the message then gets it twice. Those of cancelled campaigns stay as they are. It stands in the audit.",
      body: resend,
      response: { 200: settled, ...problemAnswers() },
    },
    async handler(request) {
      const { reason } = request.body;
      return { messages: await resendUnknown(sql, selectionOf(request.body), { actor: actorOf(request), reason }) };
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
