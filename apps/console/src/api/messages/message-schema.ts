import { messageStates } from "@hikyaku/core";
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
    idempotencyKey: z.string().nullable(),
    validUntil: moment,
    queuedAt: z.date(),
    sendingAt: moment.describe("When its newest attempt began."),
    acceptedAt: moment,
    sentAt: moment,
    deliveredAt: moment,
    displayedAt: moment,
    endedAt: moment.describe("When it got its final state."),
  })
  .meta({ id: "Message", description: "One recipient of one campaign and round, or a single message." });
