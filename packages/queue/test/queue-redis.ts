import { createRedis } from "@hikyaku/testkit";
import { connectRedis, type RedisConnections } from "../src/connection.ts";

export interface QueueRedis extends AsyncDisposable {
  url: string;
  prefix: string;
  connections: RedisConnections;
  /** Removes all that begins with the prefix, as a FLUSHALL would. */
  clear(): Promise<void>;
}

/** Connections to the test run's Redis, and a prefix of their own. */
export async function queueRedis(): Promise<QueueRedis> {
  const redis = await createRedis();
  const connections = connectRedis({ url: redis.url });
  return {
    url: redis.url,
    prefix: redis.redisPrefix,
    connections,
    clear: redis.clear,
    async [Symbol.asyncDispose]() {
      await connections.closeAll();
      await redis[Symbol.asyncDispose]();
    },
  };
}
