import type { AttemptOutcome } from "../outcome/attempt-outcome.ts";

export interface SelfPauseInput {
  /** Outcomes of the campaign's attempts from its first on, oldest first. */
  firstOutcomes: readonly { kind: AttemptOutcome["kind"]; reason?: string }[];
  /** Messages of the campaign. */
  campaignSize: number;
  /** How many must all be rejected. Default 20; a smaller campaign is judged by all its messages. */
  sampleSize?: number;
}

export type SelfPause = { pause: false } | { pause: true; reason: string };

/**
 * Whether a campaign should stop itself: its first messages were rejected, every one, so the content or the route's settings
 * are wrong and the rest would go the same way. Attempts that decide nothing (retry, throttled, held) are passed over; a
 * single accepted or unknown one clears the campaign for good.
 */
export function shouldPause({ firstOutcomes, campaignSize, sampleSize = 20 }: SelfPauseInput): SelfPause {
  const needed = Math.max(1, Math.min(sampleSize, campaignSize));
  const decided = firstOutcomes.filter(({ kind }) => kind === "rejected" || kind === "accepted" || kind === "unknown");
  const first = decided.slice(0, needed);
  if (first.length < needed || first.some(({ kind }) => kind !== "rejected")) return { pause: false };
  const [reason, count] = mostCommon(first.map((outcome) => outcome.reason ?? "no reason given"));
  const which = needed === 1 ? "The first message was" : `The first ${needed} messages were all`;
  const quoted =
    count === needed ? `the gateway says: ${reason}` : `the gateway mostly says (${count} of ${needed}): ${reason}`;
  return { pause: true, reason: `${which} rejected; ${quoted}` };
}

/** The one that comes most often; among equals the one that came first. */
function mostCommon(reasons: readonly string[]): [reason: string, count: number] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  let best: [string, number] = ["", 0];
  for (const entry of counts) if (entry[1] > best[1]) best = entry;
  return best;
}
