import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { serverProcesses } from "../test/server-processes.ts";
import { identify } from "./folder/process-identity.ts";
import { withPostgres } from "./servers/postgres-url.ts";
import { spawnNode } from "./spawn-node.ts";
import { type Stack, startStack } from "./start-stack.ts";
import { waitFor } from "./wait-for.ts";

const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;

async function temporaryFolder(): Promise<AsyncDisposable & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), "testkit-test-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 20 }) };
}

async function setting(stack: Stack, name: string): Promise<string> {
  const [row] = await withPostgres(
    stack.databaseUrl,
    (sql) => sql<{ value: string }[]>`select current_setting(${name}) as value`,
  );
  return row?.value ?? "";
}

async function withRedis<T>(url: string, action: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, { retryStrategy: () => null });
  redis.on("error", () => {});
  try {
    return await action(redis);
  } finally {
    redis.disconnect();
  }
}

test("given servers are used as they are, and nothing is started", async () => {
  const given = { DATABASE_URL: "postgres://someone@db.example/theirs", REDIS_URL: "redis://cache.example:6380/2" };
  await using stack = await startStack({ env: { ...env, ...given } });
  expect(stack).toMatchObject({
    databaseUrl: given.DATABASE_URL,
    redisUrl: given.REDIS_URL,
    origin: { postgres: "given", redis: "given" },
  });
});

test("one given server leaves the other to be started", async () => {
  await using stack = await startStack({ env: { ...env, DATABASE_URL: "postgres://someone@db.example/theirs" } });
  expect(stack.databaseUrl).toBe("postgres://someone@db.example/theirs");
  expect(stack.origin.postgres).toBe("given");
  expect(await withRedis(stack.redisUrl, (redis) => redis.ping())).toBe("PONG");
});

test("a stack without a data folder is set up for tests", async () => {
  await using stack = await startStack({ env });
  expect(await setting(stack, "server_version")).toMatch(/^18\./);
  expect(await setting(stack, "max_connections")).toBe("200");
  expect(await setting(stack, "fsync")).toBe("off");
  expect(await setting(stack, "synchronous_commit")).toBe("on");
  expect(await setting(stack, "TimeZone")).toBe("UTC");
  expect(await setting(stack, "server_encoding")).toBe("UTF8");
  await withRedis(stack.redisUrl, async (redis) => {
    expect(await redis.config("GET", "maxmemory-policy")).toEqual(["maxmemory-policy", "noeviction"]);
    expect(await redis.config("GET", "appendonly")).toEqual(["appendonly", "no"]);
    expect(await redis.config("GET", "save")).toEqual(["save", ""]);
  });
});

test("a durable stack syncs its writes", async () => {
  await using stack = await startStack({ env, durable: true });
  expect(await setting(stack, "fsync")).toBe("on");
});

test("the servers want their password, and listen on loopback only", async () => {
  await using stack = await startStack({ env });
  const wrong = (url: string) => Object.assign(new URL(url), { password: "wrong" }).href;
  await expect(withPostgres(wrong(stack.databaseUrl), (sql) => sql`select 1`)).rejects.toThrow(
    "password authentication",
  );
  await expect(withRedis(wrong(stack.redisUrl), (redis) => redis.ping())).rejects.toThrow(/WRONGPASS|NOAUTH/);
  const others = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  for (const { address } of others.filter(({ internal, family }) => !internal && family === "IPv4")) {
    for (const url of [stack.databaseUrl, stack.redisUrl]) {
      const socket = connect({ host: address, port: Number(new URL(url).port), timeout: 1_000 });
      await expect(once(socket, "connect")).rejects.toThrow("ECONNREFUSED");
    }
  }
});

test("with a data folder, data and URLs are the same at the next run", async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, "new", "data");
  const first = await startStack({ env, dataDir });
  await withPostgres(first.databaseUrl, async (sql) => {
    await sql`create table kept (word text)`;
    await sql`insert into kept values ('飛脚')`;
  });
  await withRedis(first.redisUrl, (redis) => redis.set("kept", "here"));
  expect(await setting(first, "fsync")).toBe("on");
  expect(await withRedis(first.redisUrl, (redis) => redis.config("GET", "appendfsync"))).toEqual([
    "appendfsync",
    "everysec",
  ]);
  await first.close();

  await using second = await startStack({ env, dataDir });
  expect([second.databaseUrl, second.redisUrl]).toEqual([first.databaseUrl, first.redisUrl]);
  expect(await withPostgres(second.databaseUrl, (sql) => sql`select * from kept`)).toMatchObject([{ word: "飛脚" }]);
  expect(await withRedis(second.redisUrl, (redis) => redis.get("kept"))).toBe("here");
});

test("a port that someone took in the meantime is replaced by another", async () => {
  await using folder = await temporaryFolder();
  const first = await startStack({ env, dataDir: folder.path });
  await first.close();
  const taken = createServer().listen(Number(new URL(first.databaseUrl).port), "127.0.0.1");
  await once(taken, "listening");
  try {
    await using second = await startStack({ env, dataDir: folder.path });
    expect(new URL(second.databaseUrl).port).not.toBe(new URL(first.databaseUrl).port);
    expect(await setting(second, "fsync")).toBe("on");
  } finally {
    taken.close();
  }
});

test("a second stack on the same folder is refused, with the process that has it", async () => {
  await using folder = await temporaryFolder();
  await using first = await startStack({ env, dataDir: folder.path });
  await expect(startStack({ env, dataDir: folder.path })).rejects.toMatchObject({
    code: "folder-in-use",
    message: `The folder ${folder.path} is in use by process ${process.pid}. Stop that one (kill ${process.pid}), or give another folder.`,
  });
  // The refused one has not taken the first one's servers or claim with it.
  expect(await setting(first, "fsync")).toBe("on");
  await expect(startStack({ env, dataDir: folder.path })).rejects.toMatchObject({ code: "folder-in-use" });
});

test("of many that start on one folder at once, one gets it", async () => {
  await using folder = await temporaryFolder();
  const started = await Promise.allSettled(Array.from({ length: 5 }, () => startStack({ env, dataDir: folder.path })));
  const stacks = started.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  await Promise.all(stacks.map((stack) => stack.close()));
  expect(stacks).toHaveLength(1);
});

test("after a SIGKILL the next run waits for the old servers and goes on with the data", async () => {
  await using folder = await temporaryFolder();
  await using user = spawnNode(new URL("../test/use-stack.ts", import.meta.url), { args: ["stay", folder.path] });
  const [line] = await user.ready(/^\{.*\}$/m, { timeoutMs: 60_000 });
  const first = JSON.parse(line) as Stack;
  await withPostgres(first.databaseUrl, (sql) => sql`create table kept ()`);
  await user.kill("SIGKILL");

  await using second = await startStack({ env, dataDir: folder.path });
  expect(second.databaseUrl).toBe(first.databaseUrl);
  expect(await withPostgres(second.databaseUrl, (sql) => sql`select * from kept`)).toEqual([]);
});

test("after a SIGKILL of program and keeper the next run ends the orphans and goes on with the data", async () => {
  await using folder = await temporaryFolder();
  await using user = spawnNode(new URL("../test/use-stack.ts", import.meta.url), { args: ["stay", folder.path] });
  const [line] = await user.ready(/^\{.*\}$/m, { timeoutMs: 60_000 });
  const first = JSON.parse(line) as Stack & Awaited<ReturnType<typeof serverProcesses>>;
  await withPostgres(first.databaseUrl, (sql) => sql`create table kept ()`);
  await withRedis(first.redisUrl, (redis) => redis.set("kept", "here"));
  process.kill(user.pid, "SIGSTOP");
  process.kill(first.keeperPid, "SIGKILL");
  await user.kill("SIGKILL");
  expect([identify(first.postgresPid), identify(first.redisPid)]).not.toContain(undefined);

  await using second = await startStack({ env, dataDir: folder.path });
  expect([identify(first.postgresPid), identify(first.redisPid)]).toEqual([undefined, undefined]);
  expect(await withPostgres(second.databaseUrl, (sql) => sql`select * from kept`)).toEqual([]);
  expect(await withRedis(second.redisUrl, (redis) => redis.get("kept"))).toBe("here");
});

test("a postmaster.pid whose number now belongs to a stranger does not stop the start, nor the stranger", async () => {
  await using folder = await temporaryFolder();
  const first = await startStack({ env, dataDir: folder.path });
  const pidFile = join(folder.path, "postgres", "postmaster.pid");
  const text = await readFile(pidFile, "utf8");
  await first.close();
  await using stranger = spawnNode(new URL("../test/count.ts", import.meta.url));
  await stranger.ready(/counting/);
  await writeFile(pidFile, text.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });

  await using second = await startStack({ env, dataDir: folder.path });
  expect(await setting(second, "fsync")).toBe("on");
  expect(identify(stranger.pid)).toBeDefined();
});

test("a first start that broke off is made anew", async () => {
  await using folder = await temporaryFolder();
  const first = await startStack({ env, dataDir: folder.path });
  await first.close();
  await rm(join(folder.path, "postgres"), { recursive: true });
  await rm(join(folder.path, "postgres.new"), { recursive: true, force: true });
  await writeFile(join(folder.path, "postgres.password"), "left over");
  await using second = await startStack({ env, dataDir: folder.path });
  expect(await setting(second, "fsync")).toBe("on");
  expect(existsSync(join(folder.path, "postgres.password"))).toBe(false);
});

test("data of another PostgreSQL are refused and left alone", async () => {
  await using folder = await temporaryFolder();
  const first = await startStack({ env, dataDir: folder.path });
  await first.close();
  await writeFile(join(folder.path, "postgres", "PG_VERSION"), "15\n");
  await expect(startStack({ env, dataDir: folder.path })).rejects.toThrow(/were made by PostgreSQL 15, this is 18/);
});

test("data made in Docker are not looked for elsewhere when no engine answers", async () => {
  await using folder = await temporaryFolder();
  const state = { password: "secret", postgres: { origin: "docker", port: 54321 } };
  await writeFile(join(folder.path, "stack.json"), JSON.stringify(state));
  const start = startStack({ env: { ...env, DOCKER_HOST: "tcp://127.0.0.1:1" }, dataDir: folder.path });
  await expect(start).rejects.toMatchObject({
    code: "postgres-unavailable",
    message: expect.stringMatching(/were made with Docker; no Docker engine answers\..* DATABASE_URL=postgres:/),
  });
});

test("without any Redis the error names what was tried and the one command", async () => {
  await using folder = await temporaryFolder();
  const config = join(folder.path, "apt.conf");
  await writeFile(config, 'Dir::Etc::sourcelist "/dev/null";\nDir::Etc::sourceparts "-";\n');
  const bare = { ...env, PATH: folder.path, DOCKER_HOST: "tcp://127.0.0.1:1", XDG_CACHE_HOME: folder.path };
  await expect(startStack({ env: { ...bare, APT_CONFIG: config } })).rejects.toMatchObject({
    code: "redis-unavailable",
    message: expect.stringMatching(
      /^No Redis to start: neither redis-server nor valkey-server is on the PATH; no Docker engine answers; .*(Run: |Install Redis).*REDIS_URL=redis:/,
    ),
  });
});

test("a data folder that cannot be made is an error that names it", async () => {
  const start = startStack({ env, dataDir: "/dev/null/data" });
  await expect(start).rejects.toThrow("The data folder /dev/null/data cannot be made; give one you may write to.");
});

test("a folder whose memory is broken is refused, not overwritten", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "stack.json"), "{}");
  await expect(startStack({ env, dataDir: folder.path })).rejects.toThrow(/stack\.json: it holds no password/);
  expect(await readFile(join(folder.path, "stack.json"), "utf8")).toBe("{}");
});

test("a server that ends by itself is told about once, and one that is closed is not", async () => {
  const lines: string[] = [];
  const stack = await startStack({ env, log: (line) => lines.push(line) });
  const { redisPid } = await serverProcesses(stack);
  process.kill(redisPid, "SIGKILL");
  await waitFor(() => lines.length > 0, { what: "the news" });
  await stack.close();
  expect(lines).toEqual([expect.stringMatching(/^Redis has ended by itself \(SIGKILL\); see .*redis\.log$/)]);
});
