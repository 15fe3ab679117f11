import { type CampaignRow, findCampaign, retryFailed } from "@hikyaku/ledger";
import { signalFeeder } from "@hikyaku/queue";
import type { ConsoleDeps } from "../console-deps.ts";
import { Problem } from "../problems/problem.ts";

/**
 * A new round for those whose newest message ended in one of `states` (default: failed).
 *
 * @throws Problem `campaign-state` when it was never started or is cancelled
 */
export async function retryFailedCampaign(
  { ledger, connections, config, log }: Pick<ConsoleDeps, "ledger" | "connections" | "config" | "log">,
  { id, key, route }: CampaignRow,
  states: readonly ("failed" | "expired")[] = ["failed"],
): Promise<{ round: number; messages: number }> {
  const result = await retryFailed(ledger.sql, { campaignId: id, states });
  if (!result) {
    const state = (await findCampaign(ledger.sql, { id }))?.state ?? "gone";
    throw new Problem("campaign-state", {
      detail: `Campaign "${key}" is ${state}: only what was started, and not cancelled, can be sent again`,
    });
  }
  // Not waited for: while Redis is away it would wait with it, and a feeder looks by itself too.
  signalFeeder(route, { connections, prefix: config.redisPrefix }).catch((err) => {
    log.warn({ err, route }, "the feeder was not told; it finds the work by itself");
  });
  return result;
}
