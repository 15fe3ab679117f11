import type { RouteConfig } from "@hikyaku/config";
import { parseDuration, type RecipientResult, rulesOfRoute } from "@hikyaku/core";
import type { CheckedCapability } from "@hikyaku/engine";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem, pointerOf } from "../../problems/problem.ts";
import { askRoute, configuredRoute } from "../../questions/ask-route.ts";
import type { Api } from "../api.ts";
import { cursorOf, readCursor } from "../cursor.ts";
import { problemAnswers } from "../problem-answers.ts";
import { goneSignal } from "./gone-signal.ts";

const params = z.object({ route: z.string().min(1).max(200) });

const mostNumbers = 100;

const checkBody = z
  .strictObject({
    recipients: z
      .array(z.string())
      .min(1)
      .max(mostNumbers)
      .describe("Phone numbers in any usual spelling. Longer lists go to `hikyaku capability check --recipients`."),
    maxAge: z
      .string()
      .optional()
      .describe("An answer that is younger is used again; `0s` asks anew. Default: `retention.capability`."),
  })
  .meta({ examples: [{ recipients: ["090-1234-5678"], maxAge: "1h" }] });

const answerSchema = z
  .object({
    recipient: z.string().describe("The number in the carrier's form."),
    capable: z.boolean().nullable().describe("Null when the carrier's answer was no verdict; `said` tells why."),
    said: z.string().describe("What the carrier lists, or why it is none."),
    checkedAt: z.date().nullable().describe("When the carrier said so."),
    cached: z.boolean().describe("An earlier answer, used again."),
  })
  .meta({
    id: "CapabilityAnswer",
    description:
      "Whether +Message reaches a number, as the carrier sees it. No promise: who removed the app without signing off still is.",
  });

const subscribers = z
  .object({
    items: z.array(z.object({ recipient: z.string().describe("In the carrier's form.") })),
    unreadable: z.int().describe("Entries that held no number that can be read."),
    nextCursor: z.string().nullable(),
  })
  .meta({
    id: "Subscribers",
    description: "Users who registered with the account. Being one of them is no consent to advertising.",
  });

/** `POST /v1/routes/{route}/capability-checks` and `GET /v1/routes/{route}/subscribers` */
export function questionRoutes(app: Api, deps: ConsoleDeps): void {
  const { config, findProvider } = deps;
  const rulesOf = ({ provider, settings }: RouteConfig) => rulesOfRoute(findProvider(provider), settings);

  app.route({
    method: "POST",
    url: "/routes/:route/capability-checks",
    schema: {
      operationId: "checkCapability",
      tags: ["Routes"],
      summary: "Ask which numbers have +Message",
      description:
        "Asks the carrier, one call a number, within the share of the route's limits that status checks have (`poller.tpsShare`): so a long list takes its time. Answers are kept and used again for `retention.capability`; a request that is broken off goes on where it was when it is repeated.",
      params,
      body: checkBody,
      response: {
        200: z.object({ items: z.array(answerSchema) }),
        ...problemAnswers(
          ...(["route-not-found", "route-held", "invalid-number", "not-offered"] as const),
          ...(["gateway-refuses", "gateway-silent"] as const),
        ),
      },
    },
    async handler(request, reply) {
      const route = configuredRoute(deps, request.params.route);
      const maxAgeMs = maxAgeOf(request.body.maxAge, config.retention.capabilityMs);
      const { normaliseRecipient } = rulesOf(route);
      const recipients = numbersOf(request.body.recipients.map(normaliseRecipient));
      const signal = goneSignal(reply.raw);
      return await askRoute(deps, route, async (questions) => {
        const items: CheckedCapability[] = [];
        for await (const checked of questions.capabilities({ recipients, maxAgeMs, signal })) items.push(checked);
        return { items };
      });
    },
  });

  app.route({
    method: "GET",
    url: "/routes/:route/subscribers",
    schema: {
      operationId: "listSubscribers",
      tags: ["Routes"],
      summary: "Ask for the users of the account",
      description: "One page, as the carrier gives it: without `cursor` the first one.",
      params,
      querystring: z.object({ cursor: z.string().min(1).max(8_000).optional() }),
      response: {
        200: subscribers,
        ...problemAnswers(
          ...(["invalid-cursor", "route-not-found", "route-held", "not-offered"] as const),
          ...(["gateway-refuses", "gateway-silent"] as const),
        ),
      },
    },
    async handler(request, reply) {
      const cursor = readCursor(z.string(), request.query.cursor);
      const route = configuredRoute(deps, request.params.route);
      const signal = goneSignal(reply.raw);
      const page = await askRoute(deps, route, (questions) => questions.subscribers({ cursor, signal }));
      // Null only when the caller is gone.
      const { recipients, unreadable, next } = page ?? { recipients: [], unreadable: 0, next: null };
      return {
        items: recipients.map((recipient) => ({ recipient })),
        unreadable,
        nextCursor: next === null ? null : cursorOf(next),
      };
    },
  });
}

function maxAgeOf(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const read = parseDuration(text);
  if (read.ok) return read.ms;
  throw new Problem("invalid-request", { errors: [{ pointer: "#/maxAge", detail: read.reason }] });
}

function numbersOf(read: readonly RecipientResult[]): string[] {
  const errors = read.flatMap((number, index) =>
    number.ok ? [] : [{ pointer: pointerOf(["recipients", index]), detail: number.reason, code: number.code }],
  );
  if (errors.length > 0) throw new Problem("invalid-number", { errors });
  return read.flatMap((number) => (number.ok ? [number.recipient] : []));
}
