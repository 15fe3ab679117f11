import type { EventType, MessageState } from "@hikyaku/core";
import type { InboundRow } from "../inbound/inbound-row.ts";

/** `pending`: not yet taken by the user's system. `failed`: given up, until somebody asks for it again. */
export const eventStates = ["pending", "delivered", "failed"] as const;
export type EventState = (typeof eventStates)[number];

/** Something that is told to the user's own system. */
export interface EventRow {
  /** Goes with every attempt, so that repeats are recognised; in the order of what happened. */
  id: string;
  /** `message.delivered`, `inbound.sms-mo` … */
  type: EventType;
  route: string;
  /** Whether it was taken. */
  state: EventState;
  /** When what it tells happened. */
  at: Date;
  /** When its next attempt is due; null when it is over. */
  dueAt: Date | null;
  lastAttemptAt: Date | null;
  deliveredAt: Date | null;
  failedAt: Date | null;
  askedAt: Date;
  messageId: string | null;
  campaignId: string | null;
  inboundId: string | null;
  /** Since it began, or since a person asked for it again. */
  attempts: number;
  /** What the newest attempt was answered, and what was wrong with it. */
  httpStatus: number | null;
  error: string | null;
  /** For `message.…`: the state of the message that it tells. */
  messageState: MessageState | null;
  recipient: string | null;
  reason: string | null;
}

/** … with what its body says beside. */
export interface EventFacts extends EventRow {
  campaignKey: string | null;
  idempotencyKey: string | null;
  channel: string | null;
  inbound: InboundRow | null;
}
