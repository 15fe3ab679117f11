import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startPostgres, startRedis } from "./private-servers.ts";
import { withPostgres } from "./servers/postgres-url.ts";

async function redisSays<T>(url: string, action: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on("error", () => {});
  try {
    await redis.connect();
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

test("a Redis that is stopped is gone, and comes back at its port with its data", async () => {
  await using server = await startRedis();
  await redisSays(server.url, (redis) => redis.set("kept", "here"));
  await server.stop();
  await expect(redisSays(server.url, (redis) => redis.ping())).rejects.toThrow();
  await server.restart();
  expect(await redisSays(server.url, (redis) => redis.get("kept"))).toBe("here");
});

test("a Redis that keeps nothing comes back empty", async () => {
  await using server = await startRedis({ persistent: false });
  await redisSays(server.url, (redis) => redis.set("lost", "gone"));
  await server.restart();
  expect(await redisSays(server.url, (redis) => redis.dbsize())).toBe(0);
});

test("two private Redis do not share their keys", async () => {
  await using one = await startRedis();
  await using other = await startRedis();
  await redisSays(one.url, (redis) => redis.set("mine", "1"));
  await redisSays(other.url, (redis) => redis.flushall());
  expect(await redisSays(one.url, (redis) => redis.get("mine"))).toBe("1");
});

test("a PostgreSQL that is stopped is gone, and comes back at its port with its data", async () => {
  await using server = await startPostgres();
  await withPostgres(server.url, (sql) => sql`create table kept ()`);
  await server.stop();
  await expect(withPostgres(server.url, (sql) => sql`select 1`)).rejects.toThrow("ECONNREFUSED");
  await server.restart();
  expect(await withPostgres(server.url, (sql) => sql`select * from kept`)).toEqual([]);
});

test("a PostgreSQL that is killed keeps what was committed", async () => {
  await using server = await startPostgres();
  await withPostgres(server.url, (sql) => sql`create table kept ()`);
  await server.kill();
  await expect(withPostgres(server.url, (sql) => sql`select 1`)).rejects.toThrow("ECONNREFUSED");
  await server.restart();
  expect(await withPostgres(server.url, (sql) => sql`select * from kept`)).toEqual([]);
});
