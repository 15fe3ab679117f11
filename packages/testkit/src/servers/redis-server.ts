import { join } from "node:path";
import { Redis } from "ioredis";
import type { RedisProgram } from "./redis-on-path.ts";
import type { ServerKind } from "./run-server.ts";

export interface RedisInstance {
  program: RedisProgram;
  /** Its working and data folder. */
  folder: string;
  logFile: string;
  password: string;
  /** Keep the data through a restart (append-only file, written once a second). */
  isPersistent: boolean;
}

/** In the data folder. */
export const redisPidFile = "redis.pid";

/** How to run a Redis for BullMQ: on loopback only, by password, never dropping keys. */
export function redisServer({ program, logFile, ...instance }: RedisInstance): ServerKind {
  const { folder, password, isPersistent } = instance;
  return {
    name: "Redis",
    command: (port) => ({
      command: program.command,
      args: ["-"],
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", ...program.env },
      // Not as arguments: the password would show in the list of processes.
      input: `${redisSettings({ ...instance, bind: "127.0.0.1", port })}pidfile ${JSON.stringify(join(folder, redisPidFile))}\n`,
      logFile,
      stopSignals: isPersistent ? [{ signal: "SIGTERM", waitMs: 10_000 }] : [],
    }),
    probe: (host, port) => probeRedis(host, port, password),
  };
}

/** The lines of its settings file. */
export function redisSettings(of: {
  bind: string;
  port: number;
  folder: string;
  password: string;
  isPersistent: boolean;
}): string {
  return [
    `bind ${of.bind}`,
    `port ${of.port}`,
    `requirepass ${of.password}`,
    `dir ${JSON.stringify(of.folder)}`,
    "daemonize no",
    'save ""',
    `appendonly ${of.isPersistent ? "yes" : "no"}`,
    "appendfsync everysec",
    // BullMQ loses jobs when keys are evicted.
    "maxmemory-policy noeviction",
    "",
  ].join("\n");
}

/** Connects once and runs a script with the libraries that BullMQ's scripts use; some builds come without them. */
export async function probeRedis(host: string, port: number, password: string): Promise<void> {
  const redis = new Redis(redisUrl({ host, port }, password), { lazyConnect: true, retryStrategy: () => null });
  // The reason comes with the rejected command as well; without a listener it would be printed.
  redis.on("error", () => {});
  try {
    await redis.connect();
    await redis.eval("return cmsgpack.unpack(cmsgpack.pack(cjson.encode({1})))", 0);
  } finally {
    redis.disconnect();
  }
}

export function redisUrl({ host, port }: { host: string; port: number }, password: string): string {
  return `redis://:${password}@${host}:${port}`;
}
