import { type EventType, eventTypes, messageStates } from "@hikyaku/core";
import { type EventRow, eventStates } from "@hikyaku/ledger";
import * as z from "zod";
import { openEnum } from "../open-enum.ts";

const moment = z.date().nullable();

export const eventSchema = z
  .object({
    id: z.uuid().describe("The header `webhook-id`: the same for every attempt."),
    type: openEnum(eventTypes as readonly [EventType, ...EventType[]]),
    route: z.string(),
    state: z.enum(eventStates).describe("`failed`: given up, until it is told again by hand."),
    at: z.date().describe("When what it tells happened."),
    dueAt: moment.describe("When its next attempt is due; null when it is over."),
    lastAttemptAt: moment,
    deliveredAt: moment.describe("When your system took it."),
    failedAt: moment,
    attempts: z.int().describe("Since its beginning, or since it was told again by hand."),
    httpStatus: z.int().nullable().describe("What the newest attempt was answered."),
    error: z.string().nullable().describe("What was wrong with it."),
    recipient: z.string().nullable(),
    messageId: z.uuid().nullable(),
    campaignId: z.uuid().nullable(),
    inboundId: z.uuid().nullable(),
    messageState: z.enum(messageStates).nullable().describe("For `message.…`: the state it tells."),
  })
  .meta({ id: "Event", description: "Something that is told to your own system." });

export type EventView = z.output<typeof eventSchema>;

export function eventView(row: EventRow): EventView {
  const { askedAt: _, reason: __, ...view } = row;
  return view;
}
