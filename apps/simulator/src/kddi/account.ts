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
  /** Users registered with the official account (guide §2.1), in the order they did. */
  readonly subscribers: Set<string>;
  hasCredentials(userAndPassword: Buffer): boolean;
  /** `given` = what follows `Bearer ` in the headers of au, docomo and SoftBank. */
  hasTokens(given: readonly string[]): boolean;
  patch(patch: AccountPatch): void;
  reset(): void;
}

export function createAccount(initial: AccountOptions, tpsWindow: "bucket" | "sliding"): Account {
  const options: AccountOptions = { ...initial };
  const credentials = Buffer.from(`${options.user}:${options.password}`, "utf8");
  const { tokens } = options;
  const ownTokens =
    tokens === "smsonly" ? undefined : [tokens.au, tokens.docomo, tokens.softbank].map((own) => Buffer.from(own));
  const createRate = () => (tpsWindow === "sliding" ? createSlidingSecond(options.tps) : createBucket(options.tps));

  return {
    options,
    basePath: `/${options.aggid}/v1/fallback/rcs/bot/v1/${options.botId}`,
    openRequests: 0,
    rate: createRate(),
    traffic: createTraffic(),
    subscribers: new Set(),
    hasCredentials: (given) => isSame(given, credentials),
    hasTokens(given) {
      if (ownTokens === undefined) return false;
      // Every one is compared, whatever the ones before it came to.
      return ownTokens.filter((own, index) => isSame(Buffer.from(given[index] ?? ""), own)).length === ownTokens.length;
    },
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
    reset() {
      this.traffic = createTraffic();
      this.rate = createRate();
      this.subscribers.clear();
    },
  };
}

/** In a time that does not tell how much of a secret was right. */
function isSame(given: Buffer, own: Buffer): boolean {
  return given.length === own.length && timingSafeEqual(given, own);
}
