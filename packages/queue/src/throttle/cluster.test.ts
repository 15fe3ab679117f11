import { type NodeProcess, spawnNode, startRedis, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { queueRedis } from "../../test/queue-redis.ts";
import type { StartingOptions } from "../../test/starting-process.ts";
import { mostInASecond, startsOf } from "../../test/starts.ts";
import { connectRedis } from "../connection.ts";
import { openThrottle } from "./open-throttle.ts";

const entry = new URL("../../test/starting-process.ts", import.meta.url);
const spawnStarting = (options: StartingOptions): NodeProcess => spawnNode(entry, { args: [JSON.stringify(options)] });
/**
 * A busy machine may stop a process between its slot and its start, so one or two starts come late. What the tests look
 * for, a pace that is not shared or a burst, is far more than that.
 */
const withLate = (limit: number): number => Math.ceil(1.02 * limit) + 1;
const sleepless = { timeoutMs: 25_000 };

test("four processes share one pace: no second holds more starts than the limit", async () => {
  await using redis = await queueRedis();
  const options = { ...redis, connections: undefined, route: "shared", tps: 50, concurrency: 40, latencyMs: 30 };
  await using one = spawnStarting(options);
  await using two = spawnStarting(options);
  await using three = spawnStarting(options);
  await using four = spawnStarting(options);
  const all = [one, two, three, four];

  await waitFor(() => startsOf(all).length >= 200, { ...sleepless, what: "200 starts" });

  expect(mostInASecond(startsOf(all))).toBeLessThanOrEqual(withLate(50));
  for (const each of all) expect(startsOf([each]).length).toBeGreaterThan(0);
});

test("a process whose loop stands still again and again crowds no second, and keeps its part of the pace", async () => {
  await using redis = await queueRedis();
  const options = { ...redis, connections: undefined, route: "busy", tps: 200, concurrency: 40, latencyMs: 30 };
  await using still = spawnStarting({ ...options, standsStillMs: 60 });
  await using other = spawnStarting(options);
  const both = [still, other];

  await waitFor(() => startsOf(both).length >= 1_200, { ...sleepless, what: "1,200 starts" });

  // Six starts come up to 60 ms late each time: told to nobody, they would be six too many a second later.
  expect(mostInASecond(startsOf(both))).toBeLessThanOrEqual(202);
  for (const each of both) expect(startsOf([each]).length).toBeGreaterThan(100);
});

test("a killed process's share of the concurrency is with the others in under 5 s", async () => {
  await using redis = await queueRedis();
  const options = { ...redis, connections: undefined, route: "killed", tps: null, concurrency: 4, latencyMs: 600_000 };
  // Both hold what they are granted for ever: 2 each.
  await using victim = spawnStarting(options);
  await waitFor(() => startsOf([victim]).length === 4, { ...sleepless, what: "the first to take all" });
  await using heir = spawnStarting(options);

  await victim.kill("SIGKILL");
  const killedAt = Date.now();
  await waitFor(() => startsOf([heir]).length === 4, { ...sleepless, what: "the other to take over" });

  expect((startsOf([heir])[0] ?? Infinity) - killedAt).toBeLessThan(5_000);
});

test("FLUSHALL in the middle: the pace goes on by itself and never exceeds the limit", async () => {
  await using server = await startRedis();
  const options = { url: server.url, prefix: "t", route: "flushed", tps: 200, concurrency: 20, latencyMs: 30 };
  await using one = spawnStarting(options);
  await using two = spawnStarting(options);
  const all = [one, two];
  await waitFor(() => startsOf(all).length >= 200, { ...sleepless, what: "200 starts" });

  const redis = new Redis(server.url);
  await redis.flushall();
  redis.disconnect();
  const flushedAt = Date.now();
  const after = () => startsOf(all).filter((at) => at > flushedAt + 500);
  await waitFor(() => after().length >= 400, { ...sleepless, what: "400 starts after the flush" });

  expect(mostInASecond(startsOf(all))).toBeLessThanOrEqual(withLate(200));
  expect((after()[0] ?? Infinity) - flushedAt).toBeLessThan(5_000);
});

test.each([50, null])(
  "Redis killed and started again: nobody starts without it for long, and all go on after it (tps %s)",
  async (tps) => {
    await using server = await startRedis();
    const options = { url: server.url, prefix: "t", route: "killed", tps, concurrency: 2, latencyMs: 40 };
    await using one = spawnStarting(options);
    await using two = spawnStarting(options);
    const all = [one, two];
    await waitFor(() => startsOf(all).length >= 50, { ...sleepless, what: "50 starts" });

    await server.kill();
    const killedAt = Date.now();
    await waitFor(() => Date.now() - killedAt > 4_000, { what: "4 s without Redis" });
    // It takes connections a moment before the restart is told as done.
    const restartingAt = Date.now();
    await server.restart();
    const restartedAt = Date.now();
    const after = () => startsOf(all).filter((at) => at > restartedAt);
    await waitFor(() => after().length >= 50, { ...sleepless, what: "50 starts after the restart" });

    expect(startsOf(all).filter((at) => at > killedAt + 3_000 && at < restartingAt)).toEqual([]);
    expect(mostInASecond(startsOf(all))).toBeLessThanOrEqual(withLate(tps ?? 50));
    for (const each of all) expect(await Promise.race([each.exited, "alive"])).toBe("alive");
  },
);

test("a throttle can be closed while Redis is away", async () => {
  await using server = await startRedis();
  const limits = { tps: 50, concurrency: 4 };
  const all = [server.url, "redis://127.0.0.1:1"].map((url) => {
    const connections = connectRedis({ url });
    return { connections, throttle: openThrottle({ connections, route: "r", role: "send", limits }) };
  });
  await all[0]?.throttle.acquire("campaign", 1);
  await server.kill();

  await Promise.all(all.map(({ throttle }) => throttle.close()));
  await Promise.all(all.map(({ connections }) => connections.closeAll()));
});
