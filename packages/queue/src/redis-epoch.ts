import { randomUUID } from "node:crypto";
import type { RedisConnections } from "./connection.ts";
import { defaultPrefix, epochKey } from "./names.ts";

/**
 * A name for the present life of this Redis: it changes when Redis lost its memory (flush, restart without persistence,
 * failover to an empty replica), and with it the jobs. Whoever asks first after a loss sets the new one.
 */
export async function redisEpoch({
  connections,
  prefix = defaultPrefix,
}: {
  connections: RedisConnections;
  prefix?: string;
}): Promise<string> {
  const key = epochKey(prefix);
  const fresh = randomUUID();
  const existing = await connections.shared.set(key, fresh, "NX", "GET");
  return existing ?? fresh;
}
