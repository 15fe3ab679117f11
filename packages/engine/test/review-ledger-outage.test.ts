import { campaignCounts } from "@hikyaku/ledger";
import { startPostgres } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function doubted(system: TestSystem) {
  return await system.ledger.sql`select reason, count(*) from attempt where outcome = 'unknown' group by reason`;
}

test("PostgreSQL away for 8 s puts nobody in doubt: no worker died", async () => {
  await using database = await startPostgres();
  await using system = await startSystem({ database, concurrency: 40, simulator: { acceptDelayMs: 100 } });
  await system.start("worker");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(4_000) });
  await waitForCounts(system, campaignId, (counts) => counts.queued < 3_500, { what: "the campaign to be under way" });

  await database.kill();
  await sleep(8_000);
  await database.restart();

  const counts = await waitForCounts(system, campaignId, (c) => c.accepted + c.unknown === 4_000, {
    what: "the campaign to be through",
    timeoutMs: 60_000,
  });
  const why = await doubted(system);
  console.log("REVIEW outage", { accepted: counts.accepted, unknown: counts.unknown }, why);
  expect(counts.unknown).toBe(0);
  expect(why).toEqual([]);
}, 120_000);

test("a 401 that comes while PostgreSQL is away gives its message back; nothing is in doubt", async () => {
  await using database = await startPostgres();
  await using system = await startSystem({
    database,
    concurrency: 20,
    config: { heartbeat: { deadAfter: "120s" }, hold: { probeEvery: "60s" } },
  });
  await system.control("PUT", "/sim/faults", { statusRates: { 401: 1 }, latency: { rate: 1, ms: 3_000 } });
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(50) });
  await waitForCounts(system, campaignId, (c) => c.sending >= 10, { what: "messages in flight" });

  await database.kill();
  await sleep(6_000);
  await database.restart();
  await sleep(8_000);

  const counts = await campaignCounts(system.ledger.sql, { campaignId });
  console.log("REVIEW 401 while away", { queued: counts.queued, sending: counts.sending, unknown: counts.unknown });
  expect(counts).toMatchObject({ queued: 50, sending: 0, unknown: 0 });
}, 120_000);
