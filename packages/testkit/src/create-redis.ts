import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { testStack } from "./test-stack.ts";

export interface TestRedis extends AsyncDisposable {
  url: string;
  /** Begins every key of this test file: `test_4f0c…`. Without colon at its end. */
  redisPrefix: string;
  /** Removes every key that begins with the prefix. */
  clear(): Promise<void>;
}

/**
 * A corner of the run's Redis for one test file. Tests that flush or stop the server need `startRedis()`.
 */
export async function createRedis(): Promise<TestRedis> {
  const { redisUrl } = await testStack();
  const redisPrefix = `test_${randomBytes(8).toString("hex")}`;
  const clear = async () => {
    const redis = new Redis(redisUrl);
    try {
      // Also where a library puts words before the prefix, as bottleneck does ("b_{prefix}…").
      for await (const keys of redis.scanStream({ match: `*${redisPrefix}*`, count: 1000 })) {
        if (keys.length > 0) await redis.unlink(...(keys as string[]));
      }
    } finally {
      redis.disconnect();
    }
  };
  return { url: redisUrl, redisPrefix, clear, [Symbol.asyncDispose]: clear };
}
