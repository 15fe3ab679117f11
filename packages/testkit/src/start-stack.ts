import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import postgres from "postgres";
import { makeDataFolder, makeTemporaryFolder, newPassword, readState, writeState } from "./data-folder.ts";
import { clusterUrl, findPostgresBinaries, initialiseCluster, postgresServer } from "./embedded-postgres.ts";
import { StackError } from "./errors.ts";
import { findRedisOnPath } from "./find-redis.ts";
import { createKeeper } from "./keeper.ts";
import { redisServer, redisUrl } from "./redis-server.ts";
import { runServer } from "./run-server.ts";
import { canUnpackRedis, unpackRedis } from "./unpack-redis.ts";

export interface StackOptions {
  /** `DATABASE_URL`, `REDIS_URL`, `PATH`, `HOME` and `XDG_CACHE_HOME` are looked at. */
  env: NodeJS.ProcessEnv;
  /** Keep the data here between runs. Without it they live in a temporary folder and go with the stack. */
  dataDir?: string;
  /** Sync PostgreSQL's writes to disk even without `dataDir` (for benchmarks). Always so with `dataDir`. */
  durable?: boolean;
  /** Told, in one line each, what takes long or was passed over. */
  log?: (line: string) => void;
}

export interface Stack extends AsyncDisposable {
  databaseUrl: string;
  redisUrl: string;
  origin: { postgres: "given" | "embedded" | "docker"; redis: "given" | "path" | "docker" | "unpacked" };
  /** Stops what was started and removes the temporary folder. A stack of given servers leaves them alone. */
  close(): Promise<void>;
}

const databaseName = "hikyaku";

/** Provides a real PostgreSQL and a real Redis; see the package's README for where they come from. */
export async function startStack({ env, dataDir, durable, log = () => {} }: StackOptions): Promise<Stack> {
  const isPersistent = dataDir !== undefined;
  const keeper = await createKeeper();
  try {
    const folder = dataDir === undefined ? await makeTemporaryFolder() : await makeDataFolder(dataDir);
    if (!isPersistent) keeper.removeAtEnd(folder);
    const state = isPersistent ? await readState(folder) : { password: newPassword() };
    const origin: Stack["origin"] = { postgres: "given", redis: "given" };

    let databaseUrl = env.DATABASE_URL;
    if (!databaseUrl) {
      const binaries = await findPostgresBinaries(join(folder, "postgres-programs"));
      if ("reason" in binaries) throw new StackError("postgres-unavailable", binaries.reason);
      const cluster = {
        binaries,
        folder: join(folder, "postgres"),
        logFile: join(folder, "postgres.log"),
        user: "hikyaku",
        password: state.password,
        isDurable: isPersistent || durable === true,
      };
      await initialiseCluster(cluster);
      const server = await runServer(keeper, postgresServer(cluster), { port: state.postgresPort });
      state.postgresPort = server.port;
      await createDatabaseOnce(clusterUrl(cluster, server.port, "postgres"));
      databaseUrl = clusterUrl(cluster, server.port, databaseName);
      origin.postgres = "embedded";
    }

    let redis = env.REDIS_URL;
    if (!redis) {
      let binary = await findRedisOnPath(env.PATH, log);
      origin.redis = "path";
      if (binary === undefined) {
        if (!canUnpackRedis()) throw new StackError("redis-unavailable", "No Redis found.");
        binary = await unpackRedis(env, log);
        origin.redis = "unpacked";
      }
      const place = {
        binary,
        folder: join(folder, "redis"),
        logFile: join(folder, "redis.log"),
        password: state.password,
        isPersistent,
      };
      if (!existsSync(place.folder)) await mkdir(place.folder, { mode: 0o700 });
      const server = await runServer(keeper, redisServer(place), { port: state.redisPort });
      state.redisPort = server.port;
      redis = redisUrl(place.password, server.port);
    }
    if (isPersistent) await writeState(folder, state);
    const close = () => keeper.end();
    return { databaseUrl, redisUrl: redis, origin, close, [Symbol.asyncDispose]: close };
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

async function createDatabaseOnce(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (found.length === 0) await sql`create database ${sql(databaseName)}`;
  } finally {
    await sql.end();
  }
}
