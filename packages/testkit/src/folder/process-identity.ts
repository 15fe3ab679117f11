import { execFileSync } from "node:child_process";
import { readFileSync, readlinkSync, realpathSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** A process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as the system writes it. */
  startedAt: string;
}

/** Undefined when no such process runs (any more). */
export function identify(pid: number): ProcessIdentity | undefined {
  const startedAt = process.platform === "linux" ? startFromProc(pid) : startFromPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  return identify(pid)?.startedAt === startedAt;
}

/**
 * Ends a server that works in `folder` and has lost everyone who could stop it. Any other process with this number
 * (numbers are used again) is left alone.
 * @param marker part of its command line, for systems without `/proc`
 */
export async function endOrphan(pid: number, folder: string, marker: string, signal: NodeJS.Signals): Promise<void> {
  const orphan = identify(pid);
  if (orphan === undefined || !worksIn(pid, folder, marker)) return;
  for (const { send, waitMs } of [
    { send: signal, waitMs: 10_000 },
    { send: "SIGKILL" as const, waitMs: 5_000 },
  ]) {
    process.kill(pid, send);
    for (const until = performance.now() + waitMs; performance.now() < until; await delay(20)) {
      if (!isRunning(orphan)) return;
    }
  }
}

function worksIn(pid: number, folder: string, marker: string): boolean {
  if (process.platform !== "linux") return ps(pid, "command=").includes(marker);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}

function startFromProc(pid: number): string | undefined {
  try {
    // The name, in brackets, may itself hold blanks and brackets. After it: state (3rd field) … start time (22nd).
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" || fields[0] === "X" ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startFromPs(pid: number): string | undefined {
  const [state = "", ...start] = ps(pid, "stat=,lstart=").trim().split(/\s+/);
  return state === "" || state.startsWith("Z") ? undefined : start.join(" ");
}

function ps(pid: number, columns: string): string {
  try {
    return execFileSync("ps", ["-o", columns, "-p", String(pid)], {
      encoding: "utf8",
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    });
  } catch {
    return "";
  }
}
