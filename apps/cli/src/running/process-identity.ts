import { readFileSync } from "node:fs";

/** A process, told apart from a later one that was given the same number where the system lets us. */
export interface ProcessIdentity {
  pid: number;
  /** When it started, as Linux writes it; null elsewhere. */
  startedAt: string | null;
}

export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, startedAt: startOf(pid) };
}

export function isRunning({ pid, startedAt }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user.
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) return false;
  }
  return startedAt === null || startOf(pid) === startedAt;
}

function startOf(pid: number): string | null {
  try {
    // The name, in brackets, may itself hold blanks and brackets. After it: state (3rd field) … start time (22nd).
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}
