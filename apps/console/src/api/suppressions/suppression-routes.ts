import { addSuppression, importSuppressions, listSuppressions, removeSuppression } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { openNumberReader } from "../../recipients/read-number.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { answer, problemAnswers } from "../problem-answers.ts";

const suppressionSchema = z
  .object({
    recipient: z.string(),
    route: z.string().describe("`*` is every route."),
    reason: z.string(),
    source: z.string().describe("Who said so: `operator`, `api`, `import`, `reply`."),
    createdAt: z.date(),
  })
  .meta({ id: "Suppression", description: "Somebody who must not be messaged." });

const suppressed = z
  .object({ recipient: z.string().describe("In the carrier's form."), route: z.string(), added: z.boolean() })
  .meta({ id: "Suppressed", description: "Who is suppressed, and whether this request did it." });

const routeField = z.string().min(1).max(200).default("*").describe("A route, or `*` (default) for every one.");
const reasonField = z.string().max(500).default("").describe("For the record.");
const position = z.strictObject({ recipient: z.string(), route: z.string() });

/** Most numbers of one bulk call. */
const bulkSize = 10_000;

/** `/v1/suppressions` */
export function suppressionRoutes(app: Api, { ledger, findProvider }: ConsoleDeps): void {
  const { sql } = ledger;
  const openReader = () => openNumberReader({ sql, findProvider });

  app.route({
    method: "GET",
    url: "/suppressions",
    schema: {
      operationId: "listSuppressions",
      tags: ["Suppressions"],
      summary: "List who must not be messaged",
      querystring: z.strictObject({
        route: z.string().optional().describe("Those that hold on this route, `*` included."),
        ...pageQuery,
      }),
      response: {
        200: pageSchema(suppressionSchema).describe("A page of suppressions."),
        ...problemAnswers("invalid-cursor"),
      },
    },
    async handler(request) {
      const { route, limit, cursor } = request.query;
      const after = readCursor(position, cursor);
      const rows = await listSuppressions(sql, {
        limit: limit + 1,
        ...(after ? { after } : {}),
        ...(route === undefined ? {} : { route }),
      });
      return pageOf(rows, {
        limit,
        position: ({ recipient, route }) => ({ recipient, route }),
        view: ({ recipient, route, reason, source, createdAt }) => ({ recipient, route, reason, source, createdAt }),
      });
    },
  });

  app.route({
    method: "POST",
    url: "/suppressions",
    schema: {
      operationId: "addSuppression",
      tags: ["Suppressions"],
      summary: "Suppress a number",
      description: "Acts at once, also on messages that are queued already. Repeating it changes nothing.",
      body: z
        .strictObject({
          recipient: z.string().describe("A phone number in any usual spelling."),
          route: routeField,
          reason: reasonField,
        })
        .meta({ examples: [{ recipient: "090-1234-5678", reason: "asked by phone" }] }),
      response: {
        201: answer("Suppressed.", suppressed),
        200: answer("Was suppressed before.", suppressed),
        ...problemAnswers("invalid-number"),
      },
    },
    async handler(request, reply) {
      const { route, reason } = request.body;
      const number = (await openReader())(request.body.recipient, route);
      if (!number.ok) {
        throw new Problem("invalid-number", {
          errors: [{ pointer: "#/recipient", detail: number.reason, code: number.code }],
        });
      }
      const { recipient } = number;
      const added = await addSuppression(sql, { recipient, route, reason, source: "api" });
      return reply.code(added ? 201 : 200).send({ recipient, route, added });
    },
  });

  app.route({
    method: "POST",
    url: "/suppressions/bulk",
    schema: {
      operationId: "addSuppressions",
      tags: ["Suppressions"],
      summary: "Suppress many numbers",
      description: `Up to ${bulkSize.toLocaleString("en")} at once. A number that cannot be read is left out and told; the others are suppressed.`,
      body: z
        .strictObject({ recipients: z.array(z.string()).min(1).max(bulkSize), route: routeField, reason: reasonField })
        .meta({ examples: [{ recipients: ["090-1234-5678", "080-1234-5678"], reason: "list of 2026-11" }] }),
      response: {
        200: z.object({
          added: z.int().describe("How many were not suppressed before."),
          known: z.int(),
          rejected: z.array(z.object({ index: z.int(), code: z.string(), reason: z.string() })),
        }),
        ...problemAnswers("body-too-large"),
      },
    },
    async handler(request) {
      const { recipients, route, reason } = request.body;
      const read = await openReader();
      const results = recipients.map((raw) => read(raw, route));
      const good = new Set(results.flatMap((result) => (result.ok ? [result.recipient] : [])));
      const rejected = results.flatMap((result, index) =>
        result.ok ? [] : [{ index, code: result.code, reason: result.reason }],
      );
      const { added } = await importSuppressions(sql, { route, reason, source: "api", recipients: [...good] });
      return { added, known: good.size - added, rejected };
    },
  });

  app.route({
    method: "DELETE",
    url: "/suppressions/:recipient",
    schema: {
      operationId: "removeSuppression",
      tags: ["Suppressions"],
      summary: "Lift a suppression",
      description: "Messages that were `suppressed` already stay so. It stands in the audit.",
      params: z.object({ recipient: z.string().min(1).max(50).describe("A phone number in any usual spelling.") }),
      querystring: z.strictObject({ route: routeField, reason: reasonField }),
      response: { 204: z.null().describe("Lifted."), ...problemAnswers("suppression-not-found") },
    },
    async handler(request, reply) {
      const { route, reason } = request.query;
      const { recipient: raw } = request.params;
      const number = (await openReader())(raw, route);
      const recipient = number.ok ? number.recipient : raw;
      const removed = await removeSuppression(sql, { recipient, route, by: { actor: actorOf(request), reason } });
      if (!removed) throw new Problem("suppression-not-found");
      return reply.code(204).send(null);
    },
  });
}
