import { usageBy, usageDivisions, usageOfMonth } from "@hikyaku/ledger";
import * as z from "zod";
import type { ConsoleDeps } from "../../console-deps.ts";
import { isTimeZone, monthOf, monthPattern } from "../../usage/months.ts";
import type { Api } from "../api.ts";
import { problemAnswers } from "../problem-answers.ts";

const partSchema = z
  .object({
    day: z.string().nullable().describe("`2026-11-30`; null when it is not divided by day."),
    route: z.string(),
    account: z.string().nullable().describe("Under which name the carrier counts the route's messages (KDDI: botId)."),
    channel: z.string().nullable().describe("`sms`, `rcs` …; null when the carrier did not say."),
    campaignId: z.uuid().nullable().describe("Null for single messages, and when it is not divided by campaign."),
    key: z.string().nullable(),
    name: z.string().nullable(),
    messages: z.int(),
    segments: z.int().describe("Billable parts."),
  })
  .meta({ id: "UsagePart", description: "What the carrier accepted in a part of a month." });

const usageSchema = z
  .object({
    month: z.string(),
    timeZone: z.string(),
    by: z.enum(usageDivisions),
    items: z.array(partSchema),
    messages: z.int().describe("In all."),
    segments: z.int(),
  })
  .meta({ id: "Usage", description: "What the carrier accepted in a month." });

/** `GET /v1/usage` */
export function usageRoute(app: Api, { ledger, config }: ConsoleDeps): void {
  app.route({
    method: "GET",
    url: "/usage",
    schema: {
      operationId: "getUsage",
      tags: ["Usage"],
      summary: "What the carrier accepted in a month",
      description:
        "Messages and billable parts, counted from the ledger and exact: also after campaigns were deleted by retention. Reads every message, about a second per million.",
      querystring: z.strictObject({
        month: z
          .string()
          .regex(monthPattern, "must be a month such as 2026-11")
          .optional()
          .describe("Default: the present one."),
        by: z.enum(usageDivisions).default("route").describe("Divided by this; always by route and channel too."),
        route: z.string().optional().describe("Only this one."),
        timeZone: z
          .string()
          .refine(isTimeZone, "must be an IANA time zone such as Asia/Tokyo")
          .optional()
          .describe("Where the month and its days begin and end. Default: `console.timeZone`."),
      }),
      response: { 200: usageSchema, ...problemAnswers() },
    },
    async handler(request) {
      const { by, route, timeZone = config.console.timeZone } = request.query;
      const { month = monthOf(new Date(), timeZone) } = request.query;
      const rows = await usageOfMonth(ledger.sql, { month, timeZone, ...(route === undefined ? {} : { route }) });
      const items = usageBy(by, rows);
      const [messages, segments] = (["messages", "segments"] as const).map((figure) =>
        items.reduce((sum, item) => sum + item[figure], 0),
      );
      return { month, timeZone, by, items, messages: messages ?? 0, segments: segments ?? 0 };
    },
  });
}
