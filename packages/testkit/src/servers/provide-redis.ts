import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { StackError } from "../errors.ts";
import { endOrphan } from "../folder/process-identity.ts";
import { dockerAnswers, runInDocker } from "./docker.ts";
import { redisInstallCommand } from "./redis-install-command.ts";
import { findRedisOnPath, type RedisProgram } from "./redis-on-path.ts";
import { probeRedis, redisPidFile, redisServer, redisSettings, redisUrl } from "./redis-server.ts";
import { runServer } from "./run-server.ts";
import type { Server } from "./server.ts";
import type { ServerPlace } from "./server-place.ts";
import { canUnpackRedis, unpackRedis } from "./unpack-redis.ts";

export type RedisOrigin = "path" | "docker" | "unpacked";

export interface ProvidedRedis extends Server {
  origin: RedisOrigin;
  url: string;
}

/**
 * Starts a Redis: `redis-server` or `valkey-server` of the PATH, else one in Docker, else the distribution's own
 * packages unpacked into a cache folder; with `preferDocker` Docker comes first.
 * @throws StackError `redis-unavailable` when there is none, `start-failed` when it does not start
 */
export async function provideRedis(place: ServerPlace): Promise<ProvidedRedis> {
  const origins: RedisOrigin[] = place.preferDocker ? ["docker", "path", "unpacked"] : ["path", "docker", "unpacked"];
  const reasons: string[] = [];
  for (const origin of origins) {
    const server = await starters[origin](place);
    if (!("reason" in server)) return { ...server, origin, url: redisUrl(server, place.password) };
    reasons.push(server.reason);
  }
  throw new StackError(
    "redis-unavailable",
    `No Redis to start: ${reasons.join("; ")}. ${await redisInstallCommand()}, ` +
      "or start a Redis yourself and name it: REDIS_URL=redis://127.0.0.1:6379",
  );
}

const starters: Record<RedisOrigin, (place: ServerPlace) => Promise<Server | { reason: string }>> = {
  async path(place) {
    const program = await findRedisOnPath(place.env.PATH, place.log);
    return program === undefined
      ? { reason: "neither redis-server nor valkey-server is on the PATH" }
      : run(place, program);
  },
  async unpacked(place) {
    if (!canUnpackRedis()) return { reason: "the packages of this system cannot be unpacked" };
    let program: RedisProgram;
    try {
      program = await unpackRedis(place.env, place.log);
    } catch (error) {
      return { reason: `fetching the packages failed: ${error instanceof Error ? error.message : String(error)}` };
    }
    return run(place, program);
  },
  docker: inDocker,
};

async function run(place: ServerPlace, program: RedisProgram): Promise<Server> {
  const folder = join(place.folder, "redis");
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await endLostRedis(folder);
  const { password, isPersistent } = place;
  const kind = redisServer({ program, folder, logFile: join(place.folder, "redis.log"), password, isPersistent });
  return runServer(place.keeper, kind, { port: place.port, onLost: place.log });
}

/** One whose keeper was killed as well would go on writing to the same files. */
async function endLostRedis(folder: string): Promise<void> {
  const pid = Number.parseInt(await readFile(join(folder, redisPidFile), "utf8").catch(() => ""), 10);
  if (!Number.isNaN(pid)) await endOrphan(pid, folder, "127.0.0.1:", "SIGTERM");
}

async function inDocker(place: ServerPlace): Promise<Server | { reason: string }> {
  if (!(await dockerAnswers(place.env))) return { reason: "no Docker engine answers" };
  const folder = join(place.folder, "redis-docker");
  if (place.isPersistent) await mkdir(folder, { recursive: true });
  place.log("starting Redis in Docker");
  const settings = "/usr/local/etc/redis.conf";
  const { password, isPersistent } = place;
  try {
    return await runInDocker(
      {
        name: "Redis",
        image: "redis:8-alpine",
        containerPort: 6379,
        command: ["redis-server", settings],
        files: [
          {
            target: settings,
            content: redisSettings({ bind: "0.0.0.0", port: 6379, folder: "/data", password, isPersistent }),
          },
        ],
        data: isPersistent ? { folder, target: "/data" } : undefined,
        probe: (host, port) => probeRedis(host, port, password),
      },
      place.port,
    );
  } catch (error) {
    const reason = `Docker: ${error instanceof Error ? error.message : String(error)}`;
    place.log(reason);
    return { reason };
  }
}
