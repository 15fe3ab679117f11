import { type ChildProcess, fork } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { drainVariable } from "./drain-with-parent.ts";

export interface AppSpec {
  /** `worker`, `poller`, `receiver` or `console`. */
  name: string;
  /** Its `main.ts`. */
  entry: URL;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  /** How long it may drain before it is killed. */
  drainMs: number;
  /** Every line it prints. */
  onLine: (line: string) => void;
}

export interface AppEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface App {
  pid: number | undefined;
  /** Settles when it says that it is ready, with its URL; null when it ended before. Never rejects. */
  started: Promise<{ url: string | null } | null>;
  /** Never rejects. */
  ended: Promise<AppEnd>;
  /** Lets it finish what it has in hand; answers how it ended. */
  drain(): Promise<AppEnd>;
  signal(signal: NodeJS.Signals): void;
}

/**
 * V8 keeps garbage for as long as it has room. A worker that sends 100,000 messages reaches 330 to 420 MiB without these flags and
 * stays near 200 MiB with them, as fast as before; what it holds alive is about 60 MiB. With a young generation of 4 MiB it stays under
 * 180 MiB, but spends a tenth of the time on collecting. V8 shares a collection out to four threads on any machine; where cores are
 * few, the process waits at the end of each for threads that wait for a core: with one helper, a gateway of 50 ms gets 2 % more. The
 * Dockerfile sets the same.
 */
export const nodeFlags: readonly string[] = [
  "--max-semi-space-size=16",
  "--max-old-space-size=384",
  "--v8-pool-size=1",
];

const preload = new URL("./drain-with-parent.ts", import.meta.url).href;

/** Starts one of the apps as a process of its own, in the process group of this one. */
export function startApp({ name, entry, env, cwd, drainMs, onLine }: AppSpec): App {
  const child = fork(fileURLToPath(entry), [], {
    cwd,
    env: { ...env, [drainVariable]: String(drainMs) },
    // Not the flags of this process: an inspector's port would be taken.
    execArgv: [...nodeFlags, "--import", preload],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const outputsEnded = [child.stdout, child.stderr].map((output) => output && readLines(output, onLine));
  const ended = new Promise<AppEnd>((resolve) => {
    child.once("error", (error) => {
      onLine(`${name} could not be started: ${error.message}`);
      resolve({ code: null, signal: null });
    });
    // Not `close`: node does not emit it once the channel was closed from this side.
    child.once("exit", (code, signal) => void Promise.all(outputsEnded).then(() => resolve({ code, signal })));
  });
  return {
    pid: child.pid,
    started: Promise.race([readiness(child), ended.then(() => null)]),
    ended,
    drain() {
      if (child.connected) child.disconnect();
      return ended;
    },
    signal: (signal) => void child.kill(signal),
  };
}

function readLines(output: Readable, onLine: (line: string) => void): Promise<void> {
  const lines = createInterface({ input: output, crlfDelay: Number.POSITIVE_INFINITY });
  return new Promise((resolve) => lines.on("line", onLine).once("close", resolve));
}

function readiness(child: ChildProcess): Promise<{ url: string | null }> {
  return new Promise((resolve) => {
    child.on("message", (message) => {
      if (typeof message !== "object" || message === null || !("kind" in message) || message.kind !== "started") return;
      resolve({ url: "url" in message && typeof message.url === "string" ? message.url : null });
    });
  });
}
