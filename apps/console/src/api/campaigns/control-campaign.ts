import * as z from "zod";
import { retryFailedCampaign } from "../../campaigns/retry-failed-campaign.ts";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { optionalBody } from "../optional-body.ts";
import { problemAnswers } from "../problem-answers.ts";
import { campaignSchema } from "./campaign-schema.ts";
import { campaignParams, findByName, showCampaign } from "./find-by-name.ts";

const answers = { 200: campaignSchema, ...problemAnswers("campaign-not-found", "campaign-state") };

const cancelled = z.object({
  campaign: campaignSchema,
  sent: z.int().describe("Messages that went out; second legs are messages, too."),
  inFlight: z.int().describe("Messages at the gateway at this moment, or of unknown outcome: their fate comes later."),
  stopped: z.int().describe("Messages that will never be sent."),
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
      description: "One that has its recipients, now or at `startAt`. One that runs already is left as it is.",
      params: campaignParams,
      body: optionalBody(
        { startAt: z.iso.datetime({ offset: true }).optional() },
        { startAt: "2026-12-01T10:00:00+09:00" },
      ),
      response: answers,
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { startAt } = request.body;
      await producer.startCampaign({ id }, startAt === undefined ? {} : { startAt });
      return await viewOf(id);
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
      params: campaignParams,
      body: optionalBody({}),
      response: answers,
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      await producer.resumeCampaign({ id });
      return await viewOf(id);
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
        "When it answers, nothing more goes out, and the numbers are exact. Repeating it answers the numbers of now.",
      params: campaignParams,
      body: optionalBody({}),
      response: { 200: cancelled, ...problemAnswers("campaign-not-found", "campaign-state") },
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const { sent, inFlight, stopped } = await producer.cancelCampaign({ id });
      return { campaign: await viewOf(id), sent, inFlight, stopped };
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
