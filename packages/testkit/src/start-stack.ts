import { resolve } from "node:path";
import { claimFolder } from "./folder/claim-folder.ts";
import { makeDataFolder, makeTemporaryFolder, newPassword, readState, writeState } from "./folder/data-folder.ts";
import { createKeeper } from "./keeper/keeper.ts";
import { type PostgresOrigin, providePostgres } from "./servers/provide-postgres.ts";
import { provideRedis, type RedisOrigin } from "./servers/provide-redis.ts";
import type { Server } from "./servers/server.ts";

export interface StackOptions {
  /** `DATABASE_URL`, `REDIS_URL`, `DOCKER_HOST`, `PATH`, `HOME` and `XDG_CACHE_HOME` are looked at. */
  env: NodeJS.ProcessEnv;
  /** Keep the data in this folder between runs. Without it they live in a temporary folder and go with the stack. */
  dataDir?: string | undefined;
  /** Let PostgreSQL sync its writes to disk even without `dataDir` (for benchmarks). Always so with `dataDir`. */
  durable?: boolean;
  /** Prefer containers where a Docker engine answers, as our tests do. */
  preferDocker?: boolean;
  /** Told, a line each, what takes long, what is passed over and when a server ends by itself. */
  log?: (line: string) => void;
}

export interface Stack extends AsyncDisposable {
  databaseUrl: string;
  redisUrl: string;
  origin: { postgres: "given" | PostgresOrigin; redis: "given" | RedisOrigin };
  /** Stops what was started and removes the temporary folder. Servers that were given stay as they are. */
  close(): Promise<void>;
}

/**
 * Provides a real PostgreSQL and a real Redis: those that `env` names, else servers started here, which end with this
 * process in whatever way it ends. They listen on free ports of 127.0.0.1 and want a password that only the URLs
 * tell; with `dataDir` both stay the same from run to run.
 * @throws StackError that ends with the one thing to do
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { env, dataDir, durable = false, preferDocker = false, log = () => {} } = options;
  const given = { postgres: env.DATABASE_URL || undefined, redis: env.REDIS_URL || undefined };
  if (given.postgres !== undefined && given.redis !== undefined) {
    return stackOf({ url: given.postgres, origin: "given" }, { url: given.redis, origin: "given" }, async () => {});
  }
  const keeper = await createKeeper();
  const servers: Server[] = [];
  const close = async () => {
    await Promise.allSettled(servers.splice(0).map((server) => server.remove()));
    await keeper.end();
  };
  try {
    const isPersistent = dataDir !== undefined;
    const scratch = async () => {
      const temporary = await makeTemporaryFolder();
      keeper.removeAtEnd(temporary);
      return temporary;
    };
    const folder = isPersistent ? await makeDataFolder(resolve(dataDir)) : await scratch();
    if (isPersistent) keeper.removeAtEnd(await claimFolder(folder, keeper.pid));
    const state = isPersistent ? await readState(folder) : { password: newPassword() };
    // Before anything is made with this password.
    if (isPersistent) await writeState(folder, state);
    const place = { env, keeper, folder, scratch, password: state.password, isPersistent, preferDocker, log };

    // Side by side; when one fails, the other is ended like any other that runs.
    const [postgres, redis] = await Promise.allSettled([
      given.postgres === undefined
        ? providePostgres({
            ...place,
            port: state.postgres?.port,
            madeBy: state.postgres?.origin,
            database: "hikyaku",
            isDurable: isPersistent || durable,
          })
        : { url: given.postgres, origin: "given" as const },
      given.redis === undefined
        ? provideRedis({ ...place, port: state.redis?.port })
        : { url: given.redis, origin: "given" as const },
    ]);
    for (const started of [postgres, redis]) {
      if (started.status === "fulfilled" && "remove" in started.value) servers.push(started.value);
    }
    if (postgres.status === "rejected") throw postgres.reason;
    if (redis.status === "rejected") throw redis.reason;
    if (isPersistent) {
      if ("port" in postgres.value) state.postgres = { origin: postgres.value.origin, port: postgres.value.port };
      if ("port" in redis.value) state.redis = { port: redis.value.port };
      await writeState(folder, state);
    }
    return stackOf(postgres.value, redis.value, close);
  } catch (error) {
    await close();
    throw error;
  }
}

function stackOf(
  postgres: { url: string; origin: Stack["origin"]["postgres"] },
  redis: { url: string; origin: Stack["origin"]["redis"] },
  close: () => Promise<void>,
): Stack {
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    origin: { postgres: postgres.origin, redis: redis.origin },
    close,
    [Symbol.asyncDispose]: close,
  };
}
