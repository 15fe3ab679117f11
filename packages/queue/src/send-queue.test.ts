import { randomUUID } from "node:crypto";
import { startRedis, waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../test/queue-redis.ts";
import { connectRedis } from "./connection.ts";
import { openSendQueue } from "./send-queue.ts";
import { openSendWorker } from "./send-worker.ts";

const campaignId = randomUUID();
const jobOf = (ids: string[]) => ({ campaignId, ids });
const ids = (count: number): string[] => Array.from({ length: count }, () => randomUUID());

async function bundle() {
  const redis = await queueRedis();
  const queue = openSendQueue({ ...redis, route: "r" });
  const workers: ReturnType<typeof openSendWorker>[] = [];
  return {
    ...redis,
    queue,
    work(handle: Parameters<typeof openSendWorker>[0]["handle"], lane: "campaign" | "single" = "campaign") {
      const worker = openSendWorker({ ...redis, route: "r", lane, concurrency: 1, handle });
      workers.push(worker);
      return worker;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(workers.map((worker) => worker.close(0)));
      await queue.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

test("jobs are handed out in the order they were added, with their ids and nothing else", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  const jobs = [ids(3), ids(1), ids(2)];
  await queue.addCampaignJobs(jobs.map(jobOf));

  const got: unknown[] = [];
  work(async (job) => void got.push(job));
  await waitFor(() => got.length === 3);

  expect(got).toEqual(jobs.map(jobOf));
});

test("the depth counts jobs by state and the messages that wait", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  expect((await queue.depth()).campaign.waitingMessages).toBe(0);
  await queue.addCampaignJobs([ids(10), ids(10), ids(7)].map(jobOf));
  const [single = ""] = ids(1);
  await queue.addSingle(single);

  expect(await queue.depth()).toEqual({
    campaign: { waiting: 3, active: 0, delayed: 0, failed: 0, waitingMessages: 27 },
    single: { waiting: 1, active: 0, delayed: 0, failed: 0, waitingMessages: 1 },
  });

  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  work(() => held);
  await waitFor(async () => (await queue.depth()).campaign.active === 1);
  expect((await queue.depth()).campaign).toMatchObject({ waiting: 2, waitingMessages: 17 });
  release();
});

test("the messages of a queue far longer than any window are counted from its beginning", async () => {
  await using opened = await bundle();
  const { queue } = opened;
  for (let round = 0; round < 5; round++) await queue.addCampaignJobs(Array.from({ length: 500 }, () => jobOf(ids(2))));

  expect((await queue.depth()).campaign.waitingMessages).toBe(5_000);
});

test("feeding a message that still waits changes nothing", async () => {
  await using opened = await bundle();
  const { queue } = opened;
  const [one = "", two = ""] = ids(2);
  await queue.addCampaignJobs([jobOf([one, two])]);
  await queue.addCampaignJobs([jobOf([one, two])]);
  await queue.addSingle(one);
  await queue.addSingle(one);

  const depth = await queue.depth();

  expect([depth.campaign.waiting, depth.single.waiting]).toEqual([1, 1]);
});

test("jobs that share only their first message are both taken", async () => {
  await using opened = await bundle();
  const { queue } = opened;
  const [one = "", two = "", three = ""] = ids(3);
  await queue.addCampaignJobs([jobOf([one, two]), jobOf([one, three])]);

  expect((await queue.depth()).campaign.waiting).toBe(2);
});

test("a message can be fed again after its job is done, though that job is kept to be looked at", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  const [id = ""] = ids(1);
  let handled = 0;
  work(async () => void handled++, "single");

  for (const round of [1, 2, 3]) {
    await queue.addSingle(id);
    await waitFor(() => handled === round);
    await waitFor(async () => (await queue.queues.single.getJobCounts("completed")).completed === round);
  }
});

test("a message can be fed again after its job has failed", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  const [id = ""] = ids(1);
  let handled = 0;
  work(async () => {
    if (++handled === 1) throw new Error("not today");
  });

  await queue.addCampaignJobs([jobOf([id])]);
  await waitFor(async () => (await queue.depth()).campaign.failed === 1);
  await queue.addCampaignJobs([jobOf([id])]);

  await waitFor(() => handled === 2);
});

test("a message that is fed while its job is in hand runs once more, and only once", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  const [id = ""] = ids(1);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  let handled = 0;
  work(async () => {
    handled++;
    await held;
  }, "single");
  await queue.addSingle(id);
  await waitFor(() => handled === 1);

  await queue.addSingle(id);
  await queue.addSingle(id);
  release();

  await waitFor(async () => (await queue.queues.single.getJobCounts("completed")).completed === 2);
  expect(handled).toBe(2);
  expect((await queue.depth()).single).toMatchObject({ waiting: 0, active: 0 });
});

test("finished jobs are kept for a look, but no more than 200", async () => {
  await using opened = await bundle();
  const { queue, work } = opened;
  let handled = 0;
  work(async () => void handled++);
  await queue.addCampaignJobs(Array.from({ length: 230 }, () => jobOf(ids(1))));

  await waitFor(() => handled === 230);
  await waitFor(async () => (await queue.queues.campaign.getJobCounts("completed")).completed === 200);
});

test.each([
  ["no ids", []],
  ["something other than an id", ["+819012345678"]],
])("a job with %s is refused", async (_label, job) => {
  await using opened = await bundle();
  const { queue } = opened;
  await expect(queue.addCampaignJobs([jobOf(job)])).rejects.toThrow("ids");
});

test("a queue that was opened while Redis was away works when it is there", async () => {
  await using redis = await startRedis();
  await redis.stop();
  const faults: Error[] = [];
  const connections = connectRedis({ url: redis.url, onError: (error) => faults.push(error) });
  const queue = openSendQueue({ connections, route: "r" });
  try {
    const added = queue.addSingle(randomUUID());
    added.catch(() => {});
    await waitFor(() => faults.length >= 2, { what: "Redis to be tried" });
    await redis.restart();
    await added;
    await queue.addCampaignJobs([jobOf(ids(2))]);
    expect(await queue.depth()).toMatchObject({ single: { waiting: 1 }, campaign: { waitingMessages: 2 } });
  } finally {
    await queue.close();
    await connections.closeAll();
  }
});
