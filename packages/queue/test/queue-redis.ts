import { createRedis } from "@hikyaku/testkit";
import { connectRedis, type RedisConnections } from "../src/connection.ts";

/** Connections to the test run's Redis, and a prefix of their own. */
export async function queueRedis(): Promise<
  { url: string; prefix: string; connections: RedisConnections } & AsyncDisposable
> {
  const redis = await createRedis();
  const connections = connectRedis({ url: redis.url });
  return {
    url: redis.url,
    prefix: redis.redisPrefix,
    connections,
    async [Symbol.asyncDispose]() {
      await connections.closeAll();
      await redis[Symbol.asyncDispose]();
    },
  };
}
