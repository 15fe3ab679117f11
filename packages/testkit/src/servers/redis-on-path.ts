import { execFile } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** A Redis or Valkey server and what it needs to run. */
export interface RedisProgram {
  command: string;
  env: Record<string, string>;
}

export const redisPrograms = ["redis-server", "valkey-server"];
/** BullMQ's scripts need what came with 6.2. */
const oldestVersion = [6, 2] as const;

/** The first Redis, else the first Valkey, of the PATH that is new enough. Told through `log` which are not. */
export async function findRedisOnPath(
  path: string | undefined,
  log: (line: string) => void,
): Promise<RedisProgram | undefined> {
  const folders = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const command of redisPrograms.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (!isExecutable(command)) continue;
    const fault = await redisFault({ command, env: {} });
    if (fault === undefined) return { command, env: {} };
    log(`${command} is passed over: ${fault}`);
  }
  return undefined;
}

/** Why this program cannot serve, or undefined when it can. */
export async function redisFault({ command, env }: RedisProgram): Promise<string | undefined> {
  let text: string;
  try {
    const options = { env: { PATH: "/usr/bin:/bin", ...env }, timeout: 10_000 };
    text = (await promisify(execFile)(command, ["--version"], options)).stdout;
  } catch (error) {
    return error instanceof Error ? error.message.trim() : String(error);
  }
  // "Redis server v=7.0.15 sha=…", "Valkey server v=8.1.1 sha=…"
  const [, major, minor] = /v=(\d+)\.(\d+)/.exec(text) ?? [];
  if (major === undefined) return `it does not tell its version: ${text.trim()}`;
  const [oldestMajor, oldestMinor] = oldestVersion;
  const isNewEnough = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  return isNewEnough ? undefined : `version ${major}.${minor} is older than ${oldestVersion.join(".")}`;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
