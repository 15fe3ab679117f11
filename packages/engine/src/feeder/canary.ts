import type { CampaignCounts } from "@hikyaku/ledger";

export type CanaryStep =
  | { kind: "canary"; size: number }
  | { kind: "wait" }
  | { kind: "go" }
  | { kind: "pause"; reason: string };

/**
 * A campaign's first messages go alone. Once one of them was accepted, the rest follows; when all of them were refused,
 * the campaign pauses itself, so that a wrong sender number costs twenty refusals and not three million.
 *
 * `triedBefore` is what had been tried when the operator last resumed it: a resumed campaign gets a new chance.
 * `idle`: nothing of the campaign is under way, so that waiting longer would wait for nothing (the first ones may all
 * have been suppressed or be waiting for a retry).
 */
export function canaryStep(input: {
  counts: CampaignCounts;
  triedBefore: number;
  canarySize: number;
  fed: boolean;
  idle: boolean;
}): CanaryStep {
  const { counts } = input;
  const everAccepted =
    counts.accepted + counts.sent + counts.delivered + counts.displayed + counts.revoked > 0 ||
    counts.segmentsAccepted > 0;
  if (everAccepted) return { kind: "go" };
  const tried = counts.rejected + counts.failed + counts.unknown - input.triedBefore;
  const open = counts.queued + counts.sending;
  if (tried > 0 && tried >= Math.min(input.canarySize, tried + open)) {
    if (counts.failed + counts.unknown === 0) {
      return {
        kind: "pause",
        reason: `the gateway rejected all of the first ${tried} messages; correct the content or the route, then resume`,
      };
    }
    return {
      kind: "pause",
      reason: `none of the first ${tried} messages was accepted (${counts.rejected} rejected, ${counts.failed} failed, ${counts.unknown} unknown)`,
    };
  }
  if (!input.fed || input.idle) return { kind: "canary", size: input.canarySize };
  return { kind: "wait" };
}
