import type { MessageState } from "../state/message-state.ts";

/** What a campaign or single message says about a second leg. JSON-safe, as it stands in the ledger. */
export interface SecondLegPlan {
  /** How long after the first leg's acceptance its recipient may be without it. Milliseconds. */
  afterMs: number;
  /** Whether a first leg nobody knows the outcome of is followed too: its recipient may get both. */
  onUnknown: boolean;
  /** Whether a first leg that the gateway refused is followed, at once. */
  onRejected: boolean;
  /** Name of another route the second leg goes over. Default: that of the first. */
  route?: string;
  /** What it says there. Default: the part of the first leg's content that stands alone. */
  content?: unknown;
  /**
   * Name of the variable that holds the recipient's number for the second leg, where the two routes reach different numbers (KakaoTalk a
   * Korean one, KDDI a Japanese one). Default: the same number.
   */
  recipientIn?: string;
}

/** All that decides about the second leg of a message. */
export interface FirstLeg {
  state: MessageState;
  /** The channel it went by, as far as it is known: by the carrier's word, else by its content. */
  channel: string | null;
  /** Its newest attempt; null when there was none. */
  sendingAt: Date | null;
  acceptedAt: Date | null;
  /** Its own validity or its campaign's, whichever ends first. */
  validUntil: Date | null;
  hasSecondLeg: boolean;
  /**
   * What came of asking the carrier for its status since the deadline: notifications may have been lost. `failed`: the carrier could
   * not be asked. `impossible`: it never will, as the message has no id there.
   */
  asked: "not-yet" | "answered" | "failed" | "impossible";
}

export type SecondLegStep =
  /** As things stand there is no second leg; a later change of the first leg may ask again. */
  | { kind: "none"; why: string }
  /** Too early: decide again then. */
  | { kind: "wait"; until: Date }
  /** Its time has come: ask the carrier for the first leg's status, then decide again. */
  | { kind: "ask" }
  | { kind: "send" };

/** The channel of second legs: whoever got an SMS as their first has had what the second could bring. */
const smsChannel = "sms";

/** A carrier that can't be asked is asked again after so long, at least … */
const askAgainMs = 60_000;
/** … and at most for so long; after that the deadline counts more than the answer that does not come. */
const longestPatienceMs = 3_600_000;

/**
 * Whether the second leg of a message is due. The only place that says so: who merely notices a change of a first leg has it decided
 * here. Three rules stand above all: no second leg after proof of delivery, none where an SMS may have gone out already, none
 * where the outcome of the first is unknown, unless it was asked for.
 */
export function secondLegStep(first: FirstLeg, plan: SecondLegPlan, now: Date): SecondLegStep {
  if (first.hasSecondLeg) return none("it has its second leg");
  if (first.validUntil && first.validUntil <= now) return none("its validity passed");
  switch (first.state) {
    case "queued":
    case "sending":
      return none("nothing came of the first leg yet");
    case "delivered":
    case "displayed":
      return none("the first leg arrived");
    case "cancelled":
    case "suppressed":
      return none("its recipient is not to be messaged");
    case "rejected":
      return plan.onRejected ? { kind: "send" } : none("the gateway refused the first leg");
    case "failed":
    case "revoked":
      // What was given up without ever being accepted went by no channel.
      return first.acceptedAt === null ? { kind: "send" } : (byChannel(first) ?? { kind: "send" });
    case "unknown":
      if (!plan.onUnknown) return none("nobody knows whether the first leg went out");
      return byChannel(first) ?? atDeadline({ ...first, asked: "impossible" }, first.sendingAt, plan, now);
    case "accepted":
    case "sent": {
      if (first.channel !== null) return byChannel(first) ?? atDeadline(first, first.acceptedAt, plan, now);
      // The answer at the deadline may name the channel; without one nothing is sent.
      const step = atDeadline(first, first.acceptedAt, plan, now);
      return step.kind === "send" ? (byChannel(first) ?? step) : step;
    }
    case "expired":
      if (first.acceptedAt === null)
        return none("the first leg was not sent in its time, or was closed by the operator");
      // The carrier no longer knows it.
      return byChannel(first) ?? atDeadline({ ...first, asked: "impossible" }, first.acceptedAt, plan, now);
    default:
      return first.state satisfies never;
  }
}

/** Null when the channel is known to be another one than that of the second leg. */
function byChannel({ channel }: FirstLeg): SecondLegStep | null {
  if (channel === null)
    return none("the carrier did not say which channel the first leg took; it may have been an SMS");
  return channel === smsChannel ? none("the first leg was an SMS already") : null;
}

function atDeadline(first: FirstLeg, from: Date | null, plan: SecondLegPlan, now: Date): SecondLegStep {
  const deadline = (from?.getTime() ?? now.getTime()) + plan.afterMs;
  if (now.getTime() < deadline) return { kind: "wait", until: new Date(deadline) };
  switch (first.asked) {
    case "not-yet":
      return { kind: "ask" };
    case "answered":
    case "impossible":
      return { kind: "send" };
    case "failed": {
      // Someone who waits two minutes for a code is not kept for an hour by a status call that fails.
      const giveUpAt = deadline + Math.min(plan.afterMs, longestPatienceMs);
      if (now.getTime() >= giveUpAt) return { kind: "send" };
      return { kind: "wait", until: new Date(Math.min(now.getTime() + askAgainMs, giveUpAt)) };
    }
    default:
      return first.asked satisfies never;
  }
}

function none(why: string): SecondLegStep {
  return { kind: "none", why };
}
