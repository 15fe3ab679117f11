import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";

/**
 * The processes between a shell and us that exist only to run us: `npx`, `pnpm`, and the small shells they start. A
 * SIGTERM to `npx pnpm hikyaku up` ends the first of them and reaches nobody else, so their end is taken for the signal.
 * Found on Linux only; elsewhere there are none.
 */
export function findRunners(
  parent: number,
  read: (pid: number) => { args: string[]; parent: number } | null = readProcess,
): ProcessIdentity[] {
  const runners: ProcessIdentity[] = [];
  for (let pid = parent; pid > 1; ) {
    const process = read(pid);
    if (process === null || !isRunner(process.args)) break;
    runners.push(identifyProcess(pid));
    pid = process.parent;
  }
  return runners;
}

const lookEveryMs = 500;

/** Calls `onGone` once when one of the runners has ended. Keeps nobody alive. */
export function watchRunners(runners: readonly ProcessIdentity[], onGone: () => void): void {
  if (runners.length === 0) return;
  const timer = setInterval(() => {
    if (runners.every(isRunning)) return;
    clearInterval(timer);
    onGone();
  }, lookEveryMs);
  timer.unref();
}

const shells = new Set(["sh", "bash", "dash", "ash", "zsh"]);

function isRunner(args: readonly string[]): boolean {
  const [command = "", first = "", second = ""] = args;
  // npm writes its own title over its command line.
  if (/^npm (exec|run|start|test)\b/.test(command)) return true;
  if (shells.has(basename(command))) {
    if (first === "-c") return /^['"]?(pnpm|hikyaku)['"]?(\s[^&;|]*)?$/.test(second);
    return first.includes("node_modules/.bin/");
  }
  return /[\\/](npx|npm|pnpm)(-cli)?(\.[cm]?js)?$/.test(first);
}

function readProcess(pid: number): { args: string[]; parent: number } | null {
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8")
      .split("\0")
      .filter((arg) => arg !== "");
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return { args, parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]) };
  } catch {
    return null;
  }
}
