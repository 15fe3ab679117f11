import type { MessageState } from "./behaviours.ts";

/**
 * The guide shows the 202 body only; how results, status answers and replies are spelled is not public (protocol notes
 * §9, §13.4, §13.5). `canonical` mirrors the 202. The others say the same in other words, keys and nesting, so that a
 * reader can be shown to be tolerant.
 */
export const wireShapes = ["canonical", "camel", "flat", "wrapped"] as const;
export type WireShape = (typeof wireShapes)[number];

export interface ResultFields {
  readonly msgId: string;
  readonly state: MessageState;
  readonly at: number;
  /** Absent in the 202 and in status answers, as in the guide's sample. */
  readonly to?: string;
}

export interface ReplyFields {
  readonly msgId: string;
  readonly smsNumber: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

const otherWords: Readonly<Record<MessageState, string>> = {
  pending: "pending",
  sent: "submitted",
  delivered: "success",
  failed: "failure",
  // An SMS is never in these.
  displayed: "displayed",
  revoked: "revoked",
};

/** Body of the 202 (guide, reference pages), of a status answer, and, with `to`, of an SMS result notification. */
export function shapeResult(shape: WireShape, { msgId, state, at, to }: ResultFields): string {
  const timestamp = new Date(at).toISOString();
  const sms = { orderId: msgId, status: state, msgId, timestamp };
  const contact = to === undefined ? {} : { messageContact: { userContact: to } };
  switch (shape) {
    case "canonical":
      return JSON.stringify({ smsmessage: sms, ...contact, Destination: "sms" });
    case "camel":
      return JSON.stringify({ smsMessage: { ...sms, status: state.toUpperCase() }, ...contact, destination: "SMS" });
    case "flat":
      return JSON.stringify({
        messageId: msgId,
        status: otherWords[state],
        updatedAt: timestamp,
        ...(to === undefined ? {} : { phoneNumber: to }),
      });
    case "wrapped":
      return JSON.stringify({ message: { smsmessage: sms, ...contact }, Destination: "sms" });
    default:
      return shape satisfies never;
  }
}

/** Body of an SMS-MO notification. */
export function shapeReply(shape: WireShape, { msgId, smsNumber, from, text, at }: ReplyFields): string {
  const timestamp = new Date(at).toISOString();
  const sms = { msgId, smsNumber, smsText: text, smsTextEnc: encodeReply(text), timestamp };
  const contact = { messageContact: { userContact: from } };
  switch (shape) {
    case "canonical":
      return JSON.stringify({ smsmessage: sms, ...contact, Destination: "sms" });
    case "camel":
      return JSON.stringify({ smsMessage: sms, ...contact, destination: "SMS" });
    case "flat":
      return JSON.stringify({ messageId: msgId, to: smsNumber, from, text, receivedAt: timestamp });
    case "wrapped":
      return JSON.stringify({ message: { smsmessage: sms, ...contact }, Destination: "sms" });
    default:
      return shape satisfies never;
  }
}

function encodeReply(text: string): string {
  const bytes = Buffer.alloc(text.length * 2);
  for (let index = 0; index < text.length; index++) bytes.writeUInt16BE(text.charCodeAt(index), 2 * index);
  return bytes.toString("base64");
}
