import type { MessageState } from "./behaviours.ts";
import type { FailureReason } from "./message.ts";

/**
 * What the gateway writes about +Message. The guide does not show it: `gsma` is the chatbot API it is built on (protocol
 * notes §4.4, §9, §13.3); the others say the same in other keys and nesting, so that a reader can be shown to be tolerant.
 */
export const rcsShapes = ["gsma", "camel", "flat", "wrapped"] as const;
export type RcsShape = (typeof rcsShapes)[number];
/** `without-event` leaves the kind to be inferred from the rest. */
export const webhookShapes = [...rcsShapes, "without-event"] as const;
export type WebhookShape = (typeof webhookShapes)[number];

export interface RcsResult {
  readonly msgId: string;
  readonly state: MessageState;
  readonly at: number;
  readonly reason?: FailureReason | undefined;
  /** Only in the 202. */
  readonly to?: string;
  /** The word of the knob `rcsDestination`; only in the 202. */
  readonly destination?: string | undefined;
}

/** Body of the 202 to a +Message, and, without `to`, of the answer of the status API. */
export function shapeRcsResult(shape: RcsShape, { msgId, state, at, reason, to, destination }: RcsResult): string {
  const timestamp = new Date(at).toISOString();
  const contact = to === undefined ? {} : { messageContact: { userContact: to } };
  const word = destination === undefined ? {} : { Destination: destination };
  const why = reason === undefined ? {} : { reason };
  switch (shape) {
    case "gsma":
      return JSON.stringify({ RCSMessage: { msgId, status: state, timestamp }, ...why, ...contact, ...word });
    case "camel": {
      const destinationWord = destination === undefined ? {} : { destination: destination.toUpperCase() };
      const rcsMessage = { orderId: msgId, msgId, status: state.toUpperCase(), timestamp };
      return JSON.stringify({ rcsMessage, ...why, ...contact, ...destinationWord });
    }
    case "flat":
      return JSON.stringify({ messageId: msgId, status: state, updatedAt: timestamp, ...why, ...word });
    case "wrapped":
      return JSON.stringify({
        message: { RCSMessage: { msgId, status: state, timestamp }, ...contact },
        ...why,
        ...word,
      });
    default:
      return shape satisfies never;
  }
}

interface EventHead {
  readonly msgId: string;
  readonly from: string;
  readonly at: number;
}

/** The four events of the guide's §2.1. */
export type WebhookEvent = EventHead &
  (
    | { readonly event: "messageStatus"; readonly state: MessageState; readonly reason?: FailureReason | undefined }
    | { readonly event: "message"; readonly content: Readonly<Record<string, unknown>> }
    | { readonly event: "response"; readonly response?: unknown; readonly sharedData?: unknown }
    | { readonly event: "newUser" }
  );

/** Body of a webhook notification (protocol notes §13.3). */
export function shapeWebhook(shape: WebhookShape, told: WebhookEvent): string {
  const { event, msgId } = told;
  const timestamp = new Date(told.at).toISOString();
  const rcs = { msgId, ...ownFields(told), timestamp };
  const messageContact = { userContact: told.from };
  const why = told.event === "messageStatus" && told.reason !== undefined ? { reason: told.reason } : {};
  switch (shape) {
    case "gsma":
      return JSON.stringify({ RCSMessage: rcs, messageContact, event, ...why });
    case "without-event":
      return JSON.stringify({ RCSMessage: rcs, messageContact, ...why });
    case "camel":
      return JSON.stringify({ rcsMessage: rcs, messageContact, event: event.toLowerCase(), ...why });
    case "flat":
      return JSON.stringify({ event, ...rcs, userContact: told.from, ...why });
    case "wrapped":
      return JSON.stringify({ event, message: { RCSMessage: rcs, messageContact }, ...why });
    default:
      return shape satisfies never;
  }
}

function ownFields(told: WebhookEvent): Record<string, unknown> {
  switch (told.event) {
    case "messageStatus":
      return { status: told.state };
    case "message":
      return told.content;
    case "response":
      return {
        ...(told.response === undefined ? {} : { suggestedResponse: { response: told.response } }),
        ...(told.sharedData === undefined ? {} : { sharedData: told.sharedData }),
      };
    case "newUser": {
      const reply = { displayText: "Start Chat", postback: { data: "new_bot_user_initiation" } };
      return { suggestedResponse: { response: { reply } } };
    }
    default:
      return told satisfies never;
  }
}
