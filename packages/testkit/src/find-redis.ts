import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

/** A Redis or Valkey server program and what it needs to run. */
export interface RedisBinary {
  command: string;
  env: Record<string, string>;
}

const programs = ["redis-server", "valkey-server"];
/** BullMQ's scripts need what came with 6.2. */
const oldestVersion: readonly [number, number] = [6, 2];

/** The first Redis (else Valkey) on the PATH that is new enough, or undefined. */
export async function findRedisOnPath(
  path: string | undefined,
  log: (line: string) => void,
): Promise<RedisBinary | undefined> {
  for (const program of programs) {
    for (const folder of (path ?? "").split(delimiter).filter((part) => part !== "")) {
      const command = join(folder, program);
      const isThere = await access(command, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (!isThere) continue;
      const binary = { command, env: {} };
      const fault = await redisFault(binary);
      if (fault === undefined) return binary;
      log(`${command} is passed over: ${fault}`);
    }
  }
  return undefined;
}

/** Why this program cannot serve, or undefined when it can. */
export async function redisFault({ command, env }: RedisBinary): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(command, ["--version"], {
      env: { PATH: "/usr/bin:/bin", ...env },
      timeout: 10_000,
    });
    // "Redis server v=7.0.15 sha=…", "Valkey server v=8.1.1 sha=…"
    const [, major = "0", minor = "0"] = /v=(\d+)\.(\d+)/.exec(stdout) ?? [];
    const isNewEnough =
      Number(major) > oldestVersion[0] || (Number(major) === oldestVersion[0] && Number(minor) >= oldestVersion[1]);
    return isNewEnough ? undefined : `version ${major}.${minor} is older than ${oldestVersion.join(".")}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
