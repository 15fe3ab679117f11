import type { Account } from "./account.ts";
import type { Channel, MessageState } from "./behaviours.ts";
import type { Dst, Mode } from "./send-body.ts";

/** What became of a state's push. `none`: not ordered, or a state that is not pushed. */
export type NotificationFate = "none" | "waiting" | "notified" | "lost";

/** Why a +Message could not be delivered (protocol notes §19.1). */
export interface FailureReason {
  readonly code: number;
  readonly text: string;
}

export interface StateChange {
  readonly state: MessageState;
  /** Simulated time. */
  readonly at: number;
  notification: NotificationFate;
  /** Posts made for it, repeats included. */
  posts: number;
  readonly reason: FailureReason | undefined;
}

/** How a request was answered: an HTTP status, the socket cut by us, or the client gone before its answer. */
export type Answered = number | "closed" | "gone";

/** One accepted message. Kept small: a run may have a million of them. */
export interface Message {
  readonly msgId: string;
  readonly account: Account;
  readonly channel: Channel;
  readonly mode: Mode;
  readonly to: string;
  /** Sender of an SMS; empty for a +Message, whose sender is the official account. */
  readonly smsNumber: string;
  /**
   * The SMS text, or the RCSMessage as JSON: a string of JSON takes a fraction of what its objects take. A number = it was
   * given up for newer ones (option `keep.contentMb`), and only its digest is left, to recognise it by.
   */
  body: string | number;
  readonly dst: Dst;
  readonly acceptedAt: number;
  readonly order: number;
  answered: Answered | undefined;
  readonly changes: StateChange[];
  /** msgId of an earlier accepted message with the same recipient and body. */
  readonly duplicateOf: string | undefined;
  readonly deviations: readonly string[];
}

export type MessageStart = Omit<Message, "answered" | "changes">;

const noDeviations: readonly string[] = [];

export function createMessage(start: MessageStart): Message {
  return {
    msgId: start.msgId,
    account: start.account,
    channel: start.channel,
    mode: start.mode,
    to: start.to,
    smsNumber: start.smsNumber,
    body: start.body,
    dst: start.dst,
    acceptedAt: start.acceptedAt,
    order: start.order,
    answered: undefined,
    changes: [],
    duplicateOf: start.duplicateOf,
    deviations: start.deviations.length === 0 ? noDeviations : start.deviations,
  };
}

/** The state the status API tells, and since when. */
export function currentState(message: Message): {
  readonly state: MessageState;
  readonly at: number;
  readonly reason: FailureReason | undefined;
} {
  return message.changes.at(-1) ?? { state: "pending", at: message.acceptedAt, reason: undefined };
}

export function hasState(message: Message, state: MessageState): boolean {
  return message.changes.some((change) => change.state === state);
}

/** When the handset showed it; `undefined` = it never did, so far. Who reads a message has it, told or not. */
export function shownAt(message: Message): number | undefined {
  return message.changes.find(({ state }) => state === "delivered" || state === "displayed")?.at;
}
