import type { SimulatorSettings } from "../options.ts";
import type { SmsState } from "./behaviours.ts";
import { degradeToCp932 } from "./cp932.ts";
import { type Answered, currentState, deliveredAt, type Message, type NotificationFate } from "./message.ts";
import type { RefusedRequest } from "./message-store.ts";
import type { Phone } from "./phones.ts";
import type { Dst } from "./send-body.ts";
import { countParts } from "./sms-text.ts";

/** One accepted message, as the control API tells it. Times are ISO 8601 of the simulated clock. */
export interface MessageView {
  readonly msgId: string;
  readonly botId: string;
  readonly to: string;
  readonly smsNumber: string;
  readonly dst: Dst;
  readonly text: string;
  readonly units: number;
  readonly parts: number;
  readonly acceptedAt: string;
  /** How the POST was answered; absent while it is open. */
  readonly answered?: Answered;
  readonly state: SmsState;
  readonly changes: readonly {
    readonly state: SmsState;
    readonly at: string;
    readonly notification: NotificationFate;
    readonly posts: number;
  }[];
  readonly duplicateOf?: string;
  readonly deviations: readonly string[];
}

/** One request that named a recipient, accepted or not. */
export interface RequestView {
  readonly at: string;
  readonly botId: string;
  readonly answered: Answered | undefined;
  /** Present when it was accepted. */
  readonly msgId?: string;
  /** Present when it was not. */
  readonly why?: string;
}

/** One SMS on the handset's screen. */
export interface InboxEntry {
  readonly msgId: string;
  /** Shown at the top of the screen. */
  readonly from: string;
  readonly text: string;
  readonly parts: number;
  readonly receivedAt: string;
  /** Characters were lost on the way to an au handset. */
  readonly isDegraded: boolean;
}

export interface PhoneView {
  readonly number: string;
  readonly carrier: Phone["carrier"];
  readonly behaviour?: string;
  readonly does: string;
  readonly power: string;
  readonly blocked: boolean;
  readonly inbox: readonly InboxEntry[];
}

type PartSizes = SimulatorSettings["sms"];

export function viewMessage(message: Message, sizes: PartSizes): MessageView {
  const { msgId, account, to, smsNumber, dst, text, acceptedAt, answered, duplicateOf, deviations } = message;
  return {
    msgId,
    botId: account.options.botId,
    to,
    smsNumber,
    dst,
    text,
    units: text.length,
    parts: countParts(text.length, sizes),
    acceptedAt: iso(acceptedAt),
    ...(answered === undefined ? {} : { answered }),
    state: currentState(message).state,
    changes: message.changes.map((change) => ({ ...change, at: iso(change.at) })),
    ...(duplicateOf === undefined ? {} : { duplicateOf }),
    deviations,
  };
}

/** Every request that named the recipient, in the order of time. */
export function viewRequests(accepted: readonly Message[], refused: readonly RefusedRequest[]): readonly RequestView[] {
  const requests = [
    ...accepted.map(({ acceptedAt: at, order, account, answered, msgId }) => ({
      order,
      view: { at: iso(at), botId: account.options.botId, answered, msgId },
    })),
    ...refused.map(({ at, order, botId, answered, why }) => ({ order, view: { at: iso(at), botId, answered, why } })),
  ];
  return requests.sort((a, b) => a.order - b.order).map(({ view }) => view);
}

export function viewPhone(phone: Phone, messages: readonly Message[], sizes: PartSizes): PhoneView {
  const inbox: { at: number; entry: InboxEntry }[] = [];
  for (const message of messages) {
    const at = deliveredAt(message);
    if (at === undefined) continue;
    // Protocol notes §5.3: only short texts to au are held to the old character set.
    const isHeldToCp932 = phone.carrier === "au" && message.text.length <= sizes.single;
    const text = isHeldToCp932 ? degradeToCp932(message.text) : message.text;
    inbox.push({
      at,
      entry: {
        msgId: message.msgId,
        from: message.smsNumber,
        text,
        parts: countParts(message.text.length, sizes),
        receivedAt: iso(at),
        isDegraded: text !== message.text,
      },
    });
  }
  return {
    number: phone.number,
    carrier: phone.carrier,
    ...(phone.behaviourCode === undefined ? {} : { behaviour: phone.behaviourCode }),
    does: phone.behaviour.does,
    power: viewPower(phone.offUntil),
    blocked: phone.blocked,
    inbox: inbox.sort((a, b) => a.at - b.at).map(({ entry }) => entry),
  };
}

function viewPower(offUntil: number | undefined): string {
  if (offUntil === undefined) return "on";
  return offUntil === Number.POSITIVE_INFINITY ? "off" : iso(offUntil);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
