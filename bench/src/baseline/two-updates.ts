// What people write by hand when they want to know what became of a message: BullMQ, undici and two plain UPDATEs.
import { once } from "node:events";
import { Queue, Worker } from "bullmq";
import postgres from "postgres";
import { benchNumber } from "../stage.ts";
import { createPost } from "./post.ts";
import { stageOf } from "./stage-of.ts";

const stage = stageOf(process.env);
const connection = { url: stage.redisUrl, maxRetriesPerRequest: null };
const sql = postgres(stage.databaseUrl, { max: 20 });
await sql`create table if not exists by_hand (
  id integer primary key, recipient text not null, state text not null default 'queued', msg_id text,
  sending_at timestamptz, accepted_at timestamptz)`;
await sql`insert into by_hand (id, recipient) select n, '+81700' || lpad(n::text, 7, '0') from generate_series(0, ${stage.count - 1}) n`;
await sql`create index on by_hand (state)`;
await sql`create index on by_hand (msg_id)`;
const queue = new Queue("by-hand", { connection, prefix: stage.redisPrefix });
for (let at = 0; at < stage.count; at += 1_000) {
  await queue.addBulk(
    Array.from({ length: Math.min(1_000, stage.count - at) }, (_, index) => ({
      name: "send",
      data: { n: at + index },
      opts: { removeOnComplete: true },
    })),
  );
}
const post = createPost(stage.gatewayUrl, stage.concurrency);
let done = 0;
const worker = new Worker<{ n: number }>(
  "by-hand",
  async ({ data: { n } }) => {
    await sql`update by_hand set state = 'sending', sending_at = now() where id = ${n}`;
    const msgId = await post(benchNumber(n), n);
    await sql`update by_hand set state = 'accepted', accepted_at = now(), msg_id = ${msgId} where id = ${n}`;
  },
  { connection, prefix: stage.redisPrefix, concurrency: stage.concurrency, autorun: false },
);
worker.on("completed", () => {
  done += 1;
  if (done === stage.count) console.log("done");
});
process.on("SIGUSR2", () => void worker.run());
console.log("ready");
await once(process, "SIGTERM");
process.exit(0);
