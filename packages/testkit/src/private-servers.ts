import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeTemporaryFolder, newPassword } from "./data-folder.ts";
import { clusterUrl, findPostgresBinaries, initialiseCluster, postgresServer } from "./embedded-postgres.ts";
import { StackError } from "./errors.ts";
import { findRedisOnPath } from "./find-redis.ts";
import { createKeeper, type Keeper } from "./keeper.ts";
import { redisServer, redisUrl } from "./redis-server.ts";
import { type RunningServer, runServer, type ServerKind } from "./run-server.ts";
import { canUnpackRedis, unpackRedis } from "./unpack-redis.ts";

/** A server of its own for a test that stops it, kills it or throws its data away. */
export interface PrivateServer extends AsyncDisposable {
  url: string;
  port: number;
  /** Shuts down in order; the data stay for `restart`. */
  stop(): Promise<void>;
  /** SIGKILL, as by a power cut. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same data, stopping first if it runs. Returns when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** Keep the data through `stop` and `restart`. Default true. */
  persistent?: boolean;
}

/** A private Redis: for FLUSHALL, for losing Redis, for measuring its memory. */
export async function startRedis({ persistent = true }: PrivateRedisOptions = {}): Promise<PrivateServer> {
  return privateServer(async (folder) => {
    const log = (line: string) => console.error(line);
    let binary = await findRedisOnPath(process.env.PATH, log);
    if (binary === undefined && canUnpackRedis()) binary = await unpackRedis(process.env, log);
    if (binary === undefined) throw new StackError("redis-unavailable", "No Redis found.");
    const password = newPassword();
    await mkdir(join(folder, "redis"), { mode: 0o700 });
    return {
      kind: redisServer({
        binary,
        folder: join(folder, "redis"),
        logFile: join(folder, "redis.log"),
        password,
        isPersistent: persistent,
      }),
      url: (port) => redisUrl(password, port),
    };
  });
}

/** A private PostgreSQL with an empty database `postgres`: for tests in which the database goes away. */
export async function startPostgres(): Promise<PrivateServer> {
  return privateServer(async (folder) => {
    const binaries = await findPostgresBinaries(join(folder, "postgres-programs"));
    if ("reason" in binaries) throw new StackError("postgres-unavailable", binaries.reason);
    const cluster = {
      binaries,
      folder: join(folder, "postgres"),
      logFile: join(folder, "postgres.log"),
      user: "hikyaku",
      password: newPassword(),
      // What `kill` and `stop` leave must be there after `restart`; syncing guards against the machine, not the process.
      isDurable: false,
    };
    await initialiseCluster(cluster);
    return { kind: postgresServer(cluster), url: (port) => clusterUrl(cluster, port, "postgres") };
  });
}

interface Prepared {
  kind: ServerKind;
  url(port: number): string;
}

async function privateServer(prepare: (folder: string) => Promise<Prepared>): Promise<PrivateServer> {
  const keeper: Keeper = await createKeeper();
  try {
    const folder = await makeTemporaryFolder();
    keeper.removeAtEnd(folder);
    const { kind, url } = await prepare(folder);
    let server: RunningServer | undefined = await runServer(keeper, kind);
    const { port } = server;
    const stop = async () => {
      await server?.stop();
      server = undefined;
    };
    const close = () => keeper.end();
    return {
      url: url(port),
      port,
      stop,
      async kill() {
        server?.signal("SIGKILL");
        await server?.exited;
        server = undefined;
      },
      async restart() {
        await stop();
        server = await runServer(keeper, kind, { port, portIsFixed: true });
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await keeper.end();
    throw error;
  }
}
