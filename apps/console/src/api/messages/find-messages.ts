import { findMessage, findOtherLeg, listInbound, messageHistory, messagesOfRecipient } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { openNumberReader } from "../../recipients/read-number.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
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

/** The ledger finds a number campaign by campaign and answers the newest; nobody has had more than this. */
const mostOfOneNumber = 10_000;

/** `GET /v1/messages/{id}` and `GET /v1/messages?to=` */
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
      operationId: "listMessagesOfRecipient",
      tags: ["Messages"],
      summary: "List everything ever sent, or to be sent, to one number",
      description: "Newest first.",
      querystring: z.strictObject({
        to: z.string().min(1).max(50).describe("A phone number in any usual spelling (`+` is `%2B` in a URL)."),
        ...pageQuery,
      }),
      response: {
        200: pageSchema(messageSchema).describe("A page of messages."),
        ...problemAnswers("invalid-number", "invalid-cursor"),
      },
    },
    async handler(request) {
      const { to, limit, cursor } = request.query;
      const from = readCursor(position, cursor);
      const number = (await openNumberReader({ sql, findProvider }))(to);
      if (!number.ok) {
        throw new Problem("invalid-number", {
          errors: [{ parameter: "to", detail: number.reason, code: number.code }],
        });
      }
      const all = await messagesOfRecipient(sql, { recipient: number.recipient, limit: mostOfOneNumber });
      const rows = all.filter(({ id }) => from === undefined || id < from.before).slice(0, limit + 1);
      return pageOf(rows, { limit, position: ({ id }) => ({ before: id }), view: messageView });
    },
  });
}
