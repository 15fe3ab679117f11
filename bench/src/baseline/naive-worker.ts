// A worker that trusts the queue: when its process dies, BullMQ hands its jobs out again, and they are posted again.
import { once } from "node:events";
import { Worker } from "bullmq";
import { createPost } from "./post.ts";
import { stageOf } from "./stage-of.ts";

const stage = stageOf(process.env);
const post = createPost(stage.gatewayUrl, stage.concurrency);
const worker = new Worker<{ to: string; n: number }>(
  "naive",
  async (job) => void (await post(job.data.to, job.data.n)),
  {
    connection: { url: stage.redisUrl, maxRetriesPerRequest: null },
    prefix: stage.redisPrefix,
    concurrency: stage.concurrency / 2,
    lockDuration: 3_000,
    stalledInterval: 1_200,
    maxStalledCount: 100,
  },
);
await worker.waitUntilReady();
console.log("ready");
await once(process, "SIGTERM");
process.exit(0);
