import { campaignCounts, rewindCursor } from "@hikyaku/ledger";
import { connectRedis, openSendQueue } from "@hikyaku/queue";
import { expect, test } from "vitest";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { route, startSystem } from "./start-system.ts";
import { waitForCounts, waitForState } from "./wait-for-campaign.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, n) => plainNumber(n));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

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
  await sleep(3_000);
  const { campaign } = await queue.depth();
  const begun = performance.now();
  const exit = await worker.kill("SIGTERM");
  console.log("REVIEW shared", { active: campaign.active, exit, drainMs: performance.now() - begun });
  await queue.close();
  await connections.closeAll();
  expect(campaign.active).toBe(0);
}, 90_000);

test("a campaign that is rewound over and over finishes, and leaves no job in a worker's hands", async () => {
  await using system = await startSystem({ concurrency: 50, simulator: { acceptDelayMs: 50 } });
  await system.start("receiver");
  await system.start("worker");
  const campaignId = await startTestCampaign(system, { recipients: numbers(6_000) });
  // What a resumed campaign, a released route, a flushed Redis and every new feeder do: begin again from the ledger.
  const rewinding = setInterval(() => void rewindCursor(system.ledger.sql, { route }), 150);
  const begun = performance.now();
  const finished = await waitForState(system, campaignId, "finished", 50_000).then(
    () => true,
    () => false,
  );
  const ms = performance.now() - begun;
  clearInterval(rewinding);
  const connections = connectRedis({ url: system.redisUrl });
  const queue = openSendQueue({ connections, route, prefix: system.redisPrefix });
  await sleep(3_000);
  const { campaign } = await queue.depth();
  const { queued, sending, delivered } = await campaignCounts(system.ledger.sql, { campaignId });
  console.log("REVIEW rewound", { finished, ms, campaign, queued, sending, delivered });
  await queue.close();
  await connections.closeAll();
  expect({ finished, active: campaign.active }).toEqual({ finished: true, active: 0 });
}, 120_000);
