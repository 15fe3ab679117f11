import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { StackError } from "../errors.ts";
import { freePort } from "../free-port.ts";
import type { Keeper, KeptServer } from "../keeper/keeper.ts";
import type { ServerCommand } from "../keeper/orders.ts";
import type { Server } from "./server.ts";

export interface ServerKind {
  /** "PostgreSQL" or "Redis", for messages. */
  name: string;
  command(port: number): ServerCommand;
  /** Resolves when the server there is ours and answers; rejects otherwise. */
  probe(host: string, port: number): Promise<void>;
  /** Whether this failure of `probe` says that the server is still reading its data, which may take any time. */
  isLoading?(failure: unknown): boolean;
}

export interface RunOptions {
  /** Tried first. Another is taken when it is not free. */
  port?: number | undefined;
  /** Told when the server ends though nobody asked it to. */
  onLost?: ((message: string) => void) | undefined;
}

const host = "127.0.0.1";
const startTimeoutMs = 60_000;

/**
 * Starts a server process on a free port of 127.0.0.1 and waits until it answers.
 * @throws StackError `start-failed` with the end of the server's own log
 */
export async function runServer(keeper: Keeper, kind: ServerKind, { port, onLost }: RunOptions = {}): Promise<Server> {
  const first = await startOnFreePort(keeper, kind, port);
  let running: KeptServer | undefined;
  function watch(server: KeptServer): void {
    running = server;
    void server.exited.then(({ code, signal }) => {
      if (running !== server) return;
      running = undefined;
      onLost?.(
        `${kind.name} has ended by itself (${signal ?? `code ${code}`}); see ${kind.command(first.port).logFile}`,
      );
    });
  }
  watch(first.server);
  /** From here on its end is asked for. */
  function release(): KeptServer | undefined {
    const server = running;
    running = undefined;
    return server;
  }
  return {
    host,
    port: first.port,
    stop: async () => release()?.stop(),
    async kill() {
      const server = release();
      server?.signal("SIGKILL");
      await server?.exited;
    },
    async start() {
      if (running === undefined) watch(await startOnPort(keeper, kind, first.port));
    },
    remove: async () => release()?.stop(),
  };
}

async function startOnFreePort(
  keeper: Keeper,
  kind: ServerKind,
  preferred: number | undefined,
): Promise<{ server: KeptServer; port: number }> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? preferred : undefined);
    try {
      return { server: await startOnPort(keeper, kind, port), port };
    } catch (error) {
      // Someone took the port between our look and the server's bind.
      const isRace = error instanceof Error && /address already in use/i.test(error.message);
      if (!isRace || attempt === 10) throw error;
    }
  }
}

async function startOnPort(keeper: Keeper, kind: ServerKind, port: number): Promise<KeptServer> {
  const command = kind.command(port);
  const server = await keeper.start(command);
  if (await answers(kind, port, server)) return server;
  await server.stop();
  const log = await endOfLog(command.logFile);
  throw new StackError("start-failed", `${kind.name} did not start. The end of its log:\n${log}`);
}

async function answers(kind: ServerKind, port: number, server: KeptServer): Promise<boolean> {
  let hasEnded = false;
  const ended = server.exited.then(() => {
    hasEnded = true;
    throw new Error("ended");
  });
  ended.catch(() => {});
  let until = performance.now() + startTimeoutMs;
  while (performance.now() < until) {
    try {
      await Promise.race([kind.probe(host, port), ended]);
      return true;
    } catch (failure) {
      if (hasEnded) return false;
      if (kind.isLoading?.(failure)) until = performance.now() + startTimeoutMs;
    }
    await delay(15);
  }
  return false;
}

async function endOfLog(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-15).join("\n") || "(empty)";
}
