import { type AttemptOutcome, areOpen } from "@hikyaku/core";
import type { Permit, Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { Claim } from "./claim-messages.ts";
import type { ClientHolder } from "./client-holder.ts";
import { notPosted, windowShut } from "./not-posted.ts";
import type { ReadyMessage } from "./ready-message.ts";
import type { RouteHold } from "./route-hold.ts";

export interface PostDeps {
  readonly route: string;
  readonly client: ClientHolder;
  readonly throttle: Throttle;
  readonly hold: RouteHold;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A claim older than this is not posted any more. Well below the time after which its holder counts as stuck. */
const claimGoodForMs = 20_000;

/**
 * Posts one request when its permit's slot comes, if it may still go out by then, and gives the permit back. Answers an
 * outcome for each message, in the request's order (fewer if the client told fewer), and tells route and throttle what
 * the request met. Throws only what the hold throws.
 */
export async function postRequest(
  deps: PostDeps,
  request: readonly ReadyMessage[],
  permit: Permit,
  { token, claimedAt }: Claim,
  probe: boolean,
): Promise<AttemptOutcome[]> {
  const inTime = await permit.ready();
  const startedAt = performance.now();
  // A process that stood still for long after its claim must not post: others may have given up on it, an operator
  // may have decided, the message may no longer be wanted.
  const stale =
    startedAt - claimedAt > claimGoodForMs || request.some(({ message }) => isPast(message.validUntil, deps));
  if (!inTime || stale || (deps.hold.held && !probe)) {
    permit.release();
    return request.map(() => notPosted);
  }
  // The last look before the POST: a window may have shut while the message waited for its claim or its slot.
  if (request.some(({ windows }) => !areOpen(windows, deps.now()))) {
    permit.release();
    return request.map(() => windowShut);
  }
  const end = deps.metrics.attemptSeconds.startTimer({ route: deps.route });
  let outcomes: AttemptOutcome[];
  try {
    const outgoing = request.map((part) => part.outgoing);
    const answers = deps.client.use((client) => client.send(outgoing));
    permit.sent();
    outcomes = await answers;
  } catch (err) {
    // A client answers every fault of gateway and network as an outcome; what it throws is a bug of ours, and whether
    // anything left the house is then not known.
    deps.log.error({ err, route: deps.route, token }, "the provider's client failed");
    outcomes = request.map(() => ({ kind: "unknown", reason: "internal error while sending" }));
  } finally {
    end();
    permit.release();
  }
  // What happened to the whole request happened to the route once, however many messages were in it.
  const told = new Set<AttemptOutcome["kind"]>();
  for (const [index, outcome] of outcomes.entries()) {
    if (told.has(outcome.kind)) continue;
    told.add(outcome.kind);
    if (outcome.kind === "throttled") deps.throttle.throttled(outcome.retryAfterMs, startedAt);
    await deps.hold.note(request[index]?.message.id ?? "", outcome);
  }
  return outcomes;
}

function isPast(moment: Date | null, deps: Pick<PostDeps, "now">): boolean {
  return moment !== null && moment.getTime() <= deps.now().getTime();
}
