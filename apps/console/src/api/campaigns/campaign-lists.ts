import { messageStates } from "@hikyaku/core";
import { listMessages, listRejections } from "@hikyaku/ledger";
import { messageView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { messageSchema } from "../messages/message-schema.ts";
import { problemAnswers } from "../problem-answers.ts";
import { rejectionSchema } from "./campaign-fields.ts";
import { campaignParams, findByName } from "./find-by-name.ts";

const afterId = z.strictObject({ after: z.uuid() });
const afterLine = z.strictObject({ after: z.int() });

/** `GET /v1/campaigns/{campaign}/messages` and `…/rejections` */
export function campaignListRoutes(app: Api, { ledger }: ConsoleDeps): void {
  app.route({
    method: "GET",
    url: "/campaigns/:campaign/messages",
    schema: {
      operationId: "listCampaignMessages",
      tags: ["Campaigns"],
      summary: "List a campaign's messages",
      description: "In the order of import; second legs behind those that were there when they began.",
      params: campaignParams,
      querystring: z.strictObject({
        state: z.enum(messageStates).optional(),
        leg: z.coerce
          .number()
          .int()
          .min(1)
          .max(2)
          .optional()
          .describe("Only first legs (1), or only what followed (2)."),
        ...pageQuery,
      }),
      response: {
        200: pageSchema(messageSchema).describe("A page of messages."),
        ...problemAnswers("campaign-not-found", "invalid-cursor"),
      },
    },
    async handler(request) {
      const { state, leg, limit, cursor } = request.query;
      const from = readCursor(afterId, cursor);
      const { id: campaignId } = await findByName(ledger.sql, request.params.campaign);
      const rows = await listMessages(ledger.sql, {
        campaignId,
        limit: limit + 1,
        ...from,
        ...(state ? { state } : {}),
        ...(leg ? { leg: leg === 2 ? 2 : 1 } : {}),
      });
      return pageOf(rows, { limit, position: ({ id }) => ({ after: id }), view: messageView });
    },
  });

  app.route({
    method: "GET",
    url: "/campaigns/:campaign/rejections",
    schema: {
      operationId: "listCampaignRejections",
      tags: ["Campaigns"],
      summary: "List who of the recipients did not become a message",
      description: "The first 10,000, by line; the campaign's `rejected` and `duplicates` count all of them.",
      params: campaignParams,
      querystring: z.strictObject(pageQuery),
      response: {
        200: pageSchema(rejectionSchema).describe("A page of rejections."),
        ...problemAnswers("campaign-not-found", "invalid-cursor"),
      },
    },
    async handler(request) {
      const { limit, cursor } = request.query;
      const from = readCursor(afterLine, cursor);
      const { id: campaignId } = await findByName(ledger.sql, request.params.campaign);
      const rows = await listRejections(ledger.sql, { campaignId, limit: limit + 1, ...from });
      return pageOf(rows, {
        limit,
        position: ({ line }) => ({ after: line }),
        view: ({ line, code, reason }) => ({ line, code, reason }),
      });
    },
  });
}
