import { findMessage, findOtherLeg, listInbound, messageHistory, searchMessages } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { cursorOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { inboundSchema, inboundView } from "../inbound/inbound-view.ts";
import { problemAnswers } from "../problem-answers.ts";
import { messageQuery, openFilterReader } from "./message-query.ts";
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
export function findMessagesRoutes(app: Api, deps: ConsoleDeps): void {
  const { sql } = deps.ledger;
  const readFilter = openFilterReader(deps);

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
        ...messageQuery,
        ...pageQuery,
      }),
      response: {
        200: pageSchema(messageSchema).describe("A page of messages."),
        ...problemAnswers("invalid-number", "invalid-cursor", "campaign-not-found"),
      },
    },
    async handler(request) {
      const { limit, cursor, ...query } = request.query;
      const filter = await readFilter(query);
      const page = await searchMessages(sql, { limit, ...readCursor(position, cursor), ...filter });
      const nextCursor = page.before === null ? null : cursorOf({ before: page.before });
      return { items: page.rows.map(messageView), nextCursor };
    },
  });
}
