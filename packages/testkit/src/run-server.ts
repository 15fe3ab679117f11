import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { StackError } from "./errors.ts";
import { freePort } from "./free-port.ts";
import type { Keeper, KeptServer } from "./keeper.ts";
import type { ServerCommand } from "./keeper-orders.ts";

export interface ServerKind {
  /** "PostgreSQL" or "Redis", for messages. */
  name: string;
  command(port: number): ServerCommand;
  /** Resolves when the server on this port is ours and answers; rejects otherwise. */
  probe(port: number): Promise<void>;
}

export interface RunningServer extends KeptServer {
  port: number;
}

const startTimeoutMs = 60_000;

/**
 * Starts a server on a free port of 127.0.0.1 and waits until it answers.
 * @param port tried first; with `portIsFixed` the only one
 * @throws StackError `start-failed` with the end of the server's own log
 */
export async function runServer(
  keeper: Keeper,
  kind: ServerKind,
  { port: preferred = 0, portIsFixed = false }: { port?: number; portIsFixed?: boolean } = {},
): Promise<RunningServer> {
  for (let attempt = 1; ; attempt++) {
    const port = portIsFixed ? preferred : await freePort(attempt === 1 ? preferred : 0);
    const command = kind.command(port);
    const server = await keeper.start(command);
    if (await answers(kind, port, server)) return { ...server, port };
    await server.stop();
    const log = await endOfLog(command.logFile);
    // Someone took the port between our look and the server's bind.
    if (!portIsFixed && attempt < 10 && /address already in use/i.test(log)) continue;
    throw new StackError("start-failed", `${kind.name} did not start. The end of its log:\n${log}`);
  }
}

async function answers(kind: ServerKind, port: number, server: KeptServer): Promise<boolean> {
  let ended = false;
  void server.exited.then(() => {
    ended = true;
  });
  const deadline = performance.now() + startTimeoutMs;
  while (!ended && performance.now() < deadline) {
    try {
      await Promise.race([kind.probe(port), server.exited.then(() => Promise.reject(new Error("ended")))]);
      return true;
    } catch {
      await delay(15);
    }
  }
  return false;
}

async function endOfLog(logFile: string): Promise<string> {
  const text = await readFile(logFile, "utf8").catch(() => "");
  return text.trimEnd().split("\n").slice(-15).join("\n") || "(empty)";
}
