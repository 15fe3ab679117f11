import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { downloadPackages } from "./download-packages.ts";
import { osReleaseField } from "./redis-install-command.ts";
import { type RedisProgram, redisFault, redisPrograms } from "./redis-on-path.ts";

const abandonedAfterMs = 3_600_000;

/** Whether this system's packages can be fetched with apt without being installed. */
export function canUnpackRedis(): boolean {
  return process.platform === "linux" && existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb");
}

/**
 * The distribution's own Redis in a cache folder of the user: downloaded and unpacked once, never installed, so
 * without root and without a trace in the system. Several processes may do so at once; the first to finish wins.
 * @throws Error in apt's words when the packages cannot be fetched
 */
export async function unpackRedis(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<RedisProgram> {
  const { cache, folder } = await cacheFolders(env);
  const cached = await programIn(folder);
  if (cached.program !== undefined) return cached.program;

  log("fetching Redis from your distribution's packages, once");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await removeAbandoned(cache);
  const work = await mkdtemp(join(cache, "fetch-"));
  try {
    const unpacked = join(work, "unpacked");
    await mkdir(unpacked);
    for (const archive of await downloadPackages(redisPrograms, work, env)) {
      await promisify(execFile)("/usr/bin/dpkg-deb", ["-x", archive, unpacked]);
    }
    // A broken folder of an earlier run makes way; the good one of a faster process stays.
    if ((await programIn(folder)).program === undefined) {
      await rename(folder, join(work, "broken")).catch(() => {});
      await rename(unpacked, folder).catch(() => {});
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const { program, fault } = await programIn(folder);
  if (program === undefined) throw new Error(`the unpacked program does not run: ${fault}`);
  return program;
}

/** Whether {@link unpackRedis} would have nothing to fetch. */
export async function isRedisUnpacked(env: NodeJS.ProcessEnv): Promise<boolean> {
  const { folder } = await cacheFolders(env);
  return (await programIn(folder)).program !== undefined;
}

async function cacheFolders(env: NodeJS.ProcessEnv): Promise<{ cache: string; folder: string }> {
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "hikyaku");
  return { cache, folder: join(cache, `redis-${await systemName()}-${process.arch}`) };
}

async function programIn(folder: string): Promise<{ program?: RedisProgram; fault?: string }> {
  let fault = `nothing in ${folder}`;
  for (const name of redisPrograms) {
    const command = join(folder, "usr", "bin", name);
    if (!existsSync(command)) continue;
    const program = { command, env: { LD_LIBRARY_PATH: await libraryPath(folder) } };
    const found = await redisFault(program);
    if (found === undefined) return { program };
    fault = found;
  }
  return { fault };
}

/** Every folder of the unpacked tree that holds shared libraries (`usr/lib/x86_64-linux-gnu` and the like). */
async function libraryPath(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return [...new Set(entries.filter(({ name }) => name.includes(".so")).map(({ parentPath }) => parentPath))].join(":");
}

/** What runs that were killed in the middle have left. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.startsWith("fetch-")) continue;
    const age =
      Date.now() -
      (await stat(join(cache, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => Date.now(),
      ));
    if (age > abandonedAfterMs) await rm(join(cache, name), { recursive: true, force: true });
  }
}

/** "debian12", "ubuntu24.04": another release needs other builds. */
async function systemName(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  return `${osReleaseField(release, "ID") || "linux"}${osReleaseField(release, "VERSION_ID")}`;
}
