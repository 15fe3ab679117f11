import { makeTemporaryFolder, newPassword } from "./folder/data-folder.ts";
import { createKeeper } from "./keeper/keeper.ts";
import { providePostgres } from "./servers/provide-postgres.ts";
import { provideRedis } from "./servers/provide-redis.ts";
import type { Server } from "./servers/server.ts";
import type { ServerPlace } from "./servers/server-place.ts";

/** A server of its own for a test that stops it, kills it or throws its data away. */
export interface PrivateServer extends AsyncDisposable {
  url: string;
  port: number;
  /** Shuts down in order; the data stay for `restart`. */
  stop(): Promise<void>;
  /** Ends at once, as by SIGKILL. */
  kill(): Promise<void>;
  /** Starts again on the same port with the same data, stopping first if it runs. Returns when it answers. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

export interface PrivateRedisOptions {
  /** Keep the data through `stop` and `restart` (a `kill` may lose the last second). Default true. */
  persistent?: boolean;
}

/** A private Redis: for FLUSHALL, for losing Redis, for measuring its memory. */
export function startRedis({ persistent = true }: PrivateRedisOptions = {}): Promise<PrivateServer> {
  return privateServer((place) => provideRedis({ ...place, isPersistent: persistent }));
}

/** A private PostgreSQL with one empty database: for tests in which the database goes away. */
export function startPostgres(): Promise<PrivateServer> {
  return privateServer((place) => providePostgres({ ...place, database: "hikyaku", isDurable: false }));
}

async function privateServer(
  provide: (place: ServerPlace) => Promise<Server & { url: string }>,
): Promise<PrivateServer> {
  const keeper = await createKeeper();
  let server: Awaited<ReturnType<typeof provide>> | undefined;
  const close = async () => {
    await server?.remove();
    await keeper.end();
  };
  try {
    const folder = await makeTemporaryFolder();
    keeper.removeAtEnd(folder);
    const started = await provide({
      env: process.env,
      keeper,
      folder,
      scratch: async () => folder,
      password: newPassword(),
      isPersistent: false,
      // A process stops and starts much faster than a container.
      preferDocker: false,
      log: (line) => console.error(line),
    });
    server = started;
    return {
      url: started.url,
      port: started.port,
      stop: () => started.stop(),
      kill: () => started.kill(),
      async restart() {
        await started.stop();
        await started.start();
      },
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
