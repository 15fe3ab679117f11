import { setTimeout as delay } from "node:timers/promises";
import type { CampaignRow, ImportLocks } from "@hikyaku/ledger";
import { ImportBusyError } from "../errors/campaign-errors.ts";

/** Time for the database to notice that an importer has died, or for a short import to end. */
const patienceMs = 3_000;

/** The right to import into a campaign. @throws ImportBusyError when another caller keeps it */
export async function lockImport(
  locks: ImportLocks,
  campaign: CampaignRow,
  signal?: AbortSignal,
): Promise<() => Promise<void>> {
  const giveUpAt = performance.now() + patienceMs;
  for (;;) {
    signal?.throwIfAborted();
    const release = await locks.acquire(campaign.id);
    if (release) return release;
    if (performance.now() > giveUpAt) throw new ImportBusyError(campaign);
    await delay(50 + Math.random() * 100);
  }
}
