import type { AttemptOutcome, HoldCause } from "./attempt-outcome.ts";
import { type RouteEffect, routeEffectOf } from "./outcome-policy.ts";

/** Failures of one kind that came in a row on a route, as one process sees them. */
export interface FailureStreak {
  /** What they had in common; null when the last attempt was none of them. */
  effect: Extract<RouteEffect, { kind: "hold-after" }> | null;
  count: number;
  /** The messages counted so far, where only different ones count. */
  messageIds: readonly string[];
}

export const noFailures: FailureStreak = { effect: null, count: 0, messageIds: [] };

/**
 * Counts one more outcome, and says when it is time to hold the route: at once for `held`, after the number of the outcome
 * table for repeated failures. Any other outcome ends the streak, and so does the hold itself.
 */
export function noteOutcome(
  streak: FailureStreak,
  messageId: string,
  outcome: AttemptOutcome,
): { streak: FailureStreak; hold: HoldCause | null } {
  const effect = routeEffectOf(outcome);
  if (effect.kind === "hold") return { streak: noFailures, hold: effect.cause };
  if (effect.kind !== "hold-after") return { streak: noFailures, hold: null };
  const before = streak.effect === effect ? streak : noFailures;
  if (effect.of === "messages" && before.messageIds.includes(messageId)) return { streak: before, hold: null };
  const count = before.count + 1;
  if (count >= effect.inARow) return { streak: noFailures, hold: effect.cause };
  return { streak: { effect, count, messageIds: [...before.messageIds, messageId] }, hold: null };
}
