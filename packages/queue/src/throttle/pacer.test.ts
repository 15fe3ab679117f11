import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../../test/queue-redis.ts";
import { madeUpMs, newPaceRestMs, openPacerConnection } from "./pacer.ts";
import { createRedisClock } from "./redis-clock.ts";

async function bundle() {
  const redis = await queueRedis();
  const clock = createRedisClock();
  const askedAt = performance.now();
  const [seconds, microseconds] = await redis.connections.shared.time();
  clock.observe(Number(seconds) * 1_000 + Number(microseconds) / 1_000, askedAt, performance.now());
  const connections = [0, 1].map(() => openPacerConnection(redis.connections, clock, () => {}));
  const [one, two] = connections.map((connection) => connection.pacer(`${redis.prefix}:pace`, () => 2.5));
  if (one === undefined || two === undefined) throw new Error("no pacer");
  return {
    ...redis,
    clock,
    one,
    two,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.close();
      await redis[Symbol.asyncDispose]();
    },
  };
}

test("leases of two processes follow one another without a gap, each as long as its slots", async () => {
  await using opened = await bundle();
  const { one, two } = opened;

  const leases = await Promise.all([one.lease(4), two.lease(10), one.lease(1), two.lease(3)]);

  leases.sort((a, b) => a.startsAt - b.startsAt);
  for (const [index, { startsAt, intervalMs, count }] of leases.entries()) {
    expect(intervalMs).toBe(2.5);
    const next = leases[index + 1];
    // Redis writes the moment with three decimals.
    if (next !== undefined) expect(next.startsAt - startsAt).toBeCloseTo(count * intervalMs, 2);
  }
});

test("a new pace rests first, so that it does not run beside one that was lost", async () => {
  await using opened = await bundle();
  const { one, two, clock } = opened;
  await one.lease(1);
  const before = clock.now();
  await opened.clear();

  const [first, second] = await Promise.all([one.lease(1), two.lease(1)]);

  expect(Math.min(first.startsAt, second.startsAt) - before).toBeGreaterThanOrEqual(newPaceRestMs);
});

test("a short pause in which nobody leased is made up for, of a long one no more than the same", async () => {
  await using opened = await bundle();
  const { one, two, clock } = opened;
  const first = await one.lease(1);

  await waitFor(() => clock.now() > first.startsAt + madeUpMs / 2, { everyMs: 5 });
  const second = await two.lease(1);
  expect(second.startsAt - first.startsAt).toBeCloseTo(2.5, 2);

  await waitFor(() => clock.now() > second.startsAt + 5 * madeUpMs, { everyMs: 5 });
  const before = clock.now();
  const third = await one.lease(1);
  expect(third.startsAt).toBeGreaterThan(before - madeUpMs - 1);
  expect(third.startsAt).toBeLessThan(clock.now() - madeUpMs + 1);
});
