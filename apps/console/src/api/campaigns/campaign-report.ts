import { messageStates } from "@hikyaku/core";
import { campaignReport } from "@hikyaku/ledger";
import { reportView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { Problem } from "../../problems/problem.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";
import { campaignSchema, countsSchema } from "./campaign-schema.ts";
import { campaignParams, findByName } from "./find-by-name.ts";

const byReason = z.array(z.object({ state: z.enum(messageStates), reason: z.string(), count: z.int() }));

const reportSchema = z
  .object({
    campaign: campaignSchema,
    byReason: byReason.describe("States of first legs that carry a reason, the most frequent first."),
    secondLegs: z
      .object({
        counts: countsSchema,
        byReason,
        reached: z
          .object({
            first: z.int(),
            second: z.int().describe("By the second, and not by the first."),
            neither: z.int().describe("Not, or not yet, or without proof."),
            both: z.int().describe("Of `first`: those whom the second reached as well."),
          })
          .describe("Recipients by the leg that reached them; `first`, `second` and `neither` are all of them."),
      })
      .nullable()
      .describe("What followed the first legs; null when nothing does."),
    acceptedPerSecond: z
      .object({ mean: z.number(), peak: z.number() })
      .describe(
        "Messages, not requests. `mean` from the first acceptance to the last; `peak` is the best whole second.",
      ),
    firstAcceptedAt: z.date().nullable(),
    lastAcceptedAt: z.date().nullable(),
    segmentsAccepted: z.int().describe("Billable parts of everything the carrier accepted, second legs included."),
    rejections: z.object({
      total: z.int(),
      duplicates: z.int(),
      byCode: z.array(z.object({ code: z.string(), count: z.int() })),
    }),
    rounds: z.array(
      z.object({ round: z.int(), total: z.int(), counts: z.partialRecord(z.enum(messageStates), z.int()) }),
    ),
    receiptDelayMs: z
      .object({ p50: z.number(), p99: z.number() })
      .nullable()
      .describe("From acceptance to delivery; null when nothing was delivered."),
  })
  .meta({ id: "CampaignReport", description: "How a campaign went." });

/** `GET /v1/campaigns/{campaign}/report` */
export function campaignReportRoute(app: Api, { ledger }: ConsoleDeps): void {
  app.route({
    method: "GET",
    url: "/campaigns/:campaign/report",
    schema: {
      operationId: "reportCampaign",
      tags: ["Campaigns"],
      summary: "How a campaign went",
      description:
        "Reads every row: about a second per million messages. To watch a running campaign, show it instead.",
      params: campaignParams,
      response: { 200: reportSchema, ...problemAnswers("campaign-not-found") },
    },
    async handler(request) {
      const { id } = await findByName(ledger.sql, request.params.campaign);
      const report = await campaignReport(ledger.sql, { campaignId: id });
      if (!report) throw new Problem("campaign-not-found");
      return reportView(report);
    },
  });
}
