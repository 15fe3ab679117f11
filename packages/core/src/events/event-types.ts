import type { InboundEvent } from "../provider/provider.ts";
import type { MessageState } from "../state/message-state.ts";

/**
 * The states whose reaching can be told to the user's own system: what the carrier or an end says of a message. `queued` and
 * `sending` are steps of our own, taken again at every retry.
 */
export const toldStates = [
  "accepted",
  "sent",
  "delivered",
  "displayed",
  "failed",
  "rejected",
  "expired",
  "revoked",
  "cancelled",
  "suppressed",
  "unknown",
] as const satisfies readonly MessageState[];

export type MessageEventType = `message.${(typeof toldStates)[number]}`;

/** `message.accepted`, `message.delivered` …: told where they are asked for. */
export const messageEventTypes: readonly MessageEventType[] = toldStates.map((state) => `message.${state}` as const);

/** What end users do; told wherever anything is. */
export const inboundEvents = ["message", "response", "new-user", "sms-mo"] as const satisfies readonly InboundEvent[];

export type EventType = MessageEventType | `inbound.${InboundEvent}`;

/** Every type of event there is. */
export const eventTypes: readonly EventType[] = [
  ...messageEventTypes,
  ...inboundEvents.map((event) => `inbound.${event}` as const),
];

/** The state that an event of this type tells. */
export function toldStateOf(type: MessageEventType): MessageState {
  return type.slice("message.".length) as MessageState;
}
