import { messageClasses, messageStates } from "@hikyaku/core";
import * as z from "zod";

const moment = z.date().nullable();

export const messageSchema = z
  .object({
    id: z.uuid(),
    campaignId: z.uuid().nullable().describe("Null for a single message."),
    route: z.string(),
    to: z.string().describe("The number in the carrier's form."),
    state: z.enum(messageStates),
    reason: z.string().nullable().describe("Why it is in its state, where that needs saying."),
    segments: z.int().describe("Billable parts."),
    attempts: z.int(),
    line: z.int().nullable().describe("Which recipient of the list."),
    round: z.int(),
    channel: z.string().nullable().describe("The channel the carrier says it used."),
    providerMessageId: z.string().nullable().describe("The carrier's id of it."),
    providerRequestId: z.string().nullable().describe("The carrier's id of the request it went out in."),
    idempotencyKey: z.string().nullable(),
    class: z.enum(messageClasses).nullable().describe("Of a single message; a campaign's stands on the campaign."),
    consentAt: moment.describe("When its recipient agreed to advertising, as far as that is recorded."),
    consentSource: z.string().nullable().describe("How."),
    validUntil: moment,
    queuedAt: z.date(),
    sendingAt: moment.describe("When its newest attempt began."),
    acceptedAt: moment,
    sentAt: moment,
    deliveredAt: moment,
    displayedAt: moment,
    endedAt: moment.describe("When it got its final state."),
    leg: z.int().describe("1, or 2 for what followed a first leg that did not arrive."),
    firstLegId: z.uuid().nullable().describe("Of a second leg: the message it follows."),
    fallbackAfterMs: z.int().nullable().describe("Of a first leg: how long after acceptance a second may follow."),
    fallbackAt: moment.describe(
      "When it is decided whether a second leg follows; null when that is settled, or at once.",
    ),
  })
  .meta({ id: "Message", description: "One leg to one recipient of one campaign and round, or of a single message." });
