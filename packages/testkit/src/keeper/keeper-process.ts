/**
 * The process that owns the servers. It runs detached, in a session of its own, and holds one channel to the process
 * that asked for it. When the channel closes, for whatever reason (exit, Ctrl-C, crash, SIGKILL), it stops the
 * servers, removes the temporary folders and goes. So nobody needs signal handlers, and no server outlives its user.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, rmSync } from "node:fs";
import type { KeeperNews, KeeperOrder, ServerCommand } from "./orders.ts";

interface Kept {
  child: ChildProcess;
  stopSignals: ServerCommand["stopSignals"];
  gone: Promise<void>;
  stopping?: Promise<void>;
}

const servers = new Map<number, Kept>();
const leftovers: string[] = [];
let ending: Promise<void> | undefined;

process.on("message", (order: KeeperOrder) => {
  switch (order.kind) {
    case "start":
      return start(order.id, order.server);
    case "stop":
      return void stop(order.id);
    case "signal":
      return void servers.get(order.id)?.child.kill(order.signal);
    case "remove":
      return void leftovers.push(order.path);
    case "end":
      return void end();
    default:
      order satisfies never;
  }
});
process.on("disconnect", () => void end());
// Only a shutting-down machine sends these here; the terminal's Ctrl-C does not reach another session.
for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => void end());

function start(id: number, server: ServerCommand): void {
  if (ending !== undefined) {
    tell({ kind: "failed", id, message: "the keeper is ending" });
    return;
  }
  let log: number | undefined;
  let child: ChildProcess;
  try {
    log = openSync(server.logFile, "w", 0o600);
    child = spawn(server.command, server.args, {
      cwd: server.cwd,
      env: { ...server.env },
      stdio: ["pipe", log, log],
      ...server.user,
    });
  } catch (error) {
    tell({ kind: "failed", id, message: String(error) });
    return;
  } finally {
    if (log !== undefined) closeSync(log);
  }
  const gone = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      if (child.pid !== undefined) return;
      servers.delete(id);
      tell({ kind: "failed", id, message: error.message });
      resolve();
    });
    child.once("exit", (code, signal) => {
      servers.delete(id);
      tell({ kind: "exited", id, code, signal });
      resolve();
    });
  });
  servers.set(id, { child, stopSignals: server.stopSignals, gone });
  // A server that dies at once closes its input before the settings are written; its exit tells the story.
  child.stdin?.on("error", () => {});
  child.stdin?.end(server.input ?? "");
  if (child.pid !== undefined) tell({ kind: "started", id, pid: child.pid });
}

async function stop(id: number): Promise<void> {
  const kept = servers.get(id);
  if (kept === undefined) return;
  kept.stopping ??= (async () => {
    for (const { signal, waitMs } of kept.stopSignals) {
      kept.child.kill(signal);
      if (await settles(kept.gone, waitMs)) return;
    }
    kept.child.kill("SIGKILL");
    await kept.gone;
  })();
  await kept.stopping;
}

function end(): Promise<void> {
  ending ??= (async () => {
    await Promise.all([...servers.keys()].map(stop));
    for (const path of leftovers) {
      // The children of a killed PostgreSQL may still be writing their last files.
      rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    }
    process.exit(0);
  })();
  return ending;
}

function tell(news: KeeperNews): void {
  // The user may be gone between our look and the write.
  if (process.connected) process.send?.(news, undefined, undefined, () => {});
}

async function settles(promise: Promise<void>, withinMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  const settled = await Promise.race([promise.then(() => true), late]);
  clearTimeout(timer);
  return settled;
}
