import * as z from "zod";
import { campaignFields } from "../campaigns/campaign-fields.ts";

export const codeParam = z.string().min(1).max(100);
export const codeParams = z.object({ code: codeParam.describe("Of the schedule.") });

const { startAt: _, validUntil: __, ...templateFields } = campaignFields;

const timeFields = {
  description: z.string().max(500).optional().describe("For people."),
  weekdays: z.array(z.int()).optional().describe("1 Monday to 7 Sunday. Default: every day."),
  at: z
    .string()
    .describe(
      "Local time of day, `HH:mm`. A time that the clock skips is due when the clock jumps over it; one that comes twice, the first time.",
    ),
  timeZone: z.string().optional().describe("IANA name. Default `Asia/Tokyo`."),
  from: z.string().describe("The first day, `YYYY-MM-DD`."),
  until: z.string().describe("The last day, at most 6 months later."),
  missed: z
    .string()
    .optional()
    .describe(
      "For a run that nobody could start in time: `skip`, or `run-if-within 1h` (the default): made up for while it is no later. Of several at once only the last is.",
    ),
};

export const newScheduleBody = z
  .strictObject({
    code: codeParam.describe(
      "Your own name for it: letters, digits, `.`, `_`, `-`. Its campaigns have the keys `CODE/2026-12-01`.",
    ),
    ...timeFields,
    ...templateFields,
    name: templateFields.name.describe("Of the campaigns, for people; the day is added. Default: the code."),
  })
  .meta({
    examples: [
      {
        code: "friday-coupon",
        weekdays: [5],
        at: "10:00",
        timeZone: "Asia/Tokyo",
        from: "2026-12-01",
        until: "2027-05-31",
        route: "coupon-sms",
        text: "株式会社飛脚堂です。#{name}様、今週のクーポン: https://example.jp/c/#{code} 配信停止: https://example.jp/stop",
      },
    ],
  });

/** Every field may be left out, and those that have a default may be null. */
export const scheduleChangesBody = z
  .strictObject({
    paused: z.boolean().optional().describe("While true nothing is due; what would have run is not made up for."),
    ...(Object.fromEntries(
      Object.entries({ ...timeFields, ...templateFields }).map(([name, field]) => [name, z.nullable(field).optional()]),
    ) as Record<string, z.ZodOptional<z.ZodNullable<z.ZodType>>>),
  })
  .meta({ examples: [{ at: "11:00" }, { paused: true }, { window: null }] });
