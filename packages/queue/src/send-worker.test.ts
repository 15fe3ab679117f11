import { randomUUID } from "node:crypto";
import { spawnNode, startRedis, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { queueRedis } from "../test/queue-redis.ts";
import type { WorkingOptions } from "../test/working-process.ts";
import { connectRedis } from "./connection.ts";
import { openSendQueue } from "./send-queue.ts";
import { openSendWorker } from "./send-worker.ts";

const jobOfOne = () => ({ campaignId: randomUUID(), ids: [randomUUID()] });
const entry = new URL("../test/working-process.ts", import.meta.url);

test("the jobs of a killed process are with another one in under 5 s", async () => {
  await using redis = await queueRedis();
  const { url, prefix } = redis;
  const queue = openSendQueue({ ...redis, route: "r" });
  const jobs = Array.from({ length: 5 }, () => [randomUUID()]);
  const options: WorkingOptions = { url, prefix, route: "r", lane: "campaign", keepMs: 600_000 };
  await using victim = spawnNode(entry, { args: [JSON.stringify(options)] });
  await queue.addCampaignJobs(jobs.map((ids) => ({ campaignId: randomUUID(), ids })));
  await waitFor(() => jobs.every(([id]) => victim.stdout.includes(`took ${id}`)), { timeoutMs: 20_000 });
  const taken: { id: string | undefined; at: number }[] = [];
  const worker = openSendWorker({
    ...redis,
    route: "r",
    lane: "campaign",
    concurrency: 10,
    handle: async ({ ids }) => void taken.push({ id: ids[0], at: performance.now() }),
  });
  // Its lock has been renewed by now, as that of any job that lasts.
  await waitFor(async () => (await queue.depth()).campaign.active === 5);

  await victim.kill("SIGKILL");
  const killedAt = performance.now();
  await waitFor(() => taken.length === 5, { timeoutMs: 20_000, what: "the jobs to be taken over" });

  expect(taken.map(({ id }) => id).sort()).toEqual(jobs.flat().sort());
  expect(Math.max(...taken.map(({ at }) => at)) - killedAt).toBeLessThan(5_000);
  await worker.close();
  await queue.close();
});

test("a paused worker takes nothing, and goes on when it is resumed", async () => {
  await using redis = await queueRedis();
  const queue = openSendQueue({ ...redis, route: "r" });
  const got: string[] = [];
  const worker = openSendWorker({
    ...redis,
    route: "r",
    lane: "single",
    concurrency: 1,
    autorun: false,
    handle: async ({ ids }) => void got.push(...ids),
  });
  const [one, two] = [randomUUID(), randomUUID()];
  await queue.addSingle(one);
  await worker.resume();
  await waitFor(() => got.length === 1);

  await worker.pause();
  await queue.addSingle(two);
  await waitFor(async () => (await queue.depth()).single.waiting === 1);
  await worker.resume();

  await waitFor(() => got.length === 2);
  expect(got).toEqual([one, two]);
  await worker.close();
  await queue.close();
});

test("closing lets the jobs in hand finish and takes no further ones", async () => {
  await using redis = await queueRedis();
  const queue = openSendQueue({ ...redis, route: "r" });
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let done = 0;
  const worker = openSendWorker({
    ...redis,
    route: "r",
    lane: "campaign",
    concurrency: 2,
    async handle() {
      await held;
      done++;
    },
  });
  await queue.addCampaignJobs(Array.from({ length: 4 }, jobOfOne));
  await waitFor(() => worker.active() === 2);

  const closed = worker.close(10_000);
  release();
  await closed;

  expect(done).toBe(2);
  expect((await queue.depth()).campaign).toMatchObject({ waiting: 2, active: 0 });
  await queue.close();
});

test("jobs that outlast the deadline are told, and are left for others", async () => {
  await using redis = await queueRedis();
  const queue = openSendQueue({ ...redis, route: "r" });
  let told = false;
  const stubborn = openSendWorker({
    ...redis,
    route: "r",
    lane: "campaign",
    concurrency: 1,
    handle: (_job, signal) =>
      new Promise(() =>
        signal.addEventListener("abort", () => {
          told = true;
        }),
      ),
  });
  await queue.addCampaignJobs([jobOfOne()]);
  await waitFor(() => stubborn.active() === 1);

  await stubborn.close(50);

  expect(told).toBe(true);
  let taken = 0;
  const heir = openSendWorker({
    ...redis,
    route: "r",
    lane: "campaign",
    concurrency: 1,
    handle: async () => void taken++,
  });
  await waitFor(() => taken === 1);
  await heir.close();
  await queue.close();
});

test("a worker goes on after a FLUSHALL and after a restart of Redis, with what is fed then", async () => {
  await using server = await startRedis({ persistent: false });
  const connections = connectRedis({ url: server.url });
  const queue = openSendQueue({ connections, route: "r" });
  const got: string[] = [];
  const worker = openSendWorker({
    connections,
    route: "r",
    lane: "campaign",
    concurrency: 3,
    handle: async ({ ids }) => void got.push(...ids),
  });
  const feed = async (): Promise<void> => {
    const id = randomUUID();
    await queue.addCampaignJobs([{ campaignId: randomUUID(), ids: [id] }]);
    await waitFor(() => got.includes(id), { what: "the job to be taken" });
  };
  await feed();

  const redis = new Redis(server.url);
  await redis.flushall();
  redis.disconnect();
  await feed();
  await server.kill();
  await server.restart();
  await feed();

  await worker.close();
  await queue.close();
  await connections.closeAll();
});

test("worker, queue and connections can be closed while Redis is away", async () => {
  await using server = await startRedis({ persistent: false });
  const connections = connectRedis({ url: server.url });
  const queue = openSendQueue({ connections, route: "r" });
  let taken = 0;
  const worker = openSendWorker({
    connections,
    route: "r",
    lane: "campaign",
    concurrency: 2,
    handle: async () => void taken++,
  });
  await queue.addCampaignJobs([jobOfOne()]);
  await waitFor(() => taken === 1);
  await server.kill();
  const startedAt = performance.now();

  await worker.close(1_000);
  await queue.close();
  await connections.closeAll();

  expect(performance.now() - startedAt).toBeLessThan(8_000);
});
