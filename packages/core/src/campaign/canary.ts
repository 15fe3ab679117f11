import type { MessageState } from "../state/message-state.ts";

export type CanaryStep =
  /** Hand out this many and no more for now. */
  | { kind: "canary"; size: number }
  | { kind: "wait" }
  /** Proven: hand out everything. */
  | { kind: "go" }
  | { kind: "pause"; reason: string };

export interface CanaryInput {
  counts: Readonly<Record<MessageState, number>> & {
    /** Segments of every message that was ever accepted. */
    segmentsAccepted: number;
  };
  /** Rejected, failed and unknown messages when the operator last resumed the campaign: it gets a new chance. */
  triedBefore: number;
  /** How many messages go first. A smaller campaign is judged by all its messages. */
  canarySize: number;
  /** Whether any message was handed out since the campaign's start or its last rewind. */
  fed: boolean;
  /**
   * Nothing of the campaign is under way, so that waiting longer would wait for nothing: the first ones may all have
   * been suppressed, or wait for a retry.
   */
  idle: boolean;
}

/**
 * A campaign's first messages go alone. Once one of them was accepted, the rest follows; when none of them was, the
 * campaign pauses itself, so that a wrong sender number costs twenty refusals and not three million.
 */
export function canaryStep({ counts, triedBefore, canarySize, fed, idle }: CanaryInput): CanaryStep {
  const accepted = counts.accepted + counts.sent + counts.delivered + counts.displayed + counts.revoked;
  if (accepted > 0 || counts.segmentsAccepted > 0) return { kind: "go" };
  const tried = counts.rejected + counts.failed + counts.unknown - triedBefore;
  const open = counts.queued + counts.sending;
  if (tried > 0 && tried >= Math.min(canarySize, tried + open)) {
    const { rejected, failed, unknown } = counts;
    const reason =
      failed + unknown === 0
        ? `the gateway rejected all of the first ${tried} messages; correct the content or the route, then resume`
        : `none of the first ${tried} messages was accepted (${rejected} rejected, ${failed} failed, ${unknown} unknown)`;
    return { kind: "pause", reason };
  }
  return !fed || idle ? { kind: "canary", size: canarySize } : { kind: "wait" };
}
