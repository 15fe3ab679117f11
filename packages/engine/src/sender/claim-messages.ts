import { type ClaimedMessage, claimBatch, type Ledger } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import { ledgerRetry } from "./ledger-retry.ts";

export interface ClaimDeps {
  readonly route: string;
  readonly worker: string;
  readonly ledger: Ledger;
  readonly log: Logger;
}

/** What a claim is known by while its messages are on their way. */
export interface Claim {
  readonly token: string;
  /** `performance.now()` before the claim was asked for. */
  claimedAt: number;
}

/**
 * Claims messages for this process, waiting for a ledger that is away; gives up only when `closing` is aborted. A claim
 * that the ledger could not answer is repeated with the same token: nothing was posted, nothing is lost.
 */
export async function claimMessages(
  deps: ClaimDeps,
  { ids, token, probe }: { ids: string[]; token: string; probe: boolean },
  closing: AbortSignal,
): Promise<{ claimed: ClaimedMessage[] } | { gaveUp: true }> {
  const { route, worker } = deps;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return { claimed: await claimBatch(deps.ledger.sql, { ids, claim: token, worker, route, probe }) };
    } catch (err) {
      deps.log.error({ err, route, count: ids.length }, "ledger did not answer a claim");
      if (closing.aborted) return { gaveUp: true };
      await ledgerRetry(attempt);
    }
  }
}
