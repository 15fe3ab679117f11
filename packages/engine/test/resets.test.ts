import { connectLedger } from "@hikyaku/ledger";
import { createDatabase, type Relay, startRedis, startRelay } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { gatewayMetrics } from "./acceptance/observe.ts";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

const options = {
  concurrency: 40,
  simulator: { acceptDelayMs: 50 },
  // Who can't write a heartbeat for so long is not what is tested here.
  config: { heartbeat: { deadAfter: "120s" } },
};
const recipients = Array.from({ length: 4_000 }, (_, n) => plainNumber(n));

/** A campaign from its start to its last receipt, while all connections of a relay are reset again and again until it is sent. */
async function sendBetweenResets(system: TestSystem, databaseUrl: string, relay: Relay): Promise<void> {
  const direct = connectLedger(databaseUrl, { max: 2 });
  const seen = { ...system, ledger: direct };
  let cutting: NodeJS.Timeout | undefined;
  let resets = 0;
  try {
    await system.start("receiver");
    await system.start("poller");
    await system.start("worker");
    await system.start("worker");
    const campaignId = await startTestCampaign(system, { recipients });
    cutting = setInterval(() => {
      resets += relay.cut();
    }, 400);
    await waitForCounts(seen, campaignId, (counts) => counts.queued === 0 && counts.sending === 0, {
      what: "the campaign to be through",
      timeoutMs: 120_000,
    });
    clearInterval(cutting);
    expect(resets).toBeGreaterThan(50);
    const counts = await waitForCounts(seen, campaignId, (c) => c.delivered + c.unknown === recipients.length, {
      what: "every receipt",
      timeoutMs: 60_000,
    });
    expect(counts).toMatchObject({ delivered: recipients.length, unknown: 0 });
    expect((await gatewayMetrics(system)).duplicates.count).toBe(0);
  } finally {
    clearInterval(cutting);
    await direct.close();
  }
}

test("connections to PostgreSQL that are reset all the time cost time: nobody is lost, sent to twice, or in doubt", async () => {
  await using database = await createDatabase();
  await using relay = await startRelay(database.url);
  await using system = await startSystem({ ...options, database: relay });
  await sendBetweenResets(system, database.url, relay);
}, 240_000);

test("so do connections to Redis", async () => {
  await using redis = await startRedis();
  await using relay = await startRelay(redis.url);
  await using system = await startSystem({ ...options, redis: relay });
  await sendBetweenResets(system, system.databaseUrl, relay);
}, 240_000);
