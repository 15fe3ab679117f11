import { startRedis } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

test("SIGTERM while Redis is away ends in order, long before the grace runs out", async () => {
  await using redis = await startRedis();
  await using system = await startSystem({
    redis,
    concurrency: 20,
    simulator: { acceptDelayMs: 50 },
    config: { shutdownGrace: "30s" },
  });
  const worker = await system.start("worker");
  const campaignId = await startTestCampaign(system, {
    recipients: Array.from({ length: 3_000 }, (_, n) => plainNumber(n)),
  });
  await waitForCounts(system, campaignId, (c) => c.accepted > 200, { what: "the campaign to be under way" });
  await redis.kill();
  // What was in flight is answered and recorded; then the process has nothing but a Redis that is away.
  await waitForCounts(system, campaignId, (c) => c.sending === 0, { what: "nothing to be in flight" });
  const begun = performance.now();
  const exit = await worker.kill("SIGTERM");
  const ms = performance.now() - begun;
  expect(exit.code).toBe(0);
  expect(ms).toBeLessThan(20_000);
}, 120_000);
