import { Redis } from "ioredis";
import type { RedisBinary } from "./find-redis.ts";
import type { ServerKind } from "./run-server.ts";

export interface RedisPlace {
  binary: RedisBinary;
  /** Its working and data folder. */
  folder: string;
  logFile: string;
  password: string;
  /** Keep the data through a restart (append-only file, written once a second). */
  isPersistent: boolean;
}

/** How to run a Redis for BullMQ: loopback only, with a password, never dropping keys. */
export function redisServer(place: RedisPlace): ServerKind {
  return {
    name: "Redis",
    command: (port) => ({
      command: place.binary.command,
      args: ["-"],
      cwd: place.folder,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", ...place.binary.env },
      input: settings(place, port),
      logFile: place.logFile,
      stopSignals: place.isPersistent ? [{ signal: "SIGTERM", waitMs: 10_000 }] : [],
    }),
    async probe(port) {
      const redis = new Redis(redisUrl(place.password, port), { lazyConnect: true, retryStrategy: () => null });
      // The reason comes with the rejected command as well; unheard, the event would be printed.
      redis.on("error", () => {});
      try {
        await redis.connect();
        // BullMQ's scripts use both libraries; a build without them fails here, not in the middle of a campaign.
        await redis.eval("return cmsgpack.unpack(cmsgpack.pack(cjson.encode({1})))", 0);
      } finally {
        redis.disconnect();
      }
    },
  };
}

export function redisUrl(password: string, port: number): string {
  return `redis://:${password}@127.0.0.1:${port}`;
}

function settings({ folder, password, isPersistent }: RedisPlace, port: number): string {
  return `${[
    `port ${port}`,
    "bind 127.0.0.1",
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    "daemonize no",
    'save ""',
    `appendonly ${isPersistent ? "yes" : "no"}`,
    "appendfsync everysec",
    // BullMQ loses jobs when keys are evicted.
    "maxmemory-policy noeviction",
  ].join("\n")}\n`;
}
