import type { Config } from "@hikyaku/config";
import type { Logger } from "@hikyaku/engine";
import { openSendQueue, type RedisConnections, type SendQueue } from "@hikyaku/queue";

/** The send queues of every configured route. Commands fail within a second while Redis is away, so that no page hangs. */
export interface RouteQueues {
  readonly byRoute: ReadonlyMap<string, SendQueue>;
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
  return {
    byRoute,
    async close() {
      await Promise.all([...byRoute.values()].map((queue) => queue.close().catch(() => {})));
    },
  };
}
