import { Redis } from "ioredis";
import postgres from "postgres";
import { expect, test } from "vitest";
import { createDatabase } from "./create-database.ts";
import { createRedis } from "./create-redis.ts";
import { withPostgres } from "./servers/postgres-url.ts";
import { testStack } from "./test-stack.ts";

test("every database is empty and apart from the others", async () => {
  await using one = await createDatabase();
  await using other = await createDatabase();
  await withPostgres(one.url, (sql) => sql`create table mine ()`);
  const tables = (sql: postgres.Sql) => sql`select 1 from pg_tables where schemaname = 'public'`;
  expect(await withPostgres(one.url, tables)).toHaveLength(1);
  expect(await withPostgres(other.url, tables)).toHaveLength(0);
});

test("a database is dropped at the end of its block, even with someone connected", async () => {
  const database = await createDatabase();
  const idle = postgres(database.url, { max: 1, onnotice: () => {}, onclose: () => {} });
  await idle`select 1`;
  await database[Symbol.asyncDispose]();
  const { databaseUrl } = await testStack();
  const name = new URL(database.url).pathname.slice(1);
  const found = await withPostgres(databaseUrl, (sql) => sql`select 1 from pg_database where datname = ${name}`);
  expect(found).toHaveLength(0);
  await idle.end({ timeout: 0 });
});

test("a prefix's keys are removed at the end of its block, and nobody else's", async () => {
  await using mine = await createRedis();
  const theirs = await createRedis();
  const redis = new Redis(mine.url);
  await redis.mset(`${mine.redisPrefix}:a`, 1, `${theirs.redisPrefix}:a`, 1, `b_${theirs.redisPrefix}_settings`, 1);
  await theirs[Symbol.asyncDispose]();
  expect(await redis.exists(`${mine.redisPrefix}:a`)).toBe(1);
  expect(await redis.exists(`${theirs.redisPrefix}:a`, `b_${theirs.redisPrefix}_settings`)).toBe(0);
  redis.disconnect();
});
