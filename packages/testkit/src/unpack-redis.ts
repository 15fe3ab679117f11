import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RedisBinary, redisFault } from "./find-redis.ts";

const execute = promisify(execFile);

/** Whether this system's packages can be fetched with apt, without being installed. */
export function canUnpackRedis(): boolean {
  return process.platform === "linux" && existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dpkg-deb");
}

/**
 * The distribution's own Redis in a cache folder of the user: downloaded and unpacked once, never installed, so
 * without root and without a trace in the system. Two processes may do so at once; the first to finish wins.
 * @throws Error with apt's own words when the packages cannot be fetched
 */
export async function unpackRedis(env: NodeJS.ProcessEnv, log: (line: string) => void): Promise<RedisBinary> {
  const cache = join(env.XDG_CACHE_HOME || join(env.HOME || homedir(), ".cache"), "hikyaku");
  const folder = join(cache, `redis-${await systemName()}-${process.arch}`);
  const cached = await binaryIn(folder);
  if (cached !== undefined) return cached;

  log("fetching Redis from your distribution's packages, once");
  await mkdir(cache, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(cache, "redis-fetch-"));
  try {
    const unpacked = join(work, "unpacked");
    await mkdir(unpacked);
    for (const archive of await download(work)) await execute("dpkg-deb", ["-x", archive, unpacked]);
    // A half or outdated folder of an earlier run makes way; a good one of a faster process stays.
    if ((await binaryIn(folder)) === undefined) {
      await rename(folder, join(work, "old")).catch(() => {});
      await rename(unpacked, folder).catch(() => {});
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const fresh = await binaryIn(folder);
  if (fresh === undefined) throw new Error(`the unpacked programs in ${folder} do not run here`);
  return fresh;
}

async function binaryIn(folder: string): Promise<RedisBinary | undefined> {
  for (const program of ["redis-server", "valkey-server"]) {
    const command = join(folder, "usr", "bin", program);
    if (!existsSync(command)) continue;
    const binary = { command, env: { LD_LIBRARY_PATH: await libraryPath(folder) } };
    if ((await redisFault(binary)) === undefined) return binary;
  }
  return undefined;
}

/** Every folder of the unpacked tree that holds shared libraries (`usr/lib/x86_64-linux-gnu` and the like). */
async function libraryPath(folder: string): Promise<string> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return [...new Set(files.filter((file) => file.name.includes(".so")).map((file) => file.parentPath))].join(":");
}

/** Downloads Redis and those of its libraries that the system lacks; returns the `.deb` files. */
async function download(work: string): Promise<string[]> {
  const lists = join(work, "lists");
  const archives = join(work, "archives");
  for (const folder of [lists, join(lists, "partial"), archives, join(archives, "partial")]) {
    await mkdir(folder, { recursive: true });
  }
  // apt drops to its own account for downloads when root runs it; that account cannot enter our folder.
  await chmod(work, 0o700);
  const options = [
    ...["-o", `Dir::State::lists=${lists}`, "-o", `Dir::Cache=${archives}`, "-o", `Dir::Cache::archives=${archives}`],
    ...["-o", "Dir::State::status=/var/lib/dpkg/status", "-o", "APT::Sandbox::User="],
    ...["-o", "Acquire::Languages=none", "-o", "Debug::NoLocking=true", "-o", "Acquire::Retries=2"],
  ];
  const apt = async (program: string, ...args: string[]) => {
    const { stdout } = await execute(program, [...options, ...args], {
      cwd: archives,
      env: { ...process.env, LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" },
      maxBuffer: 64 * 1024 * 1024,
      timeout: 180_000,
    });
    return stdout;
  };
  await apt("apt-get", "-qq", "update");
  const server = await firstAvailable(apt, ["redis-server", "valkey-server"]);
  await apt("apt-get", "-qq", "download", ...(await missingPackages(apt, server)));
  return (await readdir(archives)).filter((name) => name.endsWith(".deb")).map((name) => join(archives, name));
}

type Apt = (program: string, ...args: string[]) => Promise<string>;

async function firstAvailable(apt: Apt, names: string[]): Promise<string> {
  for (const name of names) {
    const policy = await apt("apt-cache", "policy", name);
    if (/Candidate: (?!\(none\))/.test(policy)) return name;
  }
  throw new Error(`the package sources of this system offer none of ${names.join(", ")}`);
}

/** The server, its tools and every library below them, less what is installed. */
async function missingPackages(apt: Apt, server: string): Promise<string[]> {
  const tree = await apt(
    "apt-cache",
    ...["depends", "--recurse", "--no-recommends", "--no-suggests", "--no-conflicts", "--no-breaks"],
    ...["--no-replaces", "--no-enhances", server],
  );
  // Package names stand at the line's start; everything else is indented or in angle brackets.
  const names = new Set(tree.split("\n").filter((line) => /^[a-z0-9]/.test(line)));
  const { stdout } = await execute("dpkg-query", ["-W", "-f", "${db:Status-Abbrev}${Package}\n"]);
  const installed = new Set(
    stdout
      .split("\n")
      .filter((line) => line.startsWith("ii "))
      .map((line) => line.slice(3).trim()),
  );
  const family = server.split("-")[0] ?? server;
  return [...names]
    .map((name) => name.split(":")[0] ?? name)
    .filter((name) => name === server || name.startsWith(`${family}-`) || /^(lib|lua)/.test(name))
    .filter((name) => name === server || !installed.has(name));
}

async function systemName(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(release)?.[1] ?? "";
  return `${field("ID") || "linux"}${field("VERSION_ID")}`;
}
