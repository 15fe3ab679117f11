import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../../test/queue-redis.ts";
import { openEventQueue } from "./event-queue.ts";
import { NotTakenError, openEventWorker } from "./event-worker.ts";

const idOf = (n: number) => `01936f0e-7b00-7000-8000-${String(n).padStart(12, "0")}`;

async function open(endpoint = "*") {
  const stack = new AsyncDisposableStack();
  const redis = stack.use(await queueRedis());
  const { connections, prefix } = redis;
  const queue = openEventQueue({ connections, endpoint, prefix });
  stack.defer(() => queue.close());
  return {
    redis,
    queue,
    work(handle: (id: string) => Promise<void>, concurrency = 1) {
      const worker = openEventWorker({ connections, endpoint, prefix, concurrency, handle });
      stack.defer(() => worker.close(1_000));
      return worker;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

test("events are told in the order they were put in, each once, and Redis holds their ids only", async () => {
  await using world = await open();
  const ids = Array.from({ length: 30 }, (_, n) => idOf(n));
  await world.queue.add(ids);
  await world.queue.add(ids);
  expect(await world.queue.depth()).toEqual({ waiting: 30, active: 0, delayed: 0 });
  expect(await world.queue.queue.getJob((await world.queue.queue.getWaiting())[0]?.id ?? "")).toMatchObject({
    data: { id: ids[0] },
  });
  const told: string[] = [];
  world.work(async (id) => void told.push(id));
  await waitFor(() => told.length >= 30, { what: "all of them" });
  expect(told).toEqual(ids);
});

test("one that was not taken comes again when its error says, and not when it is given up", async () => {
  await using world = await open("coupon-sms");
  const attempts: string[] = [];
  world.work(async (id) => {
    attempts.push(id);
    if (id === idOf(2)) throw new NotTakenError("410", null);
    if (attempts.filter((each) => each === id).length < 3) throw new NotTakenError("503", 10);
  });
  await world.queue.add([idOf(1), idOf(2)]);
  await waitFor(() => attempts.filter((id) => id === idOf(1)).length === 3, { what: "three attempts" });
  const { queue } = world.queue;
  const [failed] = await waitFor(async () => {
    const jobs = await queue.getFailed();
    return jobs.length > 0 && jobs;
  });
  expect(failed).toMatchObject({ data: { id: idOf(2) }, failedReason: "410" });
  expect(attempts.filter((id) => id === idOf(2))).toHaveLength(1);
  // Asked for by hand: it goes again, though its first job is still kept to be looked at.
  await world.queue.add([idOf(2)]);
  await waitFor(() => attempts.filter((id) => id === idOf(2)).length === 2, { what: "the replay" });
});

test("one that waits for its next attempt is due at once when it is put again, and stays one", async () => {
  await using world = await open();
  const attempts: string[] = [];
  world.work(async (id) => {
    attempts.push(id);
    if (attempts.length < 3) throw new NotTakenError("503", 3_600_000);
  });
  await world.queue.add([idOf(1)]);
  await waitFor(async () => (await world.queue.depth()).delayed === 1, { what: "the first failure" });
  await world.queue.add([idOf(1)]);
  await waitFor(async () => attempts.length === 2 && (await world.queue.depth()).delayed === 1, { what: "the second" });
  await world.queue.hurry("one");
  await waitFor(() => attempts.length === 3, { what: "the third" });
  await waitFor(async () => {
    const { waiting, active, delayed } = await world.queue.depth();
    return waiting + active + delayed === 0;
  });
});

test("all that wait for their next attempt can be hurried, or taken out", async () => {
  await using world = await open();
  let works = false;
  const told: string[] = [];
  world.work(async (id) => {
    if (!works) throw new NotTakenError("503", 3_600_000);
    told.push(id);
  }, 5);
  await world.queue.add([1, 2, 3, 4].map(idOf));
  await waitFor(async () => (await world.queue.depth()).delayed === 4, { what: "all to fail" });
  works = true;
  await world.queue.hurry("all");
  await waitFor(() => told.length === 4, { what: "all to be told" });

  works = false;
  await world.queue.add([5, 6].map(idOf));
  await waitFor(async () => (await world.queue.depth()).delayed === 2, { what: "both to fail" });
  await world.queue.clear();
  expect(await world.queue.depth()).toEqual({ waiting: 0, active: 0, delayed: 0 });
  works = true;
  await world.queue.add([idOf(5)]);
  await waitFor(() => told.includes(idOf(5)), { what: "one that was taken out to be put in again" });
});

test("a fault of our own comes again too", async () => {
  await using world = await open();
  let tries = 0;
  world.work(async () => {
    tries += 1;
    if (tries === 1) throw new Error("the ledger is away");
  });
  await world.queue.add([idOf(1)]);
  await waitFor(async () => (await world.queue.depth()).delayed === 1, { what: "the fault" });
  await world.queue.hurry("one");
  await waitFor(() => tries === 2, { what: "the second try" });
});

test("after Redis lost everything events are put in again", async () => {
  await using world = await open();
  await world.queue.add([idOf(1)]);
  await world.redis.clear();
  await world.queue.add([idOf(1)]);
  const told: string[] = [];
  world.work(async (id) => void told.push(id));
  await waitFor(() => told.length === 1);
});

test("a job that is not an event's id is refused", async () => {
  await using world = await open();
  await expect(world.queue.add(["+819012345678"])).rejects.toThrow();
});
