import { messageClasses } from "@hikyaku/core";
import type { PreviewRequest } from "@hikyaku/producer";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";
import { campaignFields, rejectionSchema, warningSchema } from "./campaign-fields.ts";

const body = z
  .strictObject({
    ...campaignFields,
    recipients: z
      .array(z.unknown())
      .describe("Objects with `to` and a field for every `#{name}` of the content; or a sample of them."),
  })
  .meta({
    examples: [
      {
        route: "coupon-sms",
        class: "advertising",
        text: "株式会社飛脚堂です。#{name}様に12月のクーポン: https://example.jp/c/#{code} 配信停止: https://example.jp/stop",
        recipients: [
          {
            ...{ to: "090-1234-5678", name: "佐藤", code: "A1" },
            ...{ consent_at: "2026-04-01T09:30:00+09:00", consent_source: "web form" },
          },
        ],
      },
    ],
  });

const preview = z
  .object({
    route: z.string(),
    class: z.enum(messageClasses),
    windows: z
      .array(z.unknown())
      .describe("Local times at which messages would go out: all of these must be open; any time when there are none."),
    variables: z.array(z.string()),
    recipients: z.int().describe("Rows that would become messages, the suppressed ones included."),
    rejected: z.int(),
    duplicates: z.int(),
    suppressed: z.int(),
    segments: z.int().describe("Billable parts of all recipients that are not suppressed."),
    secondLegRoute: z
      .string()
      .nullable()
      .describe("The route of the second leg, see `fallbackAfter`; null without one."),
    secondLegSegments: z.int().describe("Billable parts on top, if everybody needed the second leg."),
    samples: z
      .array(
        z.object({
          line: z.int(),
          to: z.string(),
          text: z.string(),
          secondText: z.string().nullable().describe("The second leg as its recipient would read it."),
          segments: z.int(),
        }),
      )
      .describe("The first three messages as their recipients would read them; the numbers are masked."),
    rejections: z.array(rejectionSchema).describe("The first 100."),
    warnings: z.array(warningSchema),
  })
  .meta({ id: "CampaignPreview", description: "What a campaign would be. Nothing was written." });

/** `POST /v1/campaigns/preview` */
export function previewCampaignRoute(app: Api, { producer }: ConsoleDeps): void {
  app.route({
    method: "POST",
    url: "/campaigns/preview",
    schema: {
      operationId: "previewCampaign",
      tags: ["Campaigns"],
      summary: "See what a campaign would be",
      description: "Checks and renders everything as creating and importing would, and writes nothing.",
      body,
      response: {
        200: preview,
        ...problemAnswers("invalid-content", "unknown-route", "unsupported-route", "body-too-large"),
      },
    },
    async handler(request) {
      const { variables, windows, ...rest } = await producer.previewCampaign(request.body as PreviewRequest);
      return { ...rest, variables: [...variables], windows: [...windows] };
    },
  });
}
