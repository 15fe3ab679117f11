import { inboundEvents } from "@hikyaku/core";
import { findInbound, listInbound } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { openNumberReader } from "../../recipients/read-number.ts";
import type { Api } from "../api.ts";
import { findByName } from "../campaigns/find-by-name.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { problemAnswers } from "../problem-answers.ts";
import { inboundSchema, inboundView } from "./inbound-view.ts";

const position = z.strictObject({ before: z.uuid() });

const withBody = z.object({
  ...inboundSchema.shape,
  seen: z.int().describe("How often the carrier sent it."),
  rawBody: z.string().nullable().describe("The notification as it came; null once it is past its retention."),
});

/** `GET /v1/inbound` and `GET /v1/inbound/{id}` */
export function inboundRoutes(app: Api, { ledger, findProvider }: ConsoleDeps): void {
  const { sql } = ledger;

  app.route({
    method: "GET",
    url: "/inbound",
    schema: {
      operationId: "listInbound",
      tags: ["Inbound"],
      summary: "List what end users did",
      description: "Replies, taps and registrations, newest first. Filters narrow each other.",
      querystring: z.strictObject({
        route: z.string().optional(),
        campaign: z.string().min(1).max(200).optional().describe("Answers to this campaign, by its id or key."),
        to: z
          .string()
          .min(1)
          .max(50)
          .optional()
          .describe("What this recipient did; a phone number in any usual spelling."),
        event: z.enum(inboundEvents).optional(),
        word: z.enum(["opt-out", "opt-in"]).optional().describe("Only those with a configured word of this kind."),
        since: z.iso.datetime({ offset: true }).optional().describe("Only what arrived at or after this moment."),
        ...pageQuery,
      }),
      response: {
        200: pageSchema(inboundSchema).describe("A page of replies, taps and registrations."),
        ...problemAnswers("invalid-cursor", "invalid-number", "campaign-not-found"),
      },
    },
    async handler(request) {
      const { route, campaign, to, event, word, since, limit, cursor } = request.query;
      const from = readCursor(position, cursor);
      const rows = await listInbound(sql, {
        limit: limit + 1,
        ...from,
        ...(route === undefined ? {} : { route }),
        ...(campaign === undefined ? {} : { campaignId: (await findByName(sql, campaign)).id }),
        ...(to === undefined ? {} : { recipient: await recipientOf(to) }),
        ...(event === undefined ? {} : { event }),
        ...(word === undefined ? {} : { wordKind: word }),
        ...(since === undefined ? {} : { since: new Date(since) }),
      });
      return pageOf(rows, { limit, position: ({ id }) => ({ before: id }), view: inboundView });
    },
  });

  async function recipientOf(to: string): Promise<string> {
    const number = (await openNumberReader({ sql, findProvider }))(to);
    if (number.ok) return number.recipient;
    throw new Problem("invalid-number", { errors: [{ parameter: "to", detail: number.reason, code: number.code }] });
  }

  app.route({
    method: "GET",
    url: "/inbound/:id",
    schema: {
      operationId: "showInbound",
      tags: ["Inbound"],
      summary: "Show one reply, tap or registration with its raw body",
      params: z.object({ id: z.uuid() }),
      response: { 200: withBody, ...problemAnswers("inbound-not-found") },
    },
    async handler(request) {
      const found = await findInbound(sql, request.params);
      if (!found) throw new Problem("inbound-not-found");
      return { ...inboundView(found.inbound), seen: found.seen, rawBody: found.body };
    },
  });
}
