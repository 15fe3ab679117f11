import { messageStates } from "@hikyaku/core";
import { findMessage, findOtherLeg, listInbound, messageHistory, requestStates, searchMessages } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { openNumberReader } from "../../recipients/read-number.ts";
import type { Api } from "../api.ts";
import { findByName } from "../campaigns/find-by-name.ts";
import { cursorOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { inboundSchema, inboundView } from "../inbound/inbound-view.ts";
import { problemAnswers } from "../problem-answers.ts";
import { messageSchema } from "./message-schema.ts";

const withHistory = z.object({
  ...messageSchema.shape,
  otherLeg: messageSchema
    .nullable()
    .describe("The message that followed it, or that it follows; null when there is none."),
  history: z
    .array(z.object({ at: z.date(), what: z.string(), detail: z.string().nullable() }))
    .describe("What is known of its life, oldest first: states, attempts, receipts, replies."),
  inbound: z.array(inboundSchema).describe("What its recipient answered, newest first; at most 100."),
});

const position = z.strictObject({ before: z.uuid() });

/** `GET /v1/messages/{id}` and `GET /v1/messages` */
export function findMessagesRoutes(app: Api, { ledger, findProvider }: ConsoleDeps): void {
  const { sql } = ledger;

  app.route({
    method: "GET",
    url: "/messages/:id",
    schema: {
      operationId: "showMessage",
      tags: ["Messages"],
      summary: "Show a message with its history",
      params: z.object({ id: z.uuid() }),
      response: { 200: withHistory, ...problemAnswers("message-not-found") },
    },
    async handler(request) {
      const message = await findMessage(sql, request.params);
      if (!message) throw new Problem("message-not-found");
      const [history, other, inbound] = await Promise.all([
        messageHistory(sql, request.params),
        findOtherLeg(sql, message),
        listInbound(sql, { messageId: request.params.id, limit: 100 }),
      ]);
      return {
        ...messageView(message),
        otherLeg: other && messageView(other),
        history: history.map(({ at, what, detail }) => ({ at, what, detail })),
        inbound: inbound.map(inboundView),
      };
    },
  });

  app.route({
    method: "GET",
    url: "/messages",
    schema: {
      operationId: "searchMessages",
      tags: ["Messages"],
      summary: "Search the history of all routes",
      description:
        "Newest first; filters narrow each other. A page may hold fewer than `limit`, or none, while `nextCursor` is not null: so much was looked through, and there is more.",
      querystring: z.strictObject({
        from: z.iso.datetime({ offset: true }).optional().describe("Only those enqueued at or after this moment."),
        until: z.iso.datetime({ offset: true }).optional().describe("Only those enqueued before this moment."),
        route: z.string().optional(),
        campaign: z.string().min(1).max(200).optional().describe("Only those of this campaign, by its id or key."),
        to: z
          .string()
          .min(1)
          .max(50)
          .optional()
          .describe("A phone number in any usual spelling (`+` is `%2B` in a URL)."),
        state: z.enum(messageStates).optional().describe("What became of it."),
        request: z
          .enum(requestStates)
          .optional()
          .describe("What its request came to: taken by the carrier, refused or given up before that, or neither yet."),
        template: z.string().max(200).optional().describe("Code of the template it is sent by."),
        requestId: z.string().max(600).optional().describe("The carrier's id of the request or of the message."),
        ...pageQuery,
      }),
      response: {
        200: pageSchema(messageSchema).describe("A page of messages."),
        ...problemAnswers("invalid-number", "invalid-cursor", "campaign-not-found"),
      },
    },
    async handler(request) {
      const { to, from, until, route, campaign, state, request: taken, template, requestId } = request.query;
      const { limit, cursor } = request.query;
      const page = await searchMessages(sql, {
        limit,
        ...readCursor(position, cursor),
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
        ...(route === undefined ? {} : { route }),
        ...(campaign === undefined ? {} : { campaignId: (await findByName(sql, campaign)).id }),
        ...(to === undefined ? {} : { recipient: await recipientOf(to) }),
        ...(state === undefined ? {} : { state }),
        ...(taken === undefined ? {} : { request: taken }),
        ...(template === undefined ? {} : { templateCode: template }),
        ...(requestId === undefined ? {} : { requestId }),
      });
      const nextCursor = page.before === null ? null : cursorOf({ before: page.before });
      return { items: page.rows.map(messageView), nextCursor };
    },
  });

  async function recipientOf(to: string): Promise<string> {
    const number = (await openNumberReader({ sql, findProvider }))(to);
    if (number.ok) return number.recipient;
    throw new Problem("invalid-number", { errors: [{ parameter: "to", detail: number.reason, code: number.code }] });
  }
}
