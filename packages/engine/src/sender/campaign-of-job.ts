import type { Logger } from "../observing/create-logger.ts";
import { type CampaignCache, type SendableCampaign, UnsendableCampaignError } from "./campaign-cache.ts";
import { ledgerRetry } from "./ledger-retry.ts";

export interface CampaignOfJobDeps {
  readonly route: string;
  readonly campaigns: CampaignCache;
  /** A campaign whose content cannot be sent: stop it, loudly. */
  readonly onUnsendable: (campaignId: string, reason: string) => Promise<void>;
  readonly log: Logger;
}

/**
 * The campaign as it is sent; waits for a ledger that is away. Null when it cannot be sent at all, or when `closing` is
 * aborted before the ledger answers.
 */
export async function campaignOfJob(
  deps: CampaignOfJobDeps,
  id: string,
  closing: AbortSignal,
): Promise<SendableCampaign | null> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await deps.campaigns.get(id);
    } catch (err) {
      if (err instanceof UnsendableCampaignError) {
        await deps.onUnsendable(id, err.message);
        return null;
      }
      deps.log.error({ err, route: deps.route, campaignId: id }, "campaign not at hand; trying again");
      if (closing.aborted) return null;
      await ledgerRetry(attempt);
    }
  }
}
