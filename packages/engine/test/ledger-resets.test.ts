import { connectLedger } from "@hikyaku/ledger";
import { createDatabase, startRelay } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { gatewayMetrics } from "./acceptance/observe.ts";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

test("connections to PostgreSQL that are reset all the time cost time: nobody is lost, sent to twice, or in doubt", async () => {
  await using database = await createDatabase();
  await using relay = await startRelay(database.url);
  await using system = await startSystem({
    ...{ database: relay, concurrency: 40, simulator: { acceptDelayMs: 50 } },
    // Who can't write a heartbeat for so long is not what is tested here.
    config: { heartbeat: { deadAfter: "120s" } },
  });
  const direct = connectLedger(database.url, { max: 2 });
  const seen = { ...system, ledger: direct };
  let cutting: NodeJS.Timeout | undefined;
  try {
    await system.start("receiver");
    await system.start("poller");
    await system.start("worker");
    await system.start("worker");
    const recipients = Array.from({ length: 4_000 }, (_, n) => plainNumber(n));
    const campaignId = await startTestCampaign(system, { recipients });
    let resets = 0;
    cutting = setInterval(() => {
      resets += relay.cut();
    }, 400);
    await waitForCounts(seen, campaignId, (counts) => counts.queued === 0 && counts.sending === 0, {
      what: "the campaign to be through",
      timeoutMs: 120_000,
    });
    expect(resets).toBeGreaterThan(50);
    clearInterval(cutting);
    const counts = await waitForCounts(seen, campaignId, (c) => c.delivered + c.unknown === 4_000, {
      what: "every receipt",
      timeoutMs: 60_000,
    });
    expect(counts).toMatchObject({ delivered: 4_000, unknown: 0 });
    expect((await gatewayMetrics(system)).duplicates.count).toBe(0);
  } finally {
    clearInterval(cutting);
    await direct.close();
  }
}, 240_000);
