import { fork } from "node:child_process";
import { rmSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { StackError } from "../errors.ts";
import type { KeeperNews, KeeperOrder, ServerCommand } from "./orders.ts";

export interface ServerExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A server process the keeper runs. */
export interface KeptServer {
  pid: number;
  /** Settles when the process is gone, whoever ended it. Never rejects. */
  exited: Promise<ServerExit>;
  /** Ends it by its own stop signals and waits until it is gone. */
  stop(): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

/** Starts servers that cannot outlive this process; see `keeper-process.ts` for how. */
export interface Keeper {
  pid: number;
  start(server: ServerCommand): Promise<KeptServer>;
  /** Have a file or folder removed at the end, also after a crash of this process. */
  removeAtEnd(path: string): void;
  /** Stops every server, removes what was to be removed, and returns when the keeper itself is gone. */
  end(): Promise<void>;
}

interface Waiting {
  started: PromiseWithResolvers<number>;
  exited: PromiseWithResolvers<ServerExit>;
  pid?: number;
}

export async function createKeeper(): Promise<Keeper> {
  // Beside this file, as source or compiled.
  const program = new URL(`./keeper-process${extname(import.meta.url)}`, import.meta.url);
  // Not the flags of this process (inspectors, loaders, coverage of a test run), nor its terminal.
  const { NODE_OPTIONS: _options, NODE_V8_COVERAGE: _coverage, ...env } = process.env;
  const child = fork(fileURLToPath(program), [], {
    detached: true,
    execArgv: [],
    env,
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    // The checkout may sit on a file system that someone unmounts or removes; the keeper must not hold it.
    cwd: "/",
  });
  const gone = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.on("error", () => resolve());
  });
  const waiting = new Map<number, Waiting>();
  const leftovers: string[] = [];
  let isEnding = false;
  let nextId = 1;
  let holds = 0;

  // Only while something is awaited does the channel keep this process alive.
  child.unref();
  child.channel?.unref();
  async function hold<T>(promise: Promise<T>): Promise<T> {
    if (holds++ === 0) {
      child.ref();
      child.channel?.ref();
    }
    try {
      return await promise;
    } finally {
      if (--holds === 0) {
        child.unref();
        child.channel?.unref();
      }
    }
  }
  function order(message: KeeperOrder): void {
    if (child.connected) child.send(message, () => {});
  }

  child.on("message", (news: KeeperNews) => {
    const entry = waiting.get(news.id);
    if (entry === undefined) return;
    if (news.kind === "started") {
      entry.pid = news.pid;
      entry.started.resolve(news.pid);
    } else {
      waiting.delete(news.id);
      entry.started.reject(new StackError("start-failed", news.kind === "failed" ? news.message : "it ended at once"));
      entry.exited.resolve(news.kind === "exited" ? news : { code: null, signal: null });
    }
  });
  // If someone else has ended the keeper, what it would have done is left to us.
  void gone.then(() => {
    if (isEnding) return;
    for (const entry of waiting.values()) {
      if (entry.pid !== undefined) killQuietly(entry.pid);
      entry.started.reject(new StackError("start-failed", "the process that keeps the servers was ended; start again"));
      entry.exited.resolve({ code: null, signal: "SIGKILL" });
    }
    waiting.clear();
    for (const path of leftovers) rmSync(path, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  });

  return {
    pid: child.pid ?? 0,
    async start(server) {
      const id = nextId++;
      if (!child.connected) throw new StackError("start-failed", "the process that keeps the servers has ended");
      const entry: Waiting = { started: Promise.withResolvers(), exited: Promise.withResolvers() };
      waiting.set(id, entry);
      order({ kind: "start", id, server });
      const pid = await hold(entry.started.promise);
      return {
        pid,
        exited: entry.exited.promise,
        async stop() {
          order({ kind: "stop", id });
          await hold(entry.exited.promise);
        },
        signal: (signal) => order({ kind: "signal", id, signal }),
      };
    },
    removeAtEnd(path) {
      leftovers.push(path);
      order({ kind: "remove", path });
    },
    async end() {
      isEnding = true;
      order({ kind: "end" });
      await hold(gone);
    },
  };
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
