import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What a stack remembers of its folder: the same password and, while they are free, the same ports every time. */
export interface StackState {
  password: string;
  postgresPort?: number;
  redisPort?: number;
}

export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-"));
  // Passable for the account that PostgreSQL runs as under root; what is inside stays closed.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  return folder;
}

export async function makeDataFolder(path: string): Promise<string> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true, mode: 0o711 });
  return folder;
}

export function newPassword(): string {
  return randomBytes(18).toString("hex");
}

export async function readState(folder: string): Promise<StackState> {
  const text = await readFile(stateFile(folder), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? { password: newPassword() } : (JSON.parse(text) as StackState);
}

export async function writeState(folder: string, state: StackState): Promise<void> {
  const fresh = `${stateFile(folder)}.new`;
  await writeFile(fresh, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(fresh, stateFile(folder));
}

function stateFile(folder: string): string {
  return join(folder, "stack.json");
}
