import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { Redis } from "ioredis";
import { withPostgres } from "../src/servers/postgres-url.ts";

export interface ServerProcesses {
  postgresPid: number;
  redisPid: number;
  keeperPid: number;
  /** Where the servers' data are. */
  folder: string;
}

/** Asks the servers themselves who they are. */
export async function serverProcesses(stack: { databaseUrl: string; redisUrl: string }): Promise<ServerProcesses> {
  const [row] = await withPostgres(
    stack.databaseUrl,
    (sql) => sql<{ pidfile: string }[]>`select pg_read_file('postmaster.pid') as pidfile`,
  );
  const redis = new Redis(stack.redisUrl);
  try {
    const redisPid = Number(/process_id:(\d+)/.exec(await redis.info("server"))?.[1]);
    const [, redisFolder = ""] = (await redis.config("GET", "dir")) as string[];
    return {
      postgresPid: Number.parseInt(row?.pidfile ?? "", 10),
      redisPid,
      keeperPid: Number(execFileSync("ps", ["-o", "ppid=", "-p", String(redisPid)], { encoding: "utf8" })),
      folder: dirname(redisFolder),
    };
  } finally {
    redis.disconnect();
  }
}

/** The processes that this one started, oldest first. */
export function childrenOf(pid: number): number[] {
  return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter(([, parent]) => parent === pid)
    .map(([child = 0]) => child);
}
