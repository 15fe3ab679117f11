import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { mkdtemp, readdir, readFile, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSimulator } from "@hikyaku/simulator";
import { createDatabase, createRedis, freePort, waitFor } from "@hikyaku/testkit";
import { request } from "undici";
import { describe, expect, test } from "vitest";
import { hikyaku } from "./cli-world.ts";

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));

interface Place extends AsyncDisposable {
  folder: string;
  ports: { console: number; receiver: number };
}

/** A folder with a configuration whose route leads to `baseUrl`. */
async function place(baseUrl: string, more = ""): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-up-"));
  const ports = { console: await freePort(), receiver: await freePort() };
  await writeFile(
    join(folder, "hikyaku.yaml"),
    `console: { port: ${ports.console} }
receiver: { port: ${ports.receiver}, host: 127.0.0.1 }
routes:
  sms:
    provider: kddi
    baseUrl: ${baseUrl}
    botId: bot_0001
    basicAuth: { user: testUser, password: \${GATEWAY_PASSWORD} }
    tokens: smsonly
    smsNumber: "0312345678"
    class: transactional
    allowDummyC0: true
    limits: { tps: 10, concurrency: 10 }
    hooks: { secret: a-secret-of-the-test }
${more}`,
  );
  return {
    folder,
    ports,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 }),
  };
}

interface Up extends AsyncDisposable {
  pid: number;
  output: () => { out: string; err: string };
  /** Waits until something was said. */
  said(pattern: RegExp): Promise<RegExpExecArray>;
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** `hikyaku up` as the leader of a process group, as a shell starts it. */
function startUp(folder: string, argv: string[] = [], env: Record<string, string> = {}): Up {
  const { DATABASE_URL: _, REDIS_URL: __, NODE_OPTIONS: ___, VITEST: ____, ...inherited } = process.env;
  const child = spawn(process.execPath, [main, "up", ...argv], {
    cwd: folder,
    env: { ...inherited, GATEWAY_PASSWORD: "password", NO_COLOR: "1", ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    err += text;
  });
  const exited = once(child, "exit").then(([code, signal]) => ({ code, signal }));
  return {
    pid: child.pid ?? 0,
    output: () => ({ out, err }),
    said: async (pattern) =>
      await waitFor(() => pattern.exec(out) ?? pattern.exec(err), { timeoutMs: 60_000, what: `${pattern}` }).catch(
        (error: Error) => {
          throw new Error(`${error.message}\n${out}\n${err}`);
        },
      ),
    exited,
    async [Symbol.asyncDispose]() {
      try {
        // The whole group, also when its leader has gone.
        process.kill(-(child.pid ?? 0), "SIGKILL");
      } catch {
        // Everybody has gone.
      }
      await exited;
      await waitFor(async () => (await processesIn(folder)).length === 0, {
        timeoutMs: 30_000,
        what: "every process to go",
      });
    },
  };
}

/** Processes that work in this folder or below. */
async function processesIn(folder: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const inside = await Promise.all(
    pids.map(async (pid) => (await readlink(`/proc/${pid}/cwd`).catch(() => "")).startsWith(folder)),
  );
  return pids.filter((_, at) => inside[at]).map(Number);
}

async function cli(folder: string, ...argv: string[]) {
  const { code, out, err } = await hikyaku(argv, { cwd: folder });
  if (code !== 0) throw new Error(`hikyaku ${argv.join(" ")} ended with ${code}\n${out}\n${err}`);
  return JSON.parse(out);
}

const linux = process.platform === "linux";

describe.runIf(linux)("up", () => {
  test("runs everything on the configured ports, sends a campaign with its receipts, and ends in order at Ctrl-C", {
    timeout: 180_000,
  }, async () => {
    await using gateway = await startSimulator({ timing: { sentAfterMs: 50, deliveredAfterMs: 50 } });
    await using at = await place(`${gateway.gatewayUrl}/au`);
    const { folder, ports } = at;
    await using up = startUp(folder);
    await up.said(/^Ready/m);
    expect(up.output().out.split("\n")).toEqual([
      `console   http://127.0.0.1:${ports.console}`,
      expect.stringMatching(/^queues {4}http:\/\/127.0.0.1:\d+\/queues \(sign in as admin \/ \S+\)$/),
      `receiver  http://127.0.0.1:${ports.receiver}`,
      `  sms     http://127.0.0.1:${ports.receiver}/hooks/sms/<secret>`,
      `data      ${folder}/.hikyaku`,
      "",
    ]);
    expect(statSync(join(folder, ".hikyaku/up.json")).mode & 0o777).toBe(0o600);
    gateway.setAccount("bot_0001", {
      smsResultUrl: `http://127.0.0.1:${ports.receiver}/hooks/sms/a-secret-of-the-test/sms-result`,
    });

    // In a shell without the configuration's variables: the running `up` tells where everything is.
    await writeFile(join(folder, "list.csv"), "to,name\n090-0100-0001,Taro\n090-0100-0002,Hanako\n");
    const report = await cli(
      folder,
      "campaign",
      "send",
      "list.csv",
      "--route",
      "sms",
      "--text",
      "Hi #{name}",
      "--wait-receipts",
      "30s",
      "--json",
    );
    expect(report).toMatchObject({ campaign: { state: "finished", counts: { delivered: 2, total: 2 } } });
    expect(gateway.messages().map(({ to, text }) => [to, text])).toEqual([
      ["+819001000001", "Hi Taro"],
      ["+819001000002", "Hi Hanako"],
    ]);
    const doctor = await hikyaku(["doctor", "--json"], { cwd: folder, env: { GATEWAY_PASSWORD: "password" } });
    const { findings } = JSON.parse(doctor.out);
    expect(findings.filter(({ status }: { status: string }) => status !== "ok")).toEqual([]);
    const queues = await request(`http://127.0.0.1:${ports.console}/queues`);
    await queues.body.dump();
    expect(queues.statusCode).not.toBe(404);

    const second = await hikyaku(["up"], { cwd: folder, env: { GATEWAY_PASSWORD: "password" } });
    expect(second).toMatchObject({ code: 1, err: expect.stringContaining(`already (process ${up.pid})`) });

    process.kill(-up.pid, "SIGINT");
    expect(await up.exited).toEqual({ code: 0, signal: null });
    expect(up.output().err).toContain("Stopped.");
    expect(up.output().err).not.toMatch(/second signal|by itself/);
    expect(existsSync(join(folder, ".hikyaku/up.json"))).toBe(false);
    await waitFor(async () => (await processesIn(folder)).length === 0, { what: "every process to go" });
  });

  test("keeps its data between runs", { timeout: 180_000 }, async () => {
    await using at = await place("http://127.0.0.1:9/au");
    const { folder } = at;
    const signIns: string[] = [];
    for (const run of [1, 2]) {
      await using up = startUp(folder);
      signIns.push((await up.said(/sign in as (.*)\)/))[1] ?? "");
      await up.said(/^Ready/m);
      if (run === 1)
        await cli(folder, "campaign", "create", "--route", "sms", "--text", "x", "--key", "kept", "--json");
      else expect(await cli(folder, "campaign", "show", "kept", "--json")).toMatchObject({ state: "draft" });
      process.kill(up.pid, "SIGTERM");
      expect(await up.exited).toEqual({ code: 0, signal: null });
    }
    expect(signIns[0]).toBe(signIns[1]);
  });

  test("a process that dies is started again; what is configured anew is in force at SIGHUP; nothing outlives a SIGKILL", {
    timeout: 180_000,
  }, async () => {
    await using database = await createDatabase();
    await using redis = await createRedis();
    await using at = await place("http://127.0.0.1:9/au", `redisPrefix: ${redis.redisPrefix}\nshutdownGrace: 2s\n`);
    const { folder } = at;
    await using up = startUp(folder, [], { DATABASE_URL: database.url, REDIS_URL: redis.url });
    await up.said(/^Ready/m);

    const config = join(folder, "hikyaku.yaml");
    const text = await readFile(config, "utf8");
    await writeFile(config, text.replace("tps: 10", "tps: nine"));
    process.kill(up.pid, "SIGHUP");
    await up.said(/found "nine", expected a number/);
    await writeFile(config, text.replace("tps: 10", "tps: 9"));
    process.kill(up.pid, "SIGHUP");
    await up.said(/The configuration was read again/);
    await up.said(/worker .*configuration read again/);

    const [, workerUrl = ""] = await up.said(/worker .*worker started .*url=(\S+)/);
    const worker = (await processesIn(folder)).filter((pid) => pid !== up.pid);
    const before = up.output().err.length;
    process.kill(await workerOf(workerUrl, worker), "SIGKILL");
    await up.said(/worker has ended by itself \(SIGKILL\); starting it again/);
    await waitFor(() => up.output().err.slice(before).includes("worker runs again"), {
      timeoutMs: 30_000,
      what: "the worker to run again",
    });

    process.kill(up.pid, "SIGKILL");
    await up.exited;
    await waitFor(async () => (await processesIn(folder)).length === 0, {
      timeoutMs: 30_000,
      what: "every process to go",
    });
  });

  test.each([
    ["console", "console.port"],
    ["receiver", "receiver.port"],
    ["worker", "worker.healthPort"],
  ] as const)(
    "a port of %s that is taken is told by its setting, and ends everything",
    { timeout: 120_000 },
    async (app, setting) => {
      await using database = await createDatabase();
      await using redis = await createRedis();
      const healthPort = await freePort();
      await using at = await place(
        "http://127.0.0.1:9/au",
        `redisPrefix: ${redis.redisPrefix}\nworker: { healthPort: ${healthPort} }\n`,
      );
      const { folder, ports } = at;
      const port = { ...ports, worker: healthPort }[app];
      await using taken = await startSimulator({ port });
      await using up = startUp(folder, [], { DATABASE_URL: database.url, REDIS_URL: redis.url });
      expect(await up.exited).toEqual({ code: 2, signal: null });
      const { err } = up.output();
      expect(err).toContain(
        `error: ${setting} ${port}: the port is taken; end what listens on it, or set another one.\n`,
      );
      expect(err).toMatch(
        new RegExp(`${app} +fatal the port is taken; .* setting=${setting} code=EADDRINUSE port=${port}`),
      );
      expect(err).not.toMatch(/^ +at /m);
      expect(taken.gatewayUrl).toContain(String(port));
    },
  );
});

/** The process among `pids` that listens on the URL's port. */
async function workerOf(url: string, pids: readonly number[]): Promise<number> {
  const port = Number(new URL(url).port).toString(16).toUpperCase().padStart(4, "0");
  const tables = await Promise.all(
    ["/proc/net/tcp", "/proc/net/tcp6"].map((file) => readFile(file, "utf8").catch(() => "")),
  );
  const inode = tables
    .join("\n")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .find((fields) => fields[1]?.endsWith(`:${port}`) && fields[3] === "0A")?.[9];
  for (const pid of pids) {
    const links = await readdir(`/proc/${pid}/fd`).catch(() => []);
    for (const fd of links) {
      if ((await readlink(`/proc/${pid}/fd/${fd}`).catch(() => "")) === `socket:[${inode}]`) return pid;
    }
  }
  throw new Error(`nobody listens on ${url}`);
}
