import type { CampaignCounts } from "@hikyaku/ledger";

/** A campaign's counters, gathered the way a person asks about them. Every message is in exactly one. */
export interface Progress {
  /** Left to send. */
  queued: number;
  /** At the gateway at this moment. */
  sending: number;
  /** Accepted by the carrier, receipt awaited. */
  underway: number;
  /** Delivered or displayed. */
  delivered: number;
  /** Failed, rejected, expired or revoked. */
  failed: number;
  unknown: number;
  /** Never sent: cancelled or suppressed. */
  stopped: number;
  total: number;
}

export function progressOf(counts: CampaignCounts): Progress {
  return {
    queued: counts.queued,
    sending: counts.sending,
    underway: counts.accepted + counts.sent,
    delivered: counts.delivered + counts.displayed,
    failed: counts.failed + counts.rejected + counts.expired + counts.revoked,
    unknown: counts.unknown,
    stopped: counts.cancelled + counts.suppressed,
    total: counts.total,
  };
}

/** Messages whose sending is over, whatever came of it. */
export function doneCount({ underway, delivered, failed, unknown }: Progress): number {
  return underway + delivered + failed + unknown;
}

/** 0 to 1: how much of what is to be sent is sent. 1 when there is nothing. */
export function doneShare(progress: Progress): number {
  const toSend = progress.total - progress.stopped;
  return toSend === 0 ? 1 : doneCount(progress) / toSend;
}
