import type { Config } from "@hikyaku/config";
import type { Ledger } from "@hikyaku/ledger";
import type { RedisConnections } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { createEventDelivery } from "./create-event-delivery.ts";
import { eventEndpointsOf } from "./event-endpoints.ts";

/** Starts telling events to every place of the configuration. Costs nothing where there is none. */
export async function startEventDelivery(deps: {
  readonly config: Config;
  readonly ledger: Ledger;
  readonly connections: RedisConnections;
  readonly log: Logger;
  readonly metrics: Metrics;
}): Promise<{ close(): Promise<void> }> {
  const { config, ledger, connections, log, metrics } = deps;
  const deliveries = await Promise.all(
    eventEndpointsOf(config).map((endpoint) =>
      createEventDelivery({
        ...{ endpoint, ledger, connections, prefix: config.redisPrefix, log, metrics },
        now: () => new Date(),
        random: Math.random,
      }),
    ),
  );
  return {
    async close() {
      await Promise.all(deliveries.map((delivery) => delivery.close()));
    },
  };
}
