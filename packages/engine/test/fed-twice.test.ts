import { connectRedis, openSendQueue } from "@hikyaku/queue";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem } from "./start-system.ts";
import { waitForCounts } from "./wait-for-campaign.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));

test("two jobs that share messages both end", async () => {
  await using system = await startSystem({ concurrency: 20 });
  const campaignId = await startTestCampaign(system, { recipients: numbers(10) });
  const rows = await system.ledger.sql<{ id: string }[]>`select id from message order by id`;
  const ids = rows.map(({ id }) => id);
  const connections = connectRedis({ url: system.redisUrl });
  const queue = openSendQueue({ connections, route, prefix: system.redisPrefix });
  // What a rewind leaves: a job that still waits, and one of its last messages and some new ones.
  await queue.addCampaignJobs([
    { campaignId, ids },
    { campaignId, ids: ids.slice(5) },
  ]);
  const worker = await system.start("worker");
  await waitForCounts(system, campaignId, (c) => c.accepted === 10, { what: "all to be accepted" });

  await waitFor(async () => (await queue.depth()).campaign.active === 0, { what: "both jobs to end" });
  expect(await worker.kill("SIGTERM")).toEqual({ code: 0, signal: null });
  await queue.close();
  await connections.closeAll();
}, 90_000);
