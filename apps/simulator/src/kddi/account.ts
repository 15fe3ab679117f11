import { timingSafeEqual } from "node:crypto";
import { createBucket, createSlidingSecond, type RateLimit } from "../rate-limit.ts";
import { createTraffic, type Traffic } from "../traffic.ts";
import type { AccountOptions, AccountPatch } from "./account-options.ts";

/** One botId at the gateway: its credentials, its live limits, and what it did so far. */
export interface Account {
  readonly options: AccountOptions;
  /** Decoded path up to and including the botId: `/{aggid}/v1/fallback/rcs/bot/v1/{botId}`. */
  readonly basePath: string;
  /** Requests open right now. */
  openRequests: number;
  rate: RateLimit;
  traffic: Traffic;
  hasCredentials(userAndPassword: Buffer): boolean;
  patch(patch: AccountPatch): void;
  resetTraffic(): void;
}

export function createAccount(initial: AccountOptions, tpsWindow: "bucket" | "sliding"): Account {
  const options: AccountOptions = { ...initial };
  const credentials = Buffer.from(`${options.user}:${options.password}`, "utf8");
  const createRate = () => (tpsWindow === "sliding" ? createSlidingSecond(options.tps) : createBucket(options.tps));

  return {
    options,
    basePath: `/${options.aggid}/v1/fallback/rcs/bot/v1/${options.botId}`,
    openRequests: 0,
    rate: createRate(),
    traffic: createTraffic(),
    hasCredentials: (given) => given.length === credentials.length && timingSafeEqual(given, credentials),
    patch({ tps, concurrency, ...urls }) {
      if (concurrency !== undefined) options.concurrency = concurrency;
      if (tps !== undefined && tps !== options.tps) {
        options.tps = tps;
        this.rate = createRate();
      }
      for (const key of ["webhookUrl", "smsResultUrl", "moUrl"] as const) {
        const url = urls[key];
        if (url === null) delete options[key];
        else if (url !== undefined) options[key] = url;
      }
    },
    resetTraffic() {
      this.traffic = createTraffic();
      this.rate = createRate();
    },
  };
}
