import { findRoute, holdRoute, releaseRoute } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import { type RouteState, routeStates } from "../../routes/route-states.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { optionalBody } from "../optional-body.ts";
import { problemAnswers } from "../problem-answers.ts";

const routeSchema = z
  .object({
    name: z.string(),
    provider: z.string(),
    limits: z
      .object({
        tps: z.number().nullable().describe("Requests a second; null for no limit."),
        concurrency: z.int().describe("Requests at once."),
        messagesPerRequest: z.int().describe("How many messages one request may carry."),
      })
      .nullable()
      .describe("As in the configuration of this console; null when the route is not in it."),
    held: z
      .object({
        cause: z.string(),
        reason: z.string().nullable(),
        since: z.date(),
        nextProbeAt: z.date().nullable().describe("When one message tries again; null for an operator's hold."),
      })
      .nullable()
      .describe("While it is held nothing goes out."),
    queued: z.int().describe("Waiting to be sent: running campaigns and single messages."),
    sending: z.int(),
    unknown: z.int(),
    oldestQueuedSeconds: z.number(),
    checksDue: z.int(),
    receiptsPending: z.int(),
    hooks: z
      .array(
        z.object({
          kind: z.string().describe("`any` for the URL of every kind, else `webhook`, `sms-result` or `sms-mo`."),
          testedAt: z
            .date()
            .nullable()
            .describe(
              "When a connection test was last answered 200: an empty body or `{}`, so an empty notification looks the same.",
            ),
          testedFrom: z.string().nullable().describe("The address it came from."),
          unrecognisedAt: z
            .date()
            .nullable()
            .describe("When a body that nobody understood last came; answered 200 too."),
          unrecognisedFrom: z.string().nullable(),
        }),
      )
      .describe("Its notification URLs that were ever tried."),
  })
  .meta({ id: "Route", description: "A sender account at a carrier, and how it stands." });

const params = z.object({ route: z.string().min(1).max(200) });

/** `GET /v1/routes`, `POST /v1/routes/{route}/hold` and `…/release` */
export function routeRoutes(app: Api, deps: ConsoleDeps): void {
  const { config } = deps;
  const { sql } = deps.ledger;

  async function show(name: string): Promise<RouteState> {
    const found = (await routeStates(deps)).find((route) => route.name === name);
    if (!found) throw new Problem("route-not-found");
    return found;
  }

  app.route({
    method: "GET",
    url: "/routes",
    schema: {
      operationId: "listRoutes",
      tags: ["Routes"],
      summary: "List the routes and how they stand",
      response: { 200: z.object({ items: z.array(routeSchema), nextCursor: z.null() }), ...problemAnswers() },
    },
    async handler() {
      return { items: await routeStates(deps), nextCursor: null };
    },
  });

  app.route({
    method: "POST",
    url: "/routes/:route/hold",
    schema: {
      operationId: "holdRoute",
      tags: ["Routes"],
      summary: "Hold a route",
      description: "Nothing goes out on it, of any campaign, until it is released. It is not probed meanwhile.",
      params,
      body: optionalBody(
        { reason: z.string().min(1).max(200).default("held by operator") },
        { reason: "maintenance at the carrier" },
      ),
      response: { 200: routeSchema, ...problemAnswers("route-not-found") },
    },
    async handler(request) {
      const { route } = request.params;
      if (!(await findRoute(sql, route))) throw new Problem("route-not-found");
      await holdRoute(sql, {
        route,
        cause: "operator",
        reason: request.body.reason,
        probeInMs: config.hold.probeEveryMs,
      });
      return await show(route);
    },
  });

  app.route({
    method: "POST",
    url: "/routes/:route/release",
    schema: {
      operationId: "releaseRoute",
      tags: ["Routes"],
      summary: "Release a held route",
      description: "It stands in the audit.",
      params,
      body: optionalBody({ reason: z.string().max(500).default("") }, { reason: "the carrier has mended it" }),
      response: { 200: routeSchema, ...problemAnswers("route-not-found") },
    },
    async handler(request) {
      const { route } = request.params;
      if (!(await findRoute(sql, route))) throw new Problem("route-not-found");
      const { reason } = request.body;
      await releaseRoute(sql, { route, by: { actor: actorOf(request), reason } });
      return await show(route);
    },
  });
}
