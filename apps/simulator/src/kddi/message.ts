import type { Account } from "./account.ts";
import type { SmsState } from "./behaviours.ts";
import type { Dst, SmsSend } from "./send-body.ts";

/** What became of a state's push. `none`: not ordered, or a state that is not pushed. */
export type NotificationFate = "none" | "waiting" | "notified" | "lost";

export interface StateChange {
  readonly state: SmsState;
  /** Simulated time. */
  readonly at: number;
  notification: NotificationFate;
  /** Posts made for it, repeats included. */
  posts: number;
}

/** How a request was answered: an HTTP status, the socket cut by us, or the client gone before its answer. */
export type Answered = number | "closed" | "gone";

/** One accepted SMS. Kept small: a run may have a hundred thousand of them. */
export interface Message extends SmsSend {
  readonly msgId: string;
  readonly account: Account;
  readonly acceptedAt: number;
  readonly order: number;
  answered: Answered | undefined;
  readonly changes: StateChange[];
  /** msgId of an earlier accepted message with the same recipient and text. */
  readonly duplicateOf: string | undefined;
  readonly deviations: readonly string[];
}

export interface MessageStart extends SmsSend {
  readonly msgId: string;
  readonly account: Account;
  readonly acceptedAt: number;
  readonly order: number;
  readonly duplicateOf: string | undefined;
  readonly deviations: readonly string[];
}

const noDeviations: readonly string[] = [];

export function createMessage(start: MessageStart): Message {
  return {
    msgId: start.msgId,
    account: start.account,
    to: start.to,
    smsNumber: start.smsNumber,
    text: start.text,
    dst: start.dst satisfies Dst,
    acceptedAt: start.acceptedAt,
    order: start.order,
    answered: undefined,
    changes: [],
    duplicateOf: start.duplicateOf,
    deviations: start.deviations.length === 0 ? noDeviations : start.deviations,
  };
}

/** The state the status API tells, and since when. */
export function currentState(message: Message): { readonly state: SmsState; readonly at: number } {
  return message.changes.at(-1) ?? { state: "pending", at: message.acceptedAt };
}

/** When the handset showed it; `undefined` = it never did, so far. */
export function deliveredAt(message: Message): number | undefined {
  return message.changes.find((change) => change.state === "delivered")?.at;
}
