import { type EndpointView, endpointStates } from "@hikyaku/engine";
import { enableEndpoint } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { optionalBody } from "../optional-body.ts";
import { problemAnswers } from "../problem-answers.ts";

const endpointSchema = z
  .object({
    name: z.string().describe("A route's name, or `*` for the one of the whole configuration."),
    origin: z.string().nullable().describe("Scheme and host; null when it is not in this console's configuration."),
    routes: z.array(z.string()).nullable().describe("Whose events go there."),
    pending: z.int().describe("Events that wait for it."),
    oldestPendingSeconds: z.number(),
    failingSince: z.date().nullable().describe("Since when it has taken nothing; null while it works."),
    lastError: z.string().nullable(),
    disabledAt: z.date().nullable().describe("When it was given up; it gets nothing until it is enabled."),
  })
  .meta({ id: "EventEndpoint", description: "A place that events go to, and how it stands." });

type EndpointAnswer = z.output<typeof endpointSchema>;

/** `GET /v1/event-endpoints` and `POST /v1/event-endpoints/{endpoint}/enable` */
export function endpointRoutes(app: Api, { ledger, config }: ConsoleDeps): void {
  const { sql } = ledger;

  app.route({
    method: "GET",
    url: "/event-endpoints",
    schema: {
      operationId: "listEventEndpoints",
      tags: ["Events"],
      summary: "List the places that events go to",
      response: { 200: z.object({ items: z.array(endpointSchema), nextCursor: z.null() }), ...problemAnswers() },
    },
    async handler() {
      return { items: (await endpointStates({ sql, config })).map(view), nextCursor: null };
    },
  });

  app.route({
    method: "POST",
    url: "/event-endpoints/:endpoint/enable",
    schema: {
      operationId: "enableEventEndpoint",
      tags: ["Events"],
      summary: "Let events go again to a place that was given up",
      params: z.object({ endpoint: z.string().min(1).max(200).describe("Its name (`*` is `%2A` in a URL).") }),
      body: optionalBody({}),
      response: { 200: endpointSchema, ...problemAnswers("endpoint-not-found") },
    },
    async handler(request) {
      const { endpoint: name } = request.params;
      if (!(await enableEndpoint(sql, { name }))) throw new Problem("endpoint-not-found");
      const found = (await endpointStates({ sql, config })).find((each) => each.name === name);
      if (!found) throw new Problem("endpoint-not-found");
      return view(found);
    },
  });
}

function view(endpoint: EndpointView): EndpointAnswer {
  return { ...endpoint, routes: endpoint.routes && [...endpoint.routes] };
}
