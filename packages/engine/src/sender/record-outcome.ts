import {
  type AttemptOutcome,
  afterAttempt,
  type BackoffCause,
  type BackoffPlan,
  type ProviderRules,
} from "@hikyaku/core";
import type { ClaimedMessage, RecordedResult } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { Recorder } from "./recorder.ts";

export interface RecordDeps {
  readonly route: string;
  readonly rules: ProviderRules;
  readonly recorder: Recorder;
  readonly retry: { readonly maxAttempts: number; readonly plans: Readonly<Record<BackoffCause, BackoffPlan>> };
  /** Time from accepted to the first status check. */
  readonly receiptGraceMs: number;
  readonly random: () => number;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * Decides what an attempt's outcome means for its message (core's `afterAttempt`) and hands it to the recorder; resolves
 * when it is written. `dueInMs` overrides the wait of a message that goes back to be queued.
 */
export function recordOutcome(
  deps: RecordDeps,
  message: ClaimedMessage,
  token: string,
  outcome: AttemptOutcome,
  { probe = false, dueInMs, reservedAt = null }: { probe?: boolean; dueInMs?: number; reservedAt?: Date | null } = {},
): Promise<void> {
  deps.metrics.attempts.inc({ route: deps.route, outcome: outcome.kind });
  const next = afterAttempt({
    outcome,
    attempt: message.attempt,
    // A probe asks about the route; what it meets does not count against the message that lends itself to it.
    maxAttempts: probe ? Number.POSITIVE_INFINITY : deps.retry.maxAttempts,
    plans: deps.retry.plans,
    random: deps.random,
    now: deps.now(),
    validUntil: message.validUntil,
  });
  const result: RecordedResult = { id: message.id, claim: token, ...next };
  if (probe && next.to === "queued") result.useAttempt = false;
  if (dueInMs !== undefined && next.to === "queued") result.dueInMs = dueInMs;
  if ("httpStatus" in outcome) result.httpStatus = outcome.httpStatus ?? null;
  if ("sendMode" in outcome) result.sendMode = outcome.sendMode ?? null;
  if (outcome.kind === "accepted") {
    result.providerMessageId = outcome.providerMessageId;
    result.providerOrderId = outcome.providerOrderId;
    result.channel = outcome.channel;
    if (reservedAt !== null) result.reservedAt = reservedAt;
    // Without an id it can be looked up at best; else the check comes at the end of the window, to give the final answer.
    result.nextCheckInMs =
      outcome.providerMessageId || deps.rules.canLookUp
        ? deps.receiptGraceMs
        : (deps.rules.readableDays - 1) * 24 * 3_600_000;
    if (outcome.alarm) {
      deps.log.error({ route: deps.route, messageId: message.id, alarm: outcome.alarm }, "accepted, but look at this");
    }
  }
  if (next.to === "unknown" && deps.rules.canLookUp) result.nextCheckInMs = deps.receiptGraceMs;
  return deps.recorder.add(result);
}
