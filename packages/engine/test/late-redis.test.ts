import { startRedis, startRelay, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { startSystem } from "./start-system.ts";
import { waitForState } from "./wait-for-campaign.ts";

const recipients = Array.from({ length: 200 }, (_, n) => plainNumber(n));

test("processes that start before Redis does send as soon as it is there", async () => {
  await using redis = await startRedis();
  await redis.stop();
  await using relay = await startRelay(redis.url);
  await using system = await startSystem({ redis: relay });
  const starting = (["receiver", "poller", "worker", "worker"] as const).map((app) => system.start(app));
  // Each has some connections, and has tried with all of them more than once.
  await waitFor(() => relay.made() > 80, { what: "Redis to be missed", timeoutMs: 20_000 });
  await redis.restart();
  await Promise.all(starting);
  const campaignId = await startTestCampaign(system, { recipients });
  await waitForState(system, campaignId, "finished", 30_000);
}, 60_000);

test("a worker that can't feed leaves that to one that can", async () => {
  await using redis = await startRedis();
  await using system = await startSystem({ redis });
  const admin = new Redis(redis.url);
  try {
    // It may look, but not put anything into a queue.
    await admin.call("ACL", "SETUSER", "crippled", "on", ">pw", "~*", "&*", "+@all", "-evalsha", "-eval");
    const url = new URL(redis.url);
    [url.username, url.password] = ["crippled", "pw"];
    await system.configure({ redisUrl: url.href });
    const crippled = await system.start("worker");
    await waitFor(() => crippled.stdout.includes("feeding failed; trying again"), { what: "the feeding to fail" });
    await system.configure({});
    await system.start("receiver");
    await system.start("worker");
    const campaignId = await startTestCampaign(system, { recipients });
    await waitForState(system, campaignId, "finished", 30_000);
    expect(crippled.stdout).not.toContain("a part of the process has ended");
  } finally {
    admin.disconnect();
  }
}, 60_000);
