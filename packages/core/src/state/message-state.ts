/**
 * The life of one message. The table below is the only place that says which steps exist; the types, the SQL guards of
 * the ledger and the property tests are derived from it or checked against it.
 */
export const messageStates = [
  "queued",
  "sending",
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
] as const;

export type MessageState = (typeof messageStates)[number];

/**
 * Which states a message may move to next.
 *
 * - `failed`, `revoked` and `expired` close a message, yet a later proof of delivery wins over all three, because
 *   carriers do send it late (protocol notes §8.2 rule 3).
 * - `unknown` is left only by a proof (a receipt or a late answer), or by the operator's word. One exception: back to
 *   `sending`, for the holder of the same claim, who knows that it has posted nothing yet (its first commit was answered
 *   too late, and the message was put in doubt meanwhile).
 * - `queued` and `expired` become `accepted` only by the late answer to the message's own newest claim: sent again or closed
 *   while the answer was still under way. A message proven accepted must not be sent again. No receipt goes this way.
 */
export const nextStates = {
  queued: ["sending", "accepted", "cancelled", "suppressed", "expired"],
  sending: ["queued", "accepted", "sent", "delivered", "displayed", "rejected", "failed", "expired", "unknown"],
  accepted: ["sent", "delivered", "displayed", "failed", "expired", "revoked"],
  sent: ["delivered", "displayed", "failed", "expired", "revoked"],
  delivered: ["displayed"],
  displayed: [],
  failed: ["delivered", "displayed"],
  rejected: [],
  expired: ["accepted", "delivered", "displayed", "failed", "revoked"],
  revoked: ["delivered", "displayed"],
  cancelled: [],
  suppressed: [],
  unknown: ["queued", "sending", "accepted", "sent", "delivered", "displayed", "failed", "revoked", "expired"],
} as const satisfies Record<MessageState, readonly MessageState[]>;

/** True when `to` may follow `from`; a state never follows itself. */
export function canMove(from: MessageState, to: MessageState): boolean {
  return (nextStates[from] as readonly MessageState[]).includes(to);
}

/** Every state from which `to` can be reached in one step, in table order: the guard of an UPDATE. */
export function statesBefore(to: MessageState): MessageState[] {
  return messageStates.filter((from) => canMove(from, to));
}

/** States in which the system has nothing left to do for the message, though a late receipt may still correct it. */
export const finalStates = [
  "delivered",
  "displayed",
  "failed",
  "rejected",
  "expired",
  "revoked",
  "cancelled",
  "suppressed",
] as const satisfies readonly MessageState[];

export type FinalState = (typeof finalStates)[number];

/** True when the message has its final answer. `unknown` is not final: it waits for proof or for the operator. */
export function isFinal(state: MessageState): state is FinalState {
  return (finalStates as readonly MessageState[]).includes(state);
}

/** States that a receipt (webhook, result notification or status answer) can report. */
export const receiptStates = [
  "sent",
  "delivered",
  "displayed",
  "failed",
  "revoked",
] as const satisfies readonly MessageState[];

export type ReceiptState = (typeof receiptStates)[number];

/**
 * How far a message has come on the way to its reader. No step that a receipt makes lowers it, so a late or repeated
 * receipt can be told by its rank alone (protocol notes §8.2 rule 1; `accepted` is the carrier's `pending`). The ends without
 * delivery stand between `sent` and `delivered`: they outlive a late `sent`, and a proof of delivery outlives them. Only
 * `expired → accepted` goes down: it takes back what an operator had guessed.
 */
const ranks = {
  queued: 0,
  sending: 0,
  unknown: 0,
  rejected: 0,
  cancelled: 0,
  suppressed: 0,
  accepted: 0,
  sent: 1,
  failed: 1,
  revoked: 1,
  expired: 1,
  delivered: 2,
  displayed: 3,
} as const satisfies Record<MessageState, number>;

/** 0 before the carrier sent it, 1 sent (or closed without proof), 2 delivered, 3 displayed. */
export function rank(state: MessageState): number {
  return ranks[state];
}
