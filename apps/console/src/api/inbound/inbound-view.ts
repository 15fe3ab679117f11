import { inboundEvents } from "@hikyaku/core";
import { type InboundRow, linkWays } from "@hikyaku/ledger";
import * as z from "zod";

export const inboundSchema = z
  .object({
    id: z.uuid(),
    event: z
      .enum(inboundEvents)
      .describe(
        "`message` and `sms-mo`: wrote or sent something; `response`: tapped a button; `new-user`: registered.",
      ),
    route: z.string(),
    recipient: z.string().nullable().describe("Who did it: the number in the carrier's form."),
    at: z.date().describe("The event's own time, else that of its arrival."),
    receivedAt: z.date(),
    text: z.string().nullable().describe("What the user wrote; for a tap the button's label."),
    displayText: z.string().nullable().describe("The label of the button that was tapped."),
    postbackData: z.string().nullable().describe("The data of that button."),
    button: z.string().nullable().describe("Which of the content's buttons it was, where its data says so."),
    smsNumber: z.string().nullable().describe("The number the user wrote to, as it came."),
    userMessageId: z.string().nullable().describe("The carrier's id of the user's own message."),
    attachment: z.record(z.string(), z.unknown()).nullable().describe("A file, an audio message or a place."),
    deviceSpecifics: z.record(z.string(), z.union([z.string(), z.number()])).nullable(),
    messageId: z.uuid().nullable().describe("The message it answers; null where that is not known."),
    campaignId: z.uuid().nullable(),
    linkedBy: z
      .enum(linkWays)
      .nullable()
      .describe("How that message was found: surest first, `reference`, `carrier-id`, `number`, `time`."),
    wordKind: z.enum(["opt-out", "opt-in"]).nullable().describe("What a configured word in it asks for."),
    word: z.string().nullable(),
  })
  .meta({ id: "Inbound", description: "Something an end user did: a reply, a tap, a registration." });

export type InboundView = z.output<typeof inboundSchema>;

export function inboundView(row: InboundRow): InboundView {
  return {
    ...row,
    attachment: row.attachment as Record<string, unknown> | null,
    deviceSpecifics: row.deviceSpecifics && { ...row.deviceSpecifics },
  };
}
