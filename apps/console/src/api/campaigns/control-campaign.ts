import * as z from "zod";
import { retryFailedCampaign } from "../../campaigns/retry-failed-campaign.ts";
import { takeBack } from "../../campaigns/take-back.ts";
import type { ConsoleDeps } from "../../console-deps.ts";
import { actorOf } from "../actor.ts";
import type { Api } from "../api.ts";
import { optionalBody } from "../optional-body.ts";
import { problemAnswers } from "../problem-answers.ts";
import { goneSignal } from "../routes/gone-signal.ts";
import { warningSchema } from "./campaign-fields.ts";
import { campaignSchema } from "./campaign-schema.ts";
import { campaignParams, findByName, showCampaign } from "./find-by-name.ts";

const answers = { 200: campaignSchema, ...problemAnswers("campaign-not-found", "campaign-state") };

const startedSchema = campaignSchema
  .extend({ warnings: z.array(warningSchema).describe("E.g. that the carrier's templates could not be read again.") })
  .meta({ id: "StartedCampaign", description: "A campaign, and what it was started in spite of." });

/** Where the carrier has templates, they are compared again. */
const started = {
  200: startedSchema,
  ...problemAnswers("campaign-not-found", "campaign-state", "invalid-content"),
};

const cancelled = z.object({
  campaign: campaignSchema,
  sent: z.int().describe("Messages that went out; second legs are messages, too."),
  inFlight: z.int().describe("Messages at the gateway at this moment: their fate comes with its answer."),
  unknown: z
    .int()
    .describe(
      "Messages of unknown outcome, be it since long ago: a receipt that comes late settles them, or `POST /v1/unknown/close` does.",
    ),
  stopped: z.int().describe("Messages that will never be sent."),
  reserved: z
    .object({
      messages: z.int(),
      reservedAt: z.date().describe("When the carrier sends them."),
      cancellableUntil: z.date().nullable().describe("Until when it lets go of them."),
    })
    .nullable()
    .describe(
      "Of `sent`, before any was taken back: what the carrier holds and sends later all the same; null where it holds nothing until a time to come.",
    ),
  reservations: z
    .object({
      cancelled: z.int(),
      revoked: z.int().describe("Messages that ended by this call, as `revoked`."),
      left: z
        .array(
          z.object({
            reserveId: z.string(),
            reservedAt: z.date(),
            messages: z.int(),
            fault: z.string().describe("Why it was left as it is."),
          }),
        )
        .describe("What is not taken back."),
      fault: z
        .string()
        .nullable()
        .describe(
          "Why the carrier could not be asked about all of them; the same call again goes on. Null when it could.",
        ),
    })
    .nullable()
    .describe("What was taken back; null when it was not asked for."),
});

const retried = z.object({
  campaign: campaignSchema,
  round: z.int(),
  messages: z.int().describe("Messages that are sent again."),
});

/** `POST /v1/campaigns/{campaign}/start`, `pause`, `resume`, `cancel` and `retry-failed` */
export function controlCampaignRoutes(app: Api, deps: ConsoleDeps): void {
  const { producer, ledger } = deps;
  const viewOf = async (id: string) => (await showCampaign(ledger.sql, id)).view;

  app.route({
    method: "POST",
    url: "/campaigns/:campaign/start",
    schema: {
      operationId: "startCampaign",
      tags: ["Campaigns"],
      summary: "Start a campaign",
      description:
        "One that has its recipients, now or at `startAt`. One that runs already is left as it is. Where the carrier has templates they are read again first; one that does not fit any more is refused, or, at `startAt`, the campaign is paused with the reason.",
      params: campaignParams,
      body: optionalBody(
        { startAt: z.iso.datetime({ offset: true }).optional() },
        { startAt: "2026-12-01T10:00:00+09:00" },
      ),
      response: started,
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { startAt } = request.body;
      const { warnings } = await producer.startCampaign({ id }, startAt === undefined ? {} : { startAt });
      return { ...(await viewOf(id)), warnings };
    },
  });

  app.route({
    method: "POST",
    url: "/campaigns/:campaign/pause",
    schema: {
      operationId: "pauseCampaign",
      tags: ["Campaigns"],
      summary: "Pause a campaign",
      description: "When it answers, nothing more goes out until it is resumed. Receipts still come in.",
      params: campaignParams,
      body: optionalBody({ reason: z.string().min(1).max(200).optional() }, { reason: "wrong link in the text" }),
      response: answers,
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { reason } = request.body;
      await producer.pauseCampaign({ id }, reason === undefined ? {} : { reason });
      return await viewOf(id);
    },
  });

  app.route({
    method: "POST",
    url: "/campaigns/:campaign/resume",
    schema: {
      operationId: "resumeCampaign",
      tags: ["Campaigns"],
      summary: "Resume a paused campaign",
      description: "Refused, and still paused, where its template is not approved any more or another one than it was.",
      params: campaignParams,
      body: optionalBody({}),
      response: started,
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { warnings } = await producer.resumeCampaign({ id });
      return { ...(await viewOf(id)), warnings };
    },
  });

  app.route({
    method: "POST",
    url: "/campaigns/:campaign/cancel",
    schema: {
      operationId: "cancelCampaign",
      tags: ["Campaigns"],
      summary: "Cancel a campaign for good",
      description:
        "When it answers, nothing more goes out, and the numbers are exact. Repeating it answers the numbers of now. What the carrier holds until a time (`reserved`) goes out all the same, unless it is taken back: with `reservations` the campaign is cancelled at once and then the carrier is asked for each reservation, some calls each, which takes minutes for a large campaign. Who goes away before the answer stops that; the same call again goes on.",
      params: campaignParams,
      body: optionalBody(
        {
          reservations: z
            .boolean()
            .optional()
            .describe("Take back what the carrier holds in reservations, too. Default: false."),
        },
        { reservations: true },
      ),
      response: { 200: cancelled, ...problemAnswers("campaign-not-found", "campaign-state") },
    },
    async handler(request, reply) {
      const campaign = await findByName(ledger.sql, request.params.campaign);
      const { campaign: _, ...result } = await producer.cancelCampaign({ id: campaign.id });
      const reservations = request.body.reservations
        ? await takeBack(deps, campaign, { ...result, by: actorOf(request), signal: goneSignal(reply.raw) })
        : null;
      return { campaign: await viewOf(campaign.id), ...result, reservations };
    },
  });

  app.route({
    method: "POST",
    url: "/campaigns/:campaign/retry-failed",
    schema: {
      operationId: "retryFailed",
      tags: ["Campaigns"],
      summary: "Send again to those it failed for",
      description:
        "A new round of the same campaign, for every recipient whose newest message ended in one of `states`, but not for those whom its second leg reached or still may reach. Repeating it adds nobody twice.",
      params: campaignParams,
      body: optionalBody(
        {
          states: z
            .array(z.enum(["failed", "expired"]))
            .min(1)
            .optional()
            .describe("Default: only `failed`."),
        },
        { states: ["failed", "expired"] },
      ),
      response: { 200: retried, ...problemAnswers("campaign-not-found", "campaign-state") },
    },
    async handler(request) {
      const campaign = await findByName(ledger.sql, request.params.campaign);
      const { states } = request.body;
      const result = await retryFailedCampaign(deps, campaign, states);
      return { campaign: await viewOf(campaign.id), ...result };
    },
  });
}
