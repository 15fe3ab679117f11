import { randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rename, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { StackError } from "../errors.ts";

/** What a stack remembers of its folder: the same password and, while they are free, the same ports every time. */
export interface StackState {
  password: string;
  postgres?: { origin: "embedded" | "docker"; port: number };
  redis?: { port: number };
}

export async function makeTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "hikyaku-"));
  // Passable for the account that PostgreSQL runs as under root; what is inside stays closed.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  return folder;
}

export async function makeDataFolder(path: string): Promise<string> {
  const folder = resolve(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o711 });
  } catch (cause) {
    throw new StackError("start-failed", `The data folder ${folder} cannot be made; give one you may write to.`, {
      cause,
    });
  }
  return folder;
}

/** Letters and digits only, so that it stands in URLs and settings as it is. */
export function newPassword(): string {
  return randomBytes(18).toString("hex");
}

/** @throws StackError when the folder belongs to another user or its file is not ours */
export async function readState(folder: string): Promise<StackState> {
  const file = stateFile(folder);
  try {
    const state = JSON.parse(await readFile(file, "utf8")) as Partial<StackState>;
    if (typeof state.password !== "string") throw new Error("it holds no password");
    return { ...state, password: state.password };
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return { password: newPassword() };
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new StackError(
      "start-failed",
      `The data folder ${folder} cannot be used: ${file}: ${reason}. Run as the user who made it, or give another folder.`,
      { cause },
    );
  }
}

export async function writeState(folder: string, state: StackState): Promise<void> {
  const fresh = `${stateFile(folder)}.new`;
  await writeFile(fresh, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  await rename(fresh, stateFile(folder));
}

function stateFile(folder: string): string {
  return join(folder, "stack.json");
}
