import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parentFdVariable } from "./die-with-parent.ts";
import { waitFor } from "./wait-for.ts";

export interface SpawnNodeOptions {
  args?: readonly string[];
  /** Added to this process's environment; undefined takes a variable away. */
  env?: Record<string, string | undefined>;
  cwd?: string;
}

export interface NodeExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

export interface NodeProcess extends AsyncDisposable {
  pid: number;
  /** Everything written so far. */
  stdout: string;
  stderr: string;
  /** Settles when the process is gone and its output is read. Never rejects. */
  exited: Promise<NodeExit>;
  /**
   * Waits until standard output or error matches.
   * @throws Error with the output so far, when the process ends first or `timeoutMs` (default 20,000) passed
   */
  ready(pattern: RegExp, options?: { timeoutMs?: number }): Promise<RegExpExecArray>;
  /** Sends a signal and goes on, for those that do not end it: SIGSTOP, SIGCONT, SIGUSR2. */
  signal(signal: NodeJS.Signals): void;
  /** Sends the signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<NodeExit>;
}

/**
 * Starts a Node process of a `.ts` file with its output captured. It is killed by `await using` at the end of the
 * test, and kills itself when this process goes first.
 * @param entry path or `file:` URL
 */
export function spawnNode(entry: string | URL, { args = [], env = {}, cwd }: SpawnNodeOptions = {}): NodeProcess {
  const preload = new URL("./die-with-parent.ts", import.meta.url).href;
  const child = spawn(
    process.execPath,
    ["--import", preload, entry instanceof URL ? fileURLToPath(entry) : entry, ...args],
    {
      cwd,
      env: { ...process.env, NODE_OPTIONS: undefined, VITEST: undefined, [parentFdVariable]: "3", ...env },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
    },
  );
  let end: NodeExit | undefined;
  const exited = new Promise<NodeExit>((resolve) => {
    child.once("error", (error) => {
      own.stderr += error.message;
      end = { code: null, signal: null };
      resolve(end);
    });
    child.once("exit", (code, signal) => {
      end = { code, signal };
      // Processes it started may hold its output open long after it.
      setTimeout(resolve, 500, end).unref();
    });
    child.once("close", () => resolve(end ?? { code: null, signal: null }));
  });
  const own: NodeProcess = {
    pid: child.pid ?? 0,
    stdout: "",
    stderr: "",
    exited,
    async ready(pattern, { timeoutMs = 20_000 } = {}) {
      const match = await waitFor(() => pattern.exec(own.stdout) ?? pattern.exec(own.stderr) ?? end, {
        timeoutMs,
        what: `${pattern} in the output of ${entry}`,
      }).catch((error: Error) => {
        throw new Error(`${error.message}\n${outputOf(own)}`);
      });
      if (!Array.isArray(match)) {
        throw new Error(
          `${entry} ended (code ${end?.code}, signal ${end?.signal}) before ${pattern}\n${outputOf(own)}`,
        );
      }
      return match;
    },
    signal(signal) {
      child.kill(signal);
    },
    async kill(signal = "SIGKILL") {
      child.kill(signal);
      return exited;
    },
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    own.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    own.stderr += text;
  });
  // Reset when the child is killed in the middle of a write.
  child.stdio[3]?.on("error", () => {});
  return own;
}

function outputOf({ stdout, stderr }: NodeProcess): string {
  return `--- stdout\n${stdout}\n--- stderr\n${stderr}`;
}
