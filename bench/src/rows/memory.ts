import { readFile } from "node:fs/promises";
import { connectRedis } from "@hikyaku/queue";
import { waitFor } from "@hikyaku/testkit";
import { perSecond, type Row } from "../row.ts";
import { openStage } from "../stage.ts";

const messages = 100_000;
const mostWorkerMiB = 250;
const mostRedisMiB = 64;

/** What one worker process and Redis hold at most while a campaign of 100,000 goes out as fast as it can. */
export async function memoryOfACampaign(): Promise<Row> {
  await using stage = await openStage({ tps: null, concurrency: 100, gatewayMs: 20 });
  const campaignId = await stage.importCampaign(messages);
  const worker = await stage.startWorker();
  const redis = connectRedis({ url: stage.redisUrl });
  const startedAt = performance.now();
  let workerMiB = 0;
  let redisMiB = 0;
  try {
    await stage.start(campaignId);
    await waitFor(
      async () => {
        const status = await readFile(`/proc/${worker.pid}/status`, "utf8");
        workerMiB = Math.max(workerMiB, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024);
        const info = await redis.shared.info("memory");
        redisMiB = Math.max(redisMiB, Number(/used_memory:(\d+)/.exec(info)?.[1]) / 1_048_576);
        return (await stage.metrics()).accepted >= messages;
      },
      { what: "the campaign to be sent", timeoutMs: 300_000, everyMs: 100 },
    );
  } finally {
    await redis.closeAll();
  }
  const rate = messages / ((performance.now() - startedAt) / 1_000);
  return {
    what: "memory while a campaign of 100,000 is sent",
    measured: `worker ${Math.round(workerMiB)} MiB, Redis ${Math.round(redisMiB)} MiB, at ${perSecond(rate)}`,
    against: "–",
    result: "–",
    bar: `worker < ${mostWorkerMiB} MiB, Redis < ${mostRedisMiB} MiB`,
    reached: workerMiB < mostWorkerMiB && redisMiB < mostRedisMiB,
  };
}
