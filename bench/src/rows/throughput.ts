import { campaignCounts } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { median, perSecond, type Row } from "../row.ts";
import { openStage } from "../stage.ts";

const concurrency = 100;

/** Messages per second of one worker process, from the campaign's start until the last one's msgId is in the ledger. */
async function ours(count: number, gatewayMs: number): Promise<number> {
  await using stage = await openStage({ tps: null, concurrency, gatewayMs });
  const campaignId = await stage.importCampaign(count);
  await stage.startWorker();
  const begun = performance.now();
  await stage.start(campaignId);
  await waitFor(async () => (await campaignCounts(stage.ledger.sql, { campaignId })).accepted === count, {
    what: "every message to be accepted",
    timeoutMs: 120_000,
    everyMs: 20,
  });
  return count / ((performance.now() - begun) / 1_000);
}

/** The same of a baseline program, from its start signal until its last job is done. */
async function baseline(program: string, count: number, gatewayMs: number): Promise<number> {
  await using stage = await openStage({ tps: null, concurrency, gatewayMs });
  const started = await stage.startBaseline(program, { count });
  const begun = performance.now();
  process.kill(started.pid, "SIGUSR2");
  await started.ready(/^done$/m, { timeoutMs: 120_000 });
  return count / ((performance.now() - begun) / 1_000);
}

/** Both in turn, so that a machine that changes its speed changes it for both; the median of the ratios counts. */
async function compare(program: string, count: number, gatewayMs: number, rounds: number) {
  const pairs: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    pairs.push({ theirs: await baseline(program, count, gatewayMs), ours: await ours(count, gatewayMs) });
  }
  return {
    ours: median(pairs.map((pair) => pair.ours)),
    theirs: median(pairs.map((pair) => pair.theirs)),
    ratio: median(pairs.map((pair) => pair.ours / pair.theirs)),
  };
}

export async function wholePipeline(): Promise<Row> {
  const { ours, theirs, ratio } = await compare("bare-loop", 40_000, 0, 3);
  return {
    what: "whole pipeline, one worker process, no limit",
    measured: perSecond(ours),
    against: `bare BullMQ + undici loop: ${perSecond(theirs)}`,
    result: ratio.toFixed(2),
    bar: ">= 0.75",
    reached: ratio >= 0.75,
  };
}

export async function durableSending(): Promise<Row> {
  const { ours, theirs, ratio } = await compare("two-updates", 40_000, 1, 3);
  return {
    what: "durable sending of one worker process, gateway 1 ms",
    measured: perSecond(ours),
    against: `BullMQ + undici + two UPDATEs a message: ${perSecond(theirs)}`,
    result: ratio.toFixed(2),
    bar: ">= 1.8",
    reached: ratio >= 1.8,
  };
}
