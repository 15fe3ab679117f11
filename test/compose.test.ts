import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createDatabase, createRedis, type NodeProcess, spawnNode } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { nodeFlags } from "../apps/cli/src/system/start-app.ts";

// No container engine is needed to know that docker-compose.yml can work: this starts each service's own command with its
// own environment against the local stack, with only hosts and ports exchanged.

interface Service {
  image: string;
  command: string[];
  environment?: Record<string, string | number>;
  healthcheck?: { disable?: boolean };
  ports?: string[];
  stop_grace_period?: string;
}

const root = new URL("../", import.meta.url);
const text = await readFile(new URL("docker-compose.yml", root), "utf8");
const services = (parse(text, { merge: true }) as { services: Record<string, Service> }).services;
const own = Object.entries(services).filter(([, service]) => service.image === "hikyaku");
const example = Object.fromEntries(
  (await readFile(new URL(".env.example", root), "utf8"))
    .split("\n")
    .flatMap((line) => (/^\w+=/.test(line) ? [line.split(/=(.*)/s).slice(0, 2) as [string, string]] : [])),
);

/** As compose does it: `${NAME}`, `${NAME:-default}`, `${NAME:?error}`. */
function substitute(value: string | number): string {
  return String(value).replace(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_all, name: string, kind?: string, rest?: string) => {
      const given = example[name];
      if (given !== undefined) return given;
      if (kind === "-") return rest ?? "";
      throw new Error(`docker-compose.yml needs ${name}, which .env.example does not give`);
    },
  );
}

test("every variable of docker-compose.yml is in .env.example or has a default", () => {
  expect(() => substitute(text)).not.toThrow();
});

test("the file has the asked-for services, and Redis never evicts and keeps an append-only file", () => {
  expect(Object.keys(services).sort()).toEqual(
    ["console", "migrate", "poller", "postgres", "receiver", "redis", "simulator", "worker"].sort(),
  );
  const redis = services.redis?.command.join(" ");
  expect(redis).toContain("--appendonly yes");
  expect(redis).toContain("--maxmemory-policy noeviction");
});

test("processes in containers get the same bounds of their heap as those of `up`", async () => {
  const dockerfile = await readFile(new URL("Dockerfile", root), "utf8");
  expect(/NODE_OPTIONS="([^"]*)"/.exec(dockerfile)?.[1]?.split(" ")).toEqual(nodeFlags);
});

test.each(own)("%s names a program that the image holds", (_name, service) => {
  const [node, program] = service.command;
  expect(node).toBe("node");
  expect(existsSync(new URL(program ?? "", root))).toBe(true);
});

test("a worker that drains is given more time than it takes", () => {
  for (const name of ["worker", "poller"]) expect(services[name]?.stop_grace_period).toBe("50s");
});

test("every service's command runs with its environment, answers its health check and ends on SIGTERM", async () => {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-compose-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  // Containers have their ports for themselves; here they are shared with everything else, so each is a free one.
  const yaml = parse(await readFile(new URL("examples/hikyaku.yaml", root), "utf8")) as Record<string, object>;
  const file = join(folder, "hikyaku.yaml");
  await writeFile(
    file,
    JSON.stringify({
      ...yaml,
      redisPrefix: redis.redisPrefix,
      receiver: { port: 0 },
      console: { ...yaml.console, port: 0 },
      worker: { healthPort: 0 },
      poller: { healthPort: 0 },
    }),
  );

  const run = (name: string): NodeProcess => {
    const service = services[name];
    if (!service) throw new Error(`no service ${name}`);
    const env = Object.fromEntries(
      Object.entries(service.environment ?? {}).map(([key, value]) => [key, substitute(value)]),
    );
    if (env.DATABASE_URL)
      Object.assign(env, { DATABASE_URL: database.url, REDIS_URL: redis.url, HIKYAKU_CONFIG: file });
    if (env.SIMULATOR_PORT)
      Object.assign(env, { SIMULATOR_PORT: "0", SIMULATOR_CONTROL_PORT: "0", SIMULATOR_HOST: "127.0.0.1" });
    const [, program = "", ...args] = service.command;
    return stack.use(spawnNode(new URL(program, root), { args, env }));
  };

  expect(await run("migrate").exited, "migrate").toMatchObject({ code: 0 });
  const started = new Map<string, NodeProcess>();
  for (const name of ["simulator", "worker", "poller", "receiver", "console"]) {
    const process = run(name);
    started.set(name, process);
    const pattern =
      name === "simulator" ? /"controlUrl":"([^"]+)"/ : new RegExp(`"url":"([^"]+)".*"msg":"${name} started"`);
    const [, url = ""] = await process.ready(pattern);
    const health = spawnNode(new URL("docker/healthcheck.mjs", root), {
      env: { HIKYAKU_HEALTH_URL: `${url}/healthz` },
    });
    expect(await health.exited, `health check of ${name}`).toMatchObject({ code: 0 });
  }
  for (const [name, process] of started) expect(await process.kill("SIGTERM"), name).toEqual({ code: 0, signal: null });
}, 120_000);

test("the health check fails where nobody answers", async () => {
  const health = spawnNode(new URL("docker/healthcheck.mjs", root), {
    env: { HIKYAKU_HEALTH_URL: "http://127.0.0.1:9/healthz" },
  });
  expect(await health.exited).toMatchObject({ code: 1 });
});
