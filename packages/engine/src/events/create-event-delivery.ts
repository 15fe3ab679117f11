import { type Ledger, releaseTakenEvents, takeEvents } from "@hikyaku/ledger";
import { openEventQueue, openEventWorker, type RedisConnections, redisEpoch } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { startSignalledLoop } from "../process/signalled-loop.ts";
import { within } from "../process/within.ts";
import { openEndpointState } from "./endpoint-state.ts";
import type { EventEndpoint } from "./event-endpoints.ts";
import { openEventPoster } from "./post-event.ts";
import { createEventTeller, leaseMs } from "./tell-event.ts";

const tickMs = 250;
const refreshMs = 1_000;
/** Events handed to the queue that wait for their first attempt: some seconds of work. The rest waits in the ledger. */
const windowSize = 500;
/** Events that wait in the queue for a further attempt, while the place takes others. */
const mostDelayed = 10_000;
/** While a place takes nothing, one event tries so often whether it does again. */
const probeEveryMs = 15_000;
const drainMs = 10_000;
/** How long a closing process waits for something that only Redis can answer. */
const patienceMs = 2_000;

/**
 * Tells the events of one place: hands them from the ledger to its BullMQ queue, a window at a time, and posts what comes
 * out. Any number of processes may run one.
 *
 * While the place takes nothing, no more than the window is tried, each at its own backoff, and one event every 15 s besides;
 * when one is taken, all that wait are tried again at once. What Redis loses comes again from the ledger.
 */
export async function createEventDelivery(deps: {
  endpoint: EventEndpoint;
  ledger: Ledger;
  connections: RedisConnections;
  prefix: string;
  log: Logger;
  metrics: Metrics;
  now: () => Date;
  random: () => number;
}): Promise<{ close(): Promise<void> }> {
  const { endpoint, ledger, connections, prefix, log } = deps;
  const { routes } = endpoint;
  const { sql } = ledger;
  const onError = (err: Error) => log.warn({ err, endpoint: endpoint.name }, "Redis fault");
  const queue = openEventQueue({ connections, endpoint: endpoint.name, prefix, onError });
  const poster = openEventPoster(endpoint);
  const state = await openEndpointState(deps);
  let gaveUp = 0;
  const tell = createEventTeller({
    ...deps,
    ...{ poster, state },
    onTakenAgain: () => queue.hurry("all"),
    onGaveUp: () => {
      gaveUp += 1;
    },
  });

  let epoch: string | null = null;
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let probedAt = Number.NEGATIVE_INFINITY;
  const feed = async (isClosing: () => boolean): Promise<void> => {
    await handOverWhatRedisLost();
    await followState();
    if (gaveUp > 0) {
      log.error({ endpoint: endpoint.name, count: gaveUp }, "events were given up; they can be replayed by hand");
      gaveUp = 0;
    }
    if (state.isDisabled) return;
    if (state.failingSince !== null && performance.now() - probedAt > probeEveryMs) {
      probedAt = performance.now();
      await queue.hurry("one");
    }
    const { waiting, active, delayed } = await queue.depth();
    const isFailing = state.failingSince !== null;
    let room = windowSize - waiting - active - (isFailing ? delayed : 0);
    if (delayed >= mostDelayed) room = 0;
    for (const route of routes) {
      if (room <= 0 || isClosing()) return;
      const ids = await takeEvents(sql, { route, limit: room, leaseMs });
      await queue.add(ids);
      room -= ids.length;
    }
  };

  /** Also at the start: jobs may have been lost while nobody looked, and putting one again that is there is harmless. */
  async function handOverWhatRedisLost(): Promise<void> {
    const present = await redisEpoch({ connections, prefix });
    if (present === epoch) return;
    const count = await releaseTakenEvents(sql, { routes });
    if (epoch !== null && count > 0) {
      log.warn({ endpoint: endpoint.name, count }, "Redis lost its jobs: events are handed over again from the ledger");
    }
    epoch = present;
  }

  async function followState(): Promise<void> {
    if (performance.now() - refreshedAt < refreshMs) return;
    refreshedAt = performance.now();
    const changed = await state.refresh();
    if (changed === "disabled") await queue.clear();
    if (changed === "enabled") await releaseTakenEvents(sql, { routes });
  }

  const feeder = startSignalledLoop({
    run: feed,
    tickMs,
    onError: (err) => log.error({ err, endpoint: endpoint.name }, "events could not be handed over; trying again"),
  });
  const worker = openEventWorker({
    ...{ connections, prefix, endpoint: endpoint.name, concurrency: endpoint.concurrency, onError },
    handle: tell,
  });

  return {
    async close() {
      // Redis may be away, and nothing that only talks to it may keep this process from ending.
      await Promise.all([within(patienceMs, feeder.close()), worker.close(drainMs)]);
      await within(
        patienceMs,
        queue.close().catch(() => {}),
      );
      await within(patienceMs, poster.close());
    },
  };
}
