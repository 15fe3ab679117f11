import type { SimulatorSettings } from "../options.ts";
import type { AppState, Channel, MessageState } from "./behaviours.ts";
import { degradeToCp932 } from "./cp932.ts";
import type { UserAct } from "./end-user.ts";
import {
  type Answered,
  currentState,
  type FailureReason,
  type Message,
  type NotificationFate,
  shownAt,
} from "./message.ts";
import type { RefusedRequest } from "./message-store.ts";
import type { Phone } from "./phones.ts";
import { isObject, type Json } from "./rcs-content/fields.ts";
import type { Dst, Mode } from "./send-body.ts";
import { countParts } from "./sms-text.ts";

/** One accepted message, as the control API tells it. Times are ISO 8601 of the simulated clock. */
export interface MessageView {
  readonly msgId: string;
  readonly botId: string;
  readonly to: string;
  readonly channel: Channel;
  /** `X-Fallback` of the request. */
  readonly mode: Mode;
  /** Sender of an SMS; empty for a +Message. */
  readonly smsNumber: string;
  readonly dst: Dst;
  /** Of an SMS, or of a +Message that is a text. */
  readonly text: string;
  /** The RCSMessage of a +Message, as it was sent. */
  readonly content?: Json;
  /** Text and content made room for newer ones. */
  readonly isContentForgotten?: true;
  readonly units: number;
  /** Of an SMS; 0 for a +Message. */
  readonly parts: number;
  readonly acceptedAt: string;
  /** How the POST was answered; absent while it is open. */
  readonly answered?: Answered;
  readonly state: MessageState;
  readonly changes: readonly {
    readonly state: MessageState;
    readonly at: string;
    readonly notification: NotificationFate;
    readonly posts: number;
    readonly reason?: FailureReason;
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

/** One message on the handset's screen. */
export interface InboxEntry {
  readonly msgId: string;
  readonly channel: Channel;
  readonly botId: string;
  /** Shown at the top of the screen: the sender number of an SMS, the account of a +Message. */
  readonly from: string;
  readonly text: string;
  /** The RCSMessage of a +Message. */
  readonly content?: Json;
  readonly isContentForgotten?: true;
  readonly parts: number;
  readonly receivedAt: string;
  /** When the user read it; only of a +Message. */
  readonly readAt?: string;
  /** Characters were lost on the way to an au handset. */
  readonly isDegraded: boolean;
  /** The text as it was sent, where characters were lost. */
  readonly original?: string;
}

/** Something the user did with the phone. */
export interface ActView {
  readonly kind: UserAct["kind"];
  readonly channel: Channel;
  readonly at: string;
  readonly botId: string;
  /** Number an SMS was written to. */
  readonly smsNumber?: string;
  readonly msgId: string;
  readonly text: string;
  readonly content?: Json;
  /** The message whose button was tapped. */
  readonly inReplyTo?: string;
  readonly notification: NotificationFate;
}

export interface PhoneView {
  readonly number: string;
  readonly carrier: Phone["carrier"];
  readonly app: AppState;
  readonly behaviour?: string;
  readonly does: string;
  readonly power: string;
  readonly read: number | "never" | "default";
  readonly blocked: boolean;
  /** botIds of the official accounts the user registered with. */
  readonly registeredWith: readonly string[];
  readonly inbox: readonly InboxEntry[];
  readonly acts: readonly ActView[];
}

type PartSizes = SimulatorSettings["sms"];

export function viewMessage(message: Message, sizes: PartSizes): MessageView {
  const { msgId, account, channel, mode, to, smsNumber, dst, acceptedAt, answered, duplicateOf, deviations } = message;
  const { text, ...content } = readBody(message);
  return {
    msgId,
    botId: account.options.botId,
    to,
    channel,
    mode,
    smsNumber,
    dst,
    text,
    ...content,
    units: text.length,
    parts: channel === "sms" ? countParts(text.length, sizes) : 0,
    acceptedAt: iso(acceptedAt),
    ...(answered === undefined ? {} : { answered }),
    state: currentState(message).state,
    changes: message.changes.map(({ reason, at, ...change }) => ({
      ...change,
      at: iso(at),
      ...(reason === undefined ? {} : { reason }),
    })),
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

export interface PhoneFacts {
  readonly phone: Phone;
  readonly messages: readonly Message[];
  readonly acts: readonly UserAct[];
  readonly registeredWith: readonly string[];
  /** Simulated time. */
  readonly now: number;
}

export function viewPhone({ phone, messages, acts, registeredWith, now }: PhoneFacts, sizes: PartSizes): PhoneView {
  const inbox: { at: number; entry: InboxEntry }[] = [];
  for (const message of messages) {
    const at = shownAt(message);
    if (at !== undefined) inbox.push({ at, entry: viewEntry(message, phone, at, sizes) });
  }
  return {
    number: phone.number,
    carrier: phone.carrier,
    app: phone.app,
    ...(phone.behaviourCode === undefined ? {} : { behaviour: phone.behaviourCode }),
    does: phone.behaviour.does,
    power: viewPower(phone.offUntil, now),
    read: phone.read ?? "default",
    blocked: phone.blocked,
    registeredWith,
    inbox: inbox.sort((a, b) => a.at - b.at).map(({ entry }) => entry),
    acts: acts.map(viewAct),
  };
}

function viewEntry(message: Message, phone: Phone, at: number, sizes: PartSizes): InboxEntry {
  const { channel, msgId, account, smsNumber } = message;
  const { botId } = account.options;
  const { text: sent, ...content } = readBody(message);
  // Protocol notes §5.3: only short texts to au are held to the old character set.
  const isHeldToCp932 = channel === "sms" && phone.carrier === "au" && sent.length <= sizes.single;
  const text = isHeldToCp932 ? degradeToCp932(sent) : sent;
  const isDegraded = text !== sent;
  const readAt = message.changes.find(({ state }) => state === "displayed")?.at;
  return {
    msgId,
    channel,
    botId,
    from: channel === "sms" ? smsNumber : botId,
    text,
    ...content,
    parts: channel === "sms" ? countParts(sent.length, sizes) : 0,
    receivedAt: iso(at),
    ...(readAt === undefined ? {} : { readAt: iso(readAt) }),
    isDegraded,
    ...(isDegraded ? { original: sent } : {}),
  };
}

function viewAct({
  kind,
  channel,
  at,
  account,
  smsNumber,
  msgId,
  text,
  content,
  inReplyTo,
  notification,
}: UserAct): ActView {
  return {
    kind,
    channel,
    at: iso(at),
    botId: account.options.botId,
    ...(smsNumber === "" ? {} : { smsNumber }),
    msgId,
    text,
    ...(content === undefined ? {} : { content }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    notification,
  };
}

function readBody({ channel, body }: Message): {
  readonly text: string;
  readonly content?: Json;
  readonly isContentForgotten?: true;
} {
  if (typeof body === "number") return { text: "", isContentForgotten: true };
  if (channel === "sms") return { text: body };
  const content: unknown = JSON.parse(body);
  if (!isObject(content)) return { text: "" };
  return { text: typeof content.textMessage === "string" ? content.textMessage : "", content };
}

function viewPower(offUntil: number | undefined, now: number): string {
  if (offUntil === undefined || offUntil <= now) return "on";
  return offUntil === Number.POSITIVE_INFINITY ? "off" : iso(offUntil);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
