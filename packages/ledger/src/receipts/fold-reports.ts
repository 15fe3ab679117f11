import { canMove, isFinal, type MessageState, type ReceiptState } from "@hikyaku/core";

/** What a carrier says of one message, by notification or by status answer. */
export interface Report {
  /** `pending`: the carrier has it and says no more. */
  state: ReceiptState | "pending";
  /** The event's own time, else that of its arrival. */
  at: Date;
  reason: string | null;
}

/** The part of a message that reports change. */
export interface MessageProgress {
  state: MessageState;
  acceptedAt: Date | null;
  sentAt: Date | null;
  deliveredAt: Date | null;
  displayedAt: Date | null;
  endedAt: Date | null;
  reason: string | null;
}

export interface Folded {
  progress: MessageProgress;
  /** For each report, in the order given: whether it moved the message. One that did not is late or repeated. */
  moved: boolean[];
}

/**
 * Applies reports to a message: lowest rank first, each only along the table of states. So reports that arrive together
 * end as if they had come in order, and those that arrive late or again change nothing (protocol notes §8.2).
 */
export function foldReports(message: MessageProgress, reports: readonly Report[]): Folded {
  const moved = reports.map(() => false);
  const byRank = [...reports.keys()].sort((a, b) => rankOf(reports[a]) - rankOf(reports[b]) || a - b);
  let progress = message;
  for (const index of byRank) {
    const report = reports[index];
    if (!report) continue;
    const to = report.state === "pending" ? "accepted" : report.state;
    if (!canMove(progress.state, to)) continue;
    // What waits again or is over becomes accepted only by the answer to its own attempt, never by a report.
    if (to === "accepted" && progress.state !== "sending" && progress.state !== "unknown") continue;
    progress = applyReport(progress, to, report);
    moved[index] = true;
  }
  return { progress, moved };
}

function applyReport(before: MessageProgress, to: MessageState, { at, reason }: Report): MessageProgress {
  const after = { ...before, state: to, reason };
  // Whatever a carrier reports on, it has accepted.
  after.acceptedAt ??= at;
  if (to === "sent") after.sentAt = at;
  if (to === "delivered") after.deliveredAt = at;
  if (to === "displayed") {
    after.displayedAt = at;
    // Read means delivered, also when that was never reported.
    after.deliveredAt ??= at;
  }
  // A message delivered once has ended then; being read changes nothing about it. A late proof after `failed` does.
  if (isFinal(to) && before.state !== "delivered") after.endedAt = at;
  return after;
}

const ranks = { pending: 0, sent: 1, failed: 2, revoked: 2, delivered: 3, displayed: 4 } as const satisfies Record<
  Report["state"],
  number
>;

function rankOf(report: Report | undefined): number {
  return report ? ranks[report.state] : 0;
}
