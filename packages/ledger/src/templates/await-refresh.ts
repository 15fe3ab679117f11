import { setTimeout as delay } from "node:timers/promises";
import type { Sql } from "../connection/connect-ledger.ts";
import { type AccountFreshness, freshAccount } from "./fresh-account.ts";
import { askRefresh } from "./refresh-account.ts";

const lookEveryMs = 100;

/**
 * Has the copy of a route's account read again by whichever process reads it, and waits for that. `unread` when the carrier gave no answer,
 * when nobody read it within `patienceMs`, or when the signal came before: the copy is the last word there is.
 */
export async function awaitRefresh(
  sql: Sql,
  { route, patienceMs, signal }: { route: string; patienceMs: number; signal?: AbortSignal },
): Promise<Exclude<AccountFreshness, "asking">> {
  const since = await askRefresh(sql, { route });
  const end = performance.now() + patienceMs;
  while (performance.now() < end && !signal?.aborted) {
    const freshness = await freshAccount(sql, { route, since, patienceMs });
    if (freshness !== "asking") return freshness;
    await delay(lookEveryMs);
  }
  return "unread";
}
