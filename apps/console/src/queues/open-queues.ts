import type { Config } from "@hikyaku/config";
import { eventEndpointsOf, type Logger } from "@hikyaku/engine";
import { type EventQueue, openEventQueue, openSendQueue, type RedisConnections, type SendQueue } from "@hikyaku/queue";

/** The queues of every configured route and place for events. Commands fail within a second while Redis is away, so that no page hangs. */
export interface RouteQueues {
  readonly byRoute: ReadonlyMap<string, SendQueue>;
  /** By the place's name: `*` or a route. */
  readonly byEndpoint: ReadonlyMap<string, EventQueue>;
  close(): Promise<void>;
}

export function openQueues({
  config,
  connections,
  log,
}: {
  config: Config;
  connections: RedisConnections;
  log: Logger;
}): RouteQueues {
  const { open, subscribe, closeAll } = connections;
  const impatient = connections.impatient();
  const failing: RedisConnections = { shared: impatient, impatient: () => impatient, open, subscribe, closeAll };
  const byRoute = new Map(
    Object.keys(config.routes).map((route) => {
      const onError = (err: Error) => log.warn({ err, route }, "Redis fault");
      return [route, openSendQueue({ connections: failing, route, prefix: config.redisPrefix, onError })] as const;
    }),
  );
  const byEndpoint = new Map(
    eventEndpointsOf(config).map(({ name }) => {
      const onError = (err: Error) => log.warn({ err, endpoint: name }, "Redis fault");
      return [
        name,
        openEventQueue({ connections: failing, endpoint: name, prefix: config.redisPrefix, onError }),
      ] as const;
    }),
  );
  return {
    byRoute,
    byEndpoint,
    async close() {
      const all = [...byRoute.values(), ...byEndpoint.values()];
      await Promise.all(all.map((queue) => queue.close().catch(() => {})));
    },
  };
}
