import { type CampaignCounts, campaignCounts, findCampaign } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import type { TestSystem } from "./start-system.ts";

/** Waits until the campaign's counters fulfil `condition`, and answers them. */
export async function waitForCounts(
  system: TestSystem,
  campaignId: string,
  condition: (counts: CampaignCounts) => boolean,
  options: { what: string; timeoutMs?: number },
): Promise<CampaignCounts> {
  let counts = await campaignCounts(system.ledger.sql, { campaignId });
  try {
    await waitFor(
      async () => {
        counts = await campaignCounts(system.ledger.sql, { campaignId });
        return condition(counts);
      },
      { timeoutMs: options.timeoutMs ?? 25_000, what: options.what },
    );
  } catch (err) {
    throw new Error(`${(err as Error).message}; counts: ${JSON.stringify(counts)}`);
  }
  return counts;
}

export async function waitForState(
  system: TestSystem,
  campaignId: string,
  state: string,
  timeoutMs = 25_000,
): Promise<void> {
  await waitFor(async () => (await findCampaign(system.ledger.sql, { id: campaignId }))?.state === state, {
    what: `the campaign to be ${state}`,
    timeoutMs,
  });
}
