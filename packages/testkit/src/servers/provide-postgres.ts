import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { StackError } from "../errors.ts";
import { endOrphan } from "../folder/process-identity.ts";
import { dockerAnswers, runInDocker } from "./docker.ts";
import {
  findPostgresPrograms,
  initialiseCluster,
  postgresServer,
  postgresSettings,
  postmasterPid,
} from "./embedded-postgres.ts";
import { clusterUser, ensureDatabase, postgresUrl, probePostgres } from "./postgres-url.ts";
import { runServer } from "./run-server.ts";
import type { Server } from "./server.ts";
import type { ServerPlace } from "./server-place.ts";

export type PostgresOrigin = "embedded" | "docker";

export interface ProvidedPostgres extends Server {
  origin: PostgresOrigin;
  url: string;
}

export interface PostgresPlace extends ServerPlace {
  /** The database the URL names; made when it is missing. */
  database: string;
  /** Sync writes to disk. */
  isDurable: boolean;
  /** Where the data of an earlier run came from; they cannot be read another way. */
  madeBy?: PostgresOrigin | undefined;
}

const originNames: Record<PostgresOrigin, string> = { embedded: "the embedded PostgreSQL", docker: "Docker" };

/**
 * Starts a PostgreSQL: the embedded one, else one in Docker; with `preferDocker` the other way round.
 * @throws StackError `postgres-unavailable` when there is neither, `start-failed` when it does not start
 */
export async function providePostgres(place: PostgresPlace): Promise<ProvidedPostgres> {
  const origins: PostgresOrigin[] = place.preferDocker ? ["docker", "embedded"] : ["embedded", "docker"];
  const reasons: string[] = [];
  for (const origin of place.madeBy === undefined ? origins : [place.madeBy]) {
    const server = await (origin === "embedded" ? embedded(place) : inDocker(place));
    if ("reason" in server) {
      reasons.push(server.reason);
      continue;
    }
    await ensureDatabase(server, place.password, place.database);
    return { ...server, origin, url: postgresUrl(server, place.password, place.database) };
  }
  if (place.madeBy !== undefined)
    reasons.unshift(`the data in ${place.folder} were made with ${originNames[place.madeBy]}`);
  throw new StackError(
    "postgres-unavailable",
    `No PostgreSQL to start: ${reasons.join("; ")}. ` +
      "Start a PostgreSQL yourself and name it: DATABASE_URL=postgres://user:password@127.0.0.1:5432/hikyaku",
  );
}

async function embedded(place: PostgresPlace): Promise<Server | { reason: string }> {
  const programs = await findPostgresPrograms(place.scratch);
  if ("reason" in programs) return programs;
  const folder = join(place.folder, "postgres");
  await clearStalePostmaster(folder);
  const { password, isDurable } = place;
  const cluster = { programs, folder, logFile: join(place.folder, "postgres.log"), password, isDurable };
  await initialiseCluster(cluster);
  return runServer(place.keeper, postgresServer(cluster), { port: place.port, onLost: place.log });
}

/**
 * After a SIGKILL of everything, `postmaster.pid` names a process that is gone, an orphan that still works here, or
 * a stranger that was given the same number, because of which PostgreSQL would refuse to start.
 */
async function clearStalePostmaster(folder: string): Promise<void> {
  const pid = postmasterPid(folder);
  if (pid === undefined) return;
  await endOrphan(pid, folder, folder, "SIGQUIT");
  await rm(join(folder, "postmaster.pid"), { force: true });
}

async function inDocker(place: PostgresPlace): Promise<Server | { reason: string }> {
  if (!(await dockerAnswers(place.env))) return { reason: "no Docker engine answers" };
  const folder = join(place.folder, "postgres-docker");
  if (place.isPersistent) await mkdir(folder, { recursive: true });
  place.log("starting PostgreSQL in Docker");
  try {
    return await runInDocker(
      {
        name: "PostgreSQL",
        image: "postgres:18-alpine",
        containerPort: 5432,
        command: ["postgres", ...postgresSettings(place.isDurable)],
        environment: { POSTGRES_USER: clusterUser, POSTGRES_PASSWORD: place.password, POSTGRES_DB: place.database },
        data: place.isPersistent ? { folder, target: "/var/lib/postgresql" } : undefined,
        probe: (host, port) => probePostgres(host, port, place.password),
      },
      place.port,
    );
  } catch (error) {
    const reason = `Docker: ${error instanceof Error ? error.message : String(error)}`;
    place.log(reason);
    return { reason };
  }
}
