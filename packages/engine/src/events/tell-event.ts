import { backoffMs } from "@hikyaku/core";
import { type DeliveryResult, type EventFacts, type Ledger, loadEvents, recordDeliveries } from "@hikyaku/ledger";
import { NotTakenError } from "@hikyaku/queue";
import type { Metrics } from "../observing/create-metrics.ts";
import { batched } from "./batched.ts";
import type { EndpointState } from "./endpoint-state.ts";
import { eventBody } from "./event-body.ts";
import type { EventEndpoint } from "./event-endpoints.ts";
import type { EventPoster, PostResult } from "./post-event.ts";

/** How long a job may be lost before the event is handed over again, when nothing tells that Redis lost its memory. */
export const leaseMs = 600_000;
const batchLimit = 200;
/** An endpoint may ask to be left alone, but not for ever. */
const longestRetryAfterMs = 24 * 3_600_000;

/**
 * Tells one event: read, POST, record. Throws {@link NotTakenError} when it was not taken. The ledger has what came of it
 * before the job is through, so that an event whose record was lost is told once more and never forgotten.
 */
export function createEventTeller(deps: {
  endpoint: EventEndpoint;
  ledger: Ledger;
  poster: EventPoster;
  state: EndpointState;
  onTakenAgain: () => Promise<void>;
  onGaveUp: () => void;
  metrics: Metrics;
  now: () => Date;
  random: () => number;
}): (id: string) => Promise<void> {
  const { endpoint, poster, state, metrics, now } = deps;
  const { sql } = deps.ledger;
  const load = batched<string, EventFacts | null>(async (ids) => {
    const byId = new Map((await loadEvents(sql, { ids })).map((event) => [event.id, event]));
    return ids.map((id) => byId.get(id) ?? null);
  }, batchLimit);
  const record = batched<DeliveryResult, void>(async (results) => {
    await recordDeliveries(sql, { results, leaseMs });
    return results.map(() => undefined);
  }, batchLimit);

  const afterFailure = (
    event: EventFacts,
    { retryAfterMs }: Extract<PostResult, { kind: "not-taken" }>,
  ): number | null => {
    if (now().getTime() - event.askedAt.getTime() >= endpoint.giveUpAfterMs) return null;
    const { retryBaseMs: baseMs, retryCapMs: capMs } = endpoint;
    const waitMs = backoffMs({ attempt: event.attempts + 1, baseMs, capMs, random: deps.random });
    return Math.max(waitMs, Math.min(retryAfterMs ?? 0, longestRetryAfterMs));
  };

  return async (id) => {
    // A place that was given up gets nothing; the event is handed over again when it is enabled.
    if (state.isDisabled) return;
    const event = await load(id);
    if (event === null) return;
    const body = eventBody(event);
    if (body === null) {
      const error = "what it tells has been deleted (retention.inboundDays)";
      await record({ id, outcome: "gave-up", httpStatus: null, error });
      return;
    }
    const startedAt = performance.now();
    const result = await poster.post({ id, body, at: now() });
    metrics.eventSeconds.observe({ endpoint: endpoint.name }, (performance.now() - startedAt) / 1_000);
    if (result.kind === "taken") {
      await record({ id, outcome: "delivered", httpStatus: result.status, error: null });
      metrics.eventAttempts.inc({ endpoint: endpoint.name, result: "delivered" });
      if (await state.succeeded()) await deps.onTakenAgain();
      return;
    }
    const retryInMs = afterFailure(event, result);
    const { status: httpStatus, reason: error } = result;
    if (retryInMs === null) await record({ id, outcome: "gave-up", httpStatus, error });
    else await record({ id, outcome: "retry", retryInMs, httpStatus, error });
    metrics.eventAttempts.inc({ endpoint: endpoint.name, result: retryInMs === null ? "gave-up" : "failed" });
    if (retryInMs === null) deps.onGaveUp();
    await state.failed({ reason: error, disableNow: result.isGone });
    throw new NotTakenError(error, retryInMs);
  };
}
