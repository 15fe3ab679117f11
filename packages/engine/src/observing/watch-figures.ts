import type { Config } from "@hikyaku/config";
import { eventFigures, type Ledger, operatorFigures, overdueRunSeconds } from "@hikyaku/ledger";
import { openSendQueue, type RedisConnections } from "@hikyaku/queue";
import type { Metrics } from "./create-metrics.ts";

/**
 * Answers a function that brings the gauges of ledger and queue up to date; run before a scrape, so that nobody pays for
 * figures that nobody reads.
 */
export function watchFigures(deps: {
  ledger: Ledger;
  connections: RedisConnections;
  metrics: Metrics;
  config: Config;
}): () => Promise<void> {
  const queues = Object.keys(deps.config.routes).map((route) => ({
    route,
    queue: openSendQueue({ connections: deps.connections, route, prefix: deps.config.redisPrefix }),
  }));
  return async () => {
    const figures = await operatorFigures(deps.ledger.sql);
    for (const each of figures) {
      const labels = { route: each.route };
      deps.metrics.queued.set(labels, each.queued);
      deps.metrics.unknowns.set(labels, each.unknown);
      deps.metrics.oldestQueuedSeconds.set(labels, each.oldestQueuedSeconds ?? 0);
      deps.metrics.checksDue.set(labels, each.checksDue);
      deps.metrics.receiptsPending.set(labels, each.receiptsPending);
    }
    for (const { route, pending, oldestPendingSeconds } of await eventFigures(deps.ledger.sql)) {
      deps.metrics.eventsPending.set({ route }, pending);
      deps.metrics.oldestEventSeconds.set({ route }, oldestPendingSeconds);
    }
    deps.metrics.scheduleOverdueSeconds.set(await overdueRunSeconds(deps.ledger.sql));
    for (const { route, queue } of queues) {
      const depth = await queue.depth();
      deps.metrics.queueDepth.set({ route, lane: "campaign" }, depth.campaign.waitingMessages);
      deps.metrics.queueDepth.set({ route, lane: "single" }, depth.single.waitingMessages);
    }
  };
}
