import { randomBytes } from "node:crypto";
import { link, readFile, rename, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { StackError } from "../errors.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

interface Claim {
  /** Who uses the stack. */
  owner: ProcessIdentity;
  /** Who runs its servers, and goes a little later. */
  keeper: ProcessIdentity;
}

/** How long the servers of a user that has just gone may take to stop. */
const patienceMs = 30_000;

/**
 * Takes the folder for this process, or says who has it. A claim ends with the keeper's process, so that one left by
 * a crash is void by itself, and one that is being cleared away is waited for.
 * @returns the claim's file, to be removed when the servers have stopped
 * @throws StackError `folder-in-use`
 */
export async function claimFolder(folder: string, keeperPid: number): Promise<string> {
  const file = join(folder, "stack.lock");
  const owner = identify(process.pid);
  const keeper = identify(keeperPid);
  if (owner === undefined || keeper === undefined)
    throw new StackError("start-failed", "the keeper ended; start again");
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, JSON.stringify({ owner, keeper } satisfies Claim), { mode: 0o600 });
  try {
    for (const until = performance.now() + patienceMs; ; await delay(50)) {
      // A link appears whole or not at all, and never replaces another.
      if (await succeeds(link(draft, file), "EEXIST")) return file;
      const text = await readFile(file, "utf8").catch(() => undefined);
      if (text === undefined) continue;
      const other = parseClaim(text);
      if (other === undefined || !isRunning(other.keeper)) {
        await clearStaleClaim(file, text);
      } else if (isRunning(other.owner) || performance.now() > until) {
        throw new StackError(
          "folder-in-use",
          `The folder ${folder} is in use by process ${other.owner.pid}. Stop that one (kill ${other.owner.pid}), or give another folder.`,
        );
      }
    }
  } finally {
    await unlink(draft);
  }
}

/** Two may find the same stale claim; only the one that still moves this very text away has cleared it. */
async function clearStaleClaim(file: string, text: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString("hex")}`;
  if (!(await succeeds(rename(file, aside), "ENOENT"))) return;
  // The other was faster and this is its fresh claim: put it back.
  if ((await readFile(aside, "utf8")) !== text) await succeeds(link(aside, file), "EEXIST");
  await unlink(aside);
}

async function succeeds(action: Promise<void>, toleratedCode: string): Promise<boolean> {
  try {
    await action;
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === toleratedCode) return false;
    throw error;
  }
}

function parseClaim(text: string): Claim | undefined {
  try {
    return JSON.parse(text) as Claim;
  } catch {
    return undefined;
  }
}
