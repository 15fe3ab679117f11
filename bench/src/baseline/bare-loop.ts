// The least that BullMQ and undici can do: take a job, post it, done. No ledger, no throttle, no promise.
import { once } from "node:events";
import { Queue, Worker } from "bullmq";
import { benchNumber } from "../stage.ts";
import { createPost } from "./post.ts";
import { stageOf } from "./stage-of.ts";

const stage = stageOf(process.env);
const connection = { url: stage.redisUrl, maxRetriesPerRequest: null };
const queue = new Queue("bare", { connection, prefix: stage.redisPrefix });
for (let at = 0; at < stage.count; at += 1_000) {
  await queue.addBulk(
    Array.from({ length: Math.min(1_000, stage.count - at) }, (_, index) => ({
      name: "send",
      data: { to: benchNumber(at + index), n: at + index },
      opts: { removeOnComplete: true },
    })),
  );
}
const post = createPost(stage.gatewayUrl, stage.concurrency);
let done = 0;
const worker = new Worker<{ to: string; n: number }>(
  "bare",
  async (job) => void (await post(job.data.to, job.data.n)),
  {
    connection,
    prefix: stage.redisPrefix,
    concurrency: stage.concurrency,
    autorun: false,
  },
);
worker.on("completed", () => {
  done += 1;
  if (done === stage.count) console.log("done");
});
process.on("SIGUSR2", () => void worker.run());
console.log("ready");
await once(process, "SIGTERM");
process.exit(0);
