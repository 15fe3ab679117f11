import { setTimeout as pass } from "node:timers/promises";
import { startPostgres } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem, type TestSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
/** Longer than the three seconds after which a silent worker counts as dead: here the time itself is what is tested. */
const outageMs = 8_000;

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
  await pass(outageMs);
  await database.restart();

  const counts = await waitForCounts(system, campaignId, (c) => c.accepted + c.unknown === 4_000, {
    what: "the campaign to be through",
    timeoutMs: 60_000,
  });
  const why = await doubted(system);
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
  await pass(outageMs);
  await database.restart();

  const counts = await waitForCounts(
    system,
    campaignId,
    (c) => c.queued + c.sending + c.unknown === 50 && c.sending === 0,
    {
      what: "nothing to be in flight any more",
    },
  );
  expect(counts).toMatchObject({ queued: 50, unknown: 0 });
}, 120_000);
