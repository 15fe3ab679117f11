import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { isRunning } from "./process-identity.ts";

const upSchema = z.object({
  pid: z.int(),
  startedAt: z.string().nullable(),
  databaseUrl: z.string(),
  redisUrl: z.string(),
  redisPrefix: z.string(),
  /** The configuration its processes read, and the operator's file that was made from. */
  configFile: z.string(),
  sourceFile: z.string().nullable(),
  consoleUrl: z.string(),
  receiverUrl: z.string(),
  simulator: z.object({ gatewayUrl: z.string(), controlUrl: z.string() }).nullable(),
  /** Limits of the routes, by name: the ledger does not know them. */
  limits: z.record(
    z.string(),
    z.object({ tps: z.number().nullable(), concurrency: z.number(), messagesPerRequest: z.number().default(1) }),
  ),
});

/** What a running `hikyaku up` tells other commands, through a file in its data folder that only its user can read. */
export type RunningUp = z.output<typeof upSchema>;

export function upFileOf(dataDir: string): string {
  return join(dataDir, "up.json");
}

export async function writeUpFile(dataDir: string, up: RunningUp): Promise<void> {
  const file = upFileOf(dataDir);
  await writeFile(`${file}.new`, `${JSON.stringify(up, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** Takes the file away, if it is still the one of this process. */
export async function removeUpFile(dataDir: string): Promise<void> {
  const up = await readUp(dataDir);
  if (up?.pid === process.pid) await rm(upFileOf(dataDir), { force: true });
}

/** The `up` that runs on this data folder; `stale` when the file was left by one that has ended. */
export async function findUp(dataDir: string): Promise<{ running: RunningUp } | { stale: boolean }> {
  const up = await readUp(dataDir);
  if (up === null) return { stale: false };
  return isRunning(up) ? { running: up } : { stale: true };
}

async function readUp(dataDir: string): Promise<RunningUp | null> {
  try {
    return upSchema.parse(JSON.parse(await readFile(upFileOf(dataDir), "utf8")));
  } catch {
    // Not there, not ours to read, or of another version: no `up` that we could use.
    return null;
  }
}
