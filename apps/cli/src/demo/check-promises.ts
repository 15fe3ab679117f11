import type { MessageState } from "@hikyaku/core";
import { count } from "../output/format.ts";

/** What the ledger says of one message. */
export interface LedgerSide {
  recipient: string;
  state: MessageState;
  isAccepted: boolean;
}

/** What the simulator's own log says of one accepted message. */
export interface GatewaySide {
  to: string;
  state: "pending" | "sent" | "delivered" | "displayed" | "failed" | "revoked";
  /** No notification of its final state ever reached us. */
  isSilent: boolean;
}

export interface PromiseInput {
  ledger: Iterable<LedgerSide>;
  gateway: readonly GatewaySide[];
  duplicates: number;
  /** Requests the gateway counted over its limits. */
  overLimits: number;
  /** How results are learnt: by notifications, which may be lost, or only by asking. Default by notifications. */
  learns?: "by-notification" | "by-asking";
}

export interface Verdict {
  isKept: boolean;
  /** A broken one fails the demo; the others are told. */
  isPromise: boolean;
  what: string;
  detail: string;
}

export interface UnknownOutcome {
  recipient: string;
  /** What the gateway knows and we can't: whether it had taken the message. */
  isTaken: boolean;
}

/** Compares the ledger with the log of the gateway, message by message. */
export function checkPromises({ ledger, gateway, duplicates, overLimits, learns = "by-notification" }: PromiseInput): {
  verdicts: Verdict[];
  unknowns: UnknownOutcome[];
} {
  const taken = new Map(gateway.map((message) => [message.to, message]));
  const seen = { messages: 0, accepted: 0, open: 0, lost: 0, invented: 0, differing: 0, byStatus: 0, silent: 0 };
  const unknowns: UnknownOutcome[] = [];
  for (const { recipient, state, isAccepted } of ledger) {
    seen.messages += 1;
    const there = taken.get(recipient);
    if (isAccepted) seen.accepted += 1;
    if (state === "unknown") unknowns.push({ recipient, isTaken: there !== undefined });
    if (openStates.has(state)) seen.open += 1;
    // Said to be with the carrier, and the carrier has never heard of it.
    if (isAccepted && there === undefined) seen.lost += 1;
    // Said never to have gone out, and the carrier has it.
    if (!isAccepted && there !== undefined && state !== "unknown") seen.invented += 1;
    if (there !== undefined && isAccepted && isDifferent(state, there.state)) seen.differing += 1;
    if (there?.isSilent) {
      seen.silent += 1;
      if (state === there.state) seen.byStatus += 1;
    }
  }
  const verdicts: Verdict[] = [
    promise(
      duplicates === 0,
      "nobody got a message twice",
      `${count(duplicates)} duplicates among ${count(gateway.length)} messages in the gateway's log`,
    ),
    promise(
      seen.lost + seen.invented === 0,
      "ledger and gateway agree on what went out",
      seen.lost + seen.invented === 0
        ? `${count(seen.accepted)} accepted messages, each in the gateway's log`
        : `${seen.lost} accepted here and unknown there, ${seen.invented} there and not accepted here`,
    ),
    promise(
      seen.open + seen.differing === 0,
      "every message has its final answer",
      seen.open + seen.differing === 0
        ? `${count(seen.messages - unknowns.length)} of ${count(seen.messages)}${unknowns.length > 0 ? `; the other ${unknowns.length} are unknown, see below` : ""}`
        : `${seen.open} without one, ${seen.differing} other than in the gateway's log`,
    ),
    ...(learns === "by-asking" ? [] : [lostNotifications(seen)]),
    {
      isKept: overLimits === 0,
      isPromise: false,
      what: "the gateway's limits are kept",
      detail: `${overLimits} requests over TPS or concurrency`,
    },
  ];
  return { verdicts, unknowns };
}

function lostNotifications({ silent, byStatus }: { silent: number; byStatus: number }): Verdict {
  return promise(
    byStatus === silent,
    "lost notifications are made up for",
    `${silent} results never came; ${byStatus} of them learnt from the status API`,
  );
}

const openStates: ReadonlySet<MessageState> = new Set(["queued", "sending", "accepted", "sent"]);

/** Final states that only the carrier can name. */
const carrierStates: ReadonlySet<MessageState> = new Set(["delivered", "displayed", "failed", "revoked"]);

/** A late delivery wins over an earlier failure on both sides, so final states must be the same. */
function isDifferent(state: MessageState, there: GatewaySide["state"]): boolean {
  return carrierStates.has(state) && state !== there;
}

function promise(isKept: boolean, what: string, detail: string): Verdict {
  return { isKept, isPromise: true, what, detail };
}
