import { messageClasses, overridableRules } from "@hikyaku/core";
import * as z from "zod";

/** What follows a message that does not arrive; the same for a campaign and a single message. */
export const fallbackFields = {
  fallbackAfter: z
    .string()
    .optional()
    .describe(
      "Who has not got the message so long after its acceptance, e.g. `4h`, gets the SMS of the content; whoever it failed for gets it at once. Needs a content with a +Message and an SMS part.",
    ),
  fallbackOnUnknown: z
    .boolean()
    .optional()
    .describe("Also where nobody knows whether it went out: some may then get both. Default false."),
  fallbackOnRejected: z
    .boolean()
    .optional()
    .describe("Also where the gateway refused it, at once. Default false: mostly it is the content that is wrong."),
  fallbackRoute: z
    .string()
    .optional()
    .describe("Another route it goes over, e.g. an SMS route behind AlimTalk. Default: the same route."),
  fallbackText: z.string().optional().describe("Short form of `fallbackContent: { text }`."),
  fallbackContent: z
    .record(z.string(), z.unknown())
    .optional()
    .describe(
      "What it says there, as that route's carrier takes it. Default: the part of the content that stands alone.",
    ),
  fallbackTo: z
    .string()
    .optional()
    .describe("Field of the recipients with the number for it, where the routes reach different numbers."),
};

/** What campaigns and single messages say of their class. */
export const overridesField = z
  .array(
    z.strictObject({
      rule: z
        .enum(overridableRules)
        .describe(
          "`window`: the delivery window of the class; `sender-name`, `refusal-way`: what an advertising text must hold; `consent`: a recorded consent, where the route requires it.",
        ),
      reason: z.string().min(1).max(200).describe("Why; it is kept."),
    }),
  )
  .optional();

/** A rule that was set aside, in answers. */
export const recordedOverrideSchema = z.object({
  rule: z.enum(overridableRules),
  reason: z.string(),
  by: z.string().describe("Who asked, e.g. `api-key:shop`."),
  at: z.string().describe("When, ISO 8601."),
});

/** What a caller says of a campaign. Their meaning, and whether they fit the route, is the producer's to check. */
export const campaignFields = {
  route: z.string().min(1).max(200).describe("Name of a route; `GET /v1/routes` lists them."),
  name: z.string().min(1).max(200).optional().describe("For people. Default: the key."),
  text: z
    .string()
    .optional()
    .describe("Short form of `content: { text }`. Every `#{name}` is a field of the recipients."),
  content: z.record(z.string(), z.unknown()).optional().describe("What the route's carrier takes; in place of `text`."),
  priority: z
    .int()
    .min(1)
    .max(10)
    .optional()
    .describe(
      "1 to 10: its share where several campaigns of a route run; one of 10 gets ten messages where one of 1 gets one. Default 5.",
    ),
  class: z
    .enum(messageClasses)
    .optional()
    .describe(
      "What it is for: decides when messages may go out and what an advertising text must hold. Default: the route's, which is `advertising` unless the operator has set another.",
    ),
  overrides: overridesField.describe(
    "Rules of the class set aside for this campaign, each with its reason. `window` alone drops the delivery window; with `window` given it may be wider than the class's.",
  ),
  window: z
    .unknown()
    .optional()
    .describe(
      'Local times at which messages may go out: `"09:00-20:00 Asia/Tokyo"`, or an object with `from`, `to`, `timeZone`, `weekdays` (1 Monday to 7 Sunday). It must lie within the window of the class. Default: that window.',
    ),
  startAt: z.iso
    .datetime({ offset: true, error: "must be ISO 8601 with offset, e.g. 2026-12-01T10:00:00+09:00" })
    .optional()
    .describe("When to start, once it is imported. Default: when it is told to."),
  validUntil: z.iso
    .datetime({ offset: true, error: "must be ISO 8601 with offset, e.g. 2026-12-01T10:00:00+09:00" })
    .optional()
    .describe("Messages not sent by then expire."),
  validFor: z.string().optional().describe("The same as a length of time from the start, e.g. `2h`."),
  onUnknown: z
    .enum(["hold", "resend"])
    .optional()
    .describe(
      "When nobody can know whether a message went out: `hold` it for the operator, or `resend` it, which some may then get twice. Default: the route's policy (`unknown.policy` of the configuration).",
    ),
  ...fallbackFields,
};

export const warningSchema = z
  .object({
    code: z.string(),
    message: z.string(),
    rows: z.int().describe("How many rows have it; 0 when it is about the content itself."),
    firstLine: z.int().nullable(),
  })
  .meta({
    id: "Warning",
    description: "A fault that does not keep anybody from being messaged, told once for all rows.",
  });

export const rejectionSchema = z
  .object({
    line: z.int().describe("Which recipient of the list, 1 for the first."),
    code: z.string().describe("Countable, e.g. `not-mobile`, `missing-value`, `duplicate`."),
    reason: z.string().describe("What is wrong, and the mend."),
  })
  .meta({ id: "Rejection", description: "A recipient of the list who does not become a message." });
