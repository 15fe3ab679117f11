import { campaignStates } from "@hikyaku/core";
import { listCampaigns } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { pageOf, pageQuery, pageSchema, readCursor } from "../cursor.ts";
import { problemAnswers } from "../problem-answers.ts";
import { campaignSchema } from "./campaign-schema.ts";
import { campaignParams, showCampaign } from "./find-by-name.ts";

const position = z.strictObject({ before: z.uuid() });

/** `GET /v1/campaigns` and `GET /v1/campaigns/{campaign}` */
export function listCampaignsRoute(app: Api, { ledger }: ConsoleDeps): void {
  app.route({
    method: "GET",
    url: "/campaigns",
    schema: {
      operationId: "listCampaigns",
      tags: ["Campaigns"],
      summary: "List campaigns",
      description: "Newest first, with their counters.",
      querystring: z.strictObject({ state: z.enum(campaignStates).optional(), ...pageQuery }),
      response: {
        200: pageSchema(campaignSchema).describe("A page of campaigns."),
        ...problemAnswers("invalid-cursor"),
      },
    },
    async handler(request) {
      const { state, limit, cursor } = request.query;
      const from = readCursor(position, cursor);
      const rows = await listCampaigns(ledger.sql, { limit: limit + 1, ...from, ...(state ? { state } : {}) });
      return pageOf(rows, {
        limit,
        position: ({ id }) => ({ before: id }),
        view: (row) => campaignView(row, row),
      });
    },
  });

  app.route({
    method: "GET",
    url: "/campaigns/:campaign",
    schema: {
      operationId: "showCampaign",
      tags: ["Campaigns"],
      summary: "Show a campaign",
      description: "Its settings, state and counters. Cheap at any size: made to be asked for again and again.",
      params: campaignParams,
      response: { 200: campaignSchema, ...problemAnswers("campaign-not-found") },
    },
    async handler(request) {
      return (await showCampaign(ledger.sql, request.params.campaign)).view;
    },
  });
}
