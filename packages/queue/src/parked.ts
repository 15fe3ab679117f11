import type { Redis } from "ioredis";
import { defaultPrefix, parkedOutcomesKey, parkedReceiptsKey } from "./names.ts";

/** Something that waits in Redis until the ledger has it. `json` is what was parked, byte for byte. */
export interface Parked {
  json: string;
}

export interface ParkedOptions {
  redis: Redis;
  /** Default `hikyaku`. */
  prefix?: string;
}

/**
 * What the ledger could not take. Order of use, which no crash can turn into a loss: read some, write them to the ledger,
 * then `drop` them. Whoever dies between the last two leaves them to be read again, so the write must bear repetition
 * (outcomes carry their claim token, receipts are deduplicated). Several may read at the same time, and then write the same.
 */
export interface ParkedList {
  park(json: string): Promise<void>;
  /** The oldest first, at most `count`; they stay in the list. */
  take(count: number): Promise<Parked[]>;
  /** After the ledger has them. */
  drop(taken: readonly Parked[]): Promise<void>;
  count(): Promise<number>;
}

/** Outcomes of attempts of one route: ids, claim tokens, carrier ids; never numbers or texts. */
export function parkedOutcomes(route: string, { redis, prefix = defaultPrefix }: ParkedOptions): ParkedList {
  return parkedList(redis, parkedOutcomesKey(prefix, route));
}

/** Notifications of all routes, in the form the receiver gives them. */
export function parkedReceipts({ redis, prefix = defaultPrefix }: ParkedOptions): ParkedList {
  return parkedList(redis, parkedReceiptsKey(prefix));
}

function parkedList(redis: Redis, key: string): ParkedList {
  return {
    async park(json) {
      await redis.rpush(key, json);
    },
    async take(count) {
      const found = await redis.lrange(key, 0, count - 1);
      return found.map((json) => ({ json }));
    },
    async drop(taken) {
      if (taken.length === 0) return;
      // They are at the head, so LREM finds each at once, also in a long list.
      const pipeline = redis.pipeline();
      for (const { json } of taken) pipeline.lrem(key, 1, json);
      const answers = await pipeline.exec();
      for (const [error] of answers ?? []) if (error) throw error;
    },
    count: () => redis.llen(key),
  };
}
