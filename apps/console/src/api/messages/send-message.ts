import { messageClasses, messageStates } from "@hikyaku/core";
import type { MessageRequest } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { fallbackFields, overridesField } from "../campaigns/campaign-fields.ts";
import { idempotencyHeaders } from "../idempotency-key.ts";
import { answer, problemAnswers } from "../problem-answers.ts";

const body = z
  .strictObject({
    route: z.string().min(1).max(200).describe("Name of a route; `GET /v1/routes` lists them."),
    to: z.string().describe("A phone number in any usual spelling."),
    text: z.string().optional().describe("Short form of `content: { text }`."),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("What the route's carrier takes; in place of `text`."),
    variables: z
      .record(z.string(), z.union([z.string(), z.number()]))
      .optional()
      .describe("Values of the `#{name}` places."),
    class: z
      .enum(messageClasses)
      .optional()
      .describe(
        "What it is for. Default: the route's, which is `transactional` unless the operator has set another. Outside the delivery window of its class the message waits.",
      ),
    overrides: overridesField.describe("Rules of the class set aside for this message, each with its reason."),
    consentAt: z
      .string()
      .optional()
      .describe("When the recipient agreed to advertising: ISO 8601, or `2026-04-01`. Kept with advertising."),
    consentSource: z.string().max(200).optional().describe("How, e.g. `web form`."),
    validFor: z.string().optional().describe("A message not sent within it expires, e.g. `5m`. Default: no end."),
    validUntil: z.iso.datetime({ offset: true }).optional().describe("The same as a moment."),
    ...fallbackFields,
  })
  .meta({
    examples: [{ route: "coupon-sms", to: "090-1234-5678", text: "認証番号は 123456 です", validFor: "5m" }],
  });

const sent = z
  .object({
    id: z.uuid(),
    state: z.enum(messageStates).describe("`queued`, or `suppressed` when the recipient must not be messaged."),
    created: z.boolean().describe("False when the key was known already: this is the message it made then."),
    segments: z.int().describe("Billable parts."),
    validUntil: z.date().nullable(),
    class: z.enum(messageClasses).nullable(),
    waitsUntil: z.date().nullable().describe("When its delivery window opens, while it waits for that."),
    warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  })
  .meta({ id: "SentMessage", description: "A message that is safe in the ledger." });

/** `POST /v1/messages` */
export function sendMessageRoute(app: Api, { producer }: ConsoleDeps): void {
  app.route({
    method: "POST",
    url: "/messages",
    schema: {
      operationId: "sendMessage",
      tags: ["Messages"],
      summary: "Send one message",
      description:
        "Ahead of all campaigns: a one-time password, a receipt, an alarm. It is safe in the ledger when this answers. The same request with the same key sends nothing again.",
      headers: idempotencyHeaders,
      body,
      response: {
        201: answer("Taken; `Location` is its path.", sent),
        200: answer("The key was known: the message as it is now.", sent),
        ...problemAnswers(
          "missing-idempotency-key",
          "idempotency-conflict",
          "invalid-message",
          "invalid-content",
          "unknown-route",
          "unsupported-route",
        ),
      },
    },
    async handler(request, reply) {
      const idempotencyKey = request.headers["idempotency-key"];
      const { id, state, created, segments, validUntil, warnings, waitsUntil, ...result } = await producer.sendMessage(
        { ...request.body, by: actorOf(request) } as MessageRequest,
        { idempotencyKey },
      );
      return reply
        .code(created ? 201 : 200)
        .header("location", `/v1/messages/${id}`)
        .send({ ...{ id, state, created, segments, validUntil, warnings, waitsUntil }, class: result.class });
    },
  });
}
