import { campaignCounts } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { Queue } from "bullmq";
import type { Row } from "../row.ts";
import { benchNumber, openStage, route } from "../stage.ts";

const size = 20_000;
const kills = 3;
const concurrency = 200;

/** Kills a worker with about 100 requests in flight, three times, beside one that lives; then does the same naively. */
export async function threeKills(): Promise<Row> {
  const naiveDoubles = await naive();
  await using stage = await openStage({ tps: null, concurrency, gatewayMs: 100 });
  const campaignId = await stage.importCampaign(size);
  await stage.startWorker();
  let doomed = await stage.startWorker();
  const queue = new Queue(`send.${route}.campaign`, { connection: { url: stage.redisUrl }, prefix: stage.redisPrefix });
  await stage.start(campaignId);
  const countsNow = () => campaignCounts(stage.ledger.sql, { campaignId });
  let resumedMs = 0;
  let longestGapMs = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    await waitFor(async () => (await countsNow()).accepted > kill * 4_000, { what: "sending", timeoutMs: 60_000 });
    const inHand = new Set((await queue.getActive()).map((job) => job.id));
    await doomed.kill("SIGKILL");
    const killed = performance.now();
    let { accepted } = await countsNow();
    let movedAt = killed;
    // The dead worker's jobs are through once none of those that were in hand at its death is still in hand.
    await waitFor(
      async () => {
        const now = (await countsNow()).accepted;
        if (now > accepted) {
          longestGapMs = Math.max(longestGapMs, performance.now() - movedAt);
          movedAt = performance.now();
          accepted = now;
        }
        const active = await queue.getActive();
        return !active.some((job) => inHand.has(job.id));
      },
      { what: "the dead worker's jobs to be through", timeoutMs: 30_000, everyMs: 20 },
    );
    resumedMs = Math.max(resumedMs, performance.now() - killed);
    if (kill < kills) doomed = await stage.startWorker();
  }
  const counts = await waitForEnd(stage, campaignId);
  const metrics = await stage.metrics();
  await queue.close();
  // Nothing registers notifications here, so what was in flight stays unknown: counted, never guessed, never lost.
  const lost = size - counts.accepted - counts.unknown;
  const doubled = metrics.duplicates.count;
  return {
    what: "three SIGKILLs of a worker with 100 in flight, 20,000 messages",
    measured: `${lost} lost, ${doubled} doubled, ${counts.unknown} in doubt; others' longest pause ${longestGapMs.toFixed(0)} ms`,
    against: `a naive worker doubles ${naiveDoubles}`,
    result: `resumed in ${(resumedMs / 1_000).toFixed(1)} s`,
    bar: "0 lost, 0 doubled, < 5 s",
    reached: lost === 0 && doubled === 0 && resumedMs < 5_000 && naiveDoubles > 0,
  };
}

async function waitForEnd(stage: Awaited<ReturnType<typeof openStage>>, campaignId: string) {
  let counts = await campaignCounts(stage.ledger.sql, { campaignId });
  await waitFor(
    async () => {
      counts = await campaignCounts(stage.ledger.sql, { campaignId });
      return counts.queued + counts.sending === 0;
    },
    { what: "nothing to be left", timeoutMs: 120_000, everyMs: 100 },
  );
  return counts;
}

async function naive(): Promise<number> {
  await using stage = await openStage({ tps: null, concurrency, gatewayMs: 100 });
  const queue = new Queue("naive", { connection: { url: stage.redisUrl }, prefix: stage.redisPrefix });
  for (let at = 0; at < size; at += 1_000) {
    await queue.addBulk(
      Array.from({ length: 1_000 }, (_, index) => ({
        name: "send",
        data: { to: benchNumber(at + index), n: at + index },
        opts: { removeOnComplete: true },
      })),
    );
  }
  await stage.startBaseline("naive-worker");
  let doomed = await stage.startBaseline("naive-worker");
  for (let kill = 1; kill <= kills; kill += 1) {
    await waitFor(async () => (await stage.metrics()).accepted > kill * 4_000, {
      what: "sending",
      timeoutMs: 60_000,
      everyMs: 250,
    });
    await doomed.kill("SIGKILL");
    if (kill < kills) doomed = await stage.startBaseline("naive-worker");
  }
  await waitFor(async () => (await queue.getJobCountByTypes("waiting", "active", "delayed")) === 0, {
    what: "the naive worker to end",
    timeoutMs: 120_000,
    everyMs: 100,
  });
  await queue.close();
  return (await stage.metrics()).duplicates.count;
}
