import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { type Config, ConfigError, formatFault, requireConfig } from "@hikyaku/config";
import { type Provider, toldStateOf } from "@hikyaku/core";
import {
  beat,
  connectLedger,
  type Ledger,
  publishRoutes,
  registerWorker,
  schemaVersion,
  stopWorker,
  subscribeEvents,
} from "@hikyaku/ledger";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis, type RedisConnections } from "@hikyaku/queue";
import { createLogger, type Logger } from "../observing/create-logger.ts";
import { createMetrics, type Metrics } from "../observing/create-metrics.ts";
import { watchFigures } from "../observing/watch-figures.ts";
import { type ReadyCheck, startHealthServer } from "./health-server.ts";
import { listenFaultOf } from "./listen-fault.ts";

/** What a process is made of, handed to the part that makes it a worker, a poller, a receiver or a console. */
export interface ProcessParts {
  readonly config: Config;
  readonly findProvider: (name: string) => Provider;
  /** This process's id in the ledger. */
  readonly worker: string;
  readonly ledger: Ledger;
  readonly connections: RedisConnections;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly ready: readonly ReadyCheck[];
  /** A part that must never end has ended: the process cannot go on. */
  readonly onFatal: (err: unknown) => void;
}

export interface RunningPart {
  /** Takes nothing new, finishes what is in hand. */
  close(): Promise<void>;
  /** The configuration was read again (SIGHUP): limits change at once, everything else at the next start. */
  setLimits?(config: Config): Promise<void>;
  /** Where it can be reached; printed, and told to the parent process. */
  readonly url?: string;
}

export interface ProcessSpec {
  readonly kind: "worker" | "poller" | "receiver" | "console";
  start(parts: ProcessParts): Promise<RunningPart>;
  /** Port and host of the health server; null when the part serves the health paths itself. */
  health(config: Config): { port: number; host: string } | null;
  readonly poolSize?: number;
}

const schemaWaitMs = 2_000;

/**
 * The life of an app: read the configuration, connect, start, wait for a signal, drain, exit.
 *
 * SIGTERM and SIGINT drain within `shutdownGrace`; a second signal, or the grace running out, ends at once with exit
 * code 1. SIGHUP reads the configuration again. Exit code 2: the configuration is wrong, or its port can't be listened on.
 */
export async function runProcess(spec: ProcessSpec): Promise<void> {
  const config = await readConfig();
  const log = createLogger({ level: config.logLevel, name: spec.kind });
  const worker = randomUUID();
  const metrics = createMetrics({ process: spec.kind });
  const ledger = connectLedger(required(config.databaseUrl, "databaseUrl", "DATABASE_URL"), {
    max: spec.poolSize ?? 10,
    applicationName: `hikyaku-${spec.kind}`,
  });
  const connections = connectRedis({
    url: required(config.redisUrl, "redisUrl", "REDIS_URL"),
    name: `hikyaku-${spec.kind}`,
    onError: (err) => log.error({ err }, "Redis connection fault"),
  });
  const stop = new AbortController();
  const stopped = new Promise<NodeJS.Signals>((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      if (stop.signal.aborted) {
        log.warn({ signal }, "second signal: ending at once");
        process.exit(1);
      }
      stop.abort();
      resolve(signal);
    };
    process.on("SIGTERM", onSignal);
    process.on("SIGINT", onSignal);
  });
  // Dying is safe here, by design; living on with a part that has stopped is not.
  const onFatal = (err: unknown) => {
    log.fatal({ err }, "a part of the process has ended by a fault: ending, to be started again");
    process.exit(1);
  };
  process.on("unhandledRejection", onFatal);

  await waitForSchema(ledger, log, stop.signal);
  if (stop.signal.aborted) process.exit(0);
  // Producers have no configuration file: what they may know of the routes stands in the ledger.
  await publishRoutes(
    ledger.sql,
    Object.values(config.routes).map((route) => ({
      name: route.name,
      provider: route.provider,
      settings: findProvider(route.provider).publicSettings(route.settings),
      onUnknown: route.unknown.policy,
      classRules: route.classRules,
      account: findProvider(route.provider).account?.(route.settings) ?? null,
    })),
  );
  await subscribeEvents(
    ledger.sql,
    Object.values(config.routes).map(({ name, events }) => ({
      route: name,
      states: events?.kinds.map(toldStateOf) ?? [],
    })),
  );
  await registerWorker(ledger.sql, { id: worker, kind: spec.kind, host: hostname(), pid: process.pid });
  const stopBeating = keepBeating({ ledger, worker, kind: spec.kind, everyMs: config.heartbeat.everyMs, log });
  const ready: ReadyCheck[] = [
    { name: "ledger", check: async () => schemaFault(await schemaVersion(ledger.sql)) },
    {
      name: "redis",
      check: async () => ((await connections.impatient().ping()) === "PONG" ? null : "no answer to PING"),
    },
  ];
  const address = spec.health(config);
  const onStartFault = (err: unknown): never => {
    const fault = listenFaultOf(err);
    if (!fault) throw err;
    const setting = address ? `${spec.kind}.healthPort` : `${spec.kind}.port`;
    if (fault.code === "EADDRINUSE") {
      log.fatal({ setting, ...fault }, "the port is taken; end what listens on it, or set another one");
    } else {
      log.fatal({ setting, ...fault }, "the port can't be listened on; set another one, or another host");
    }
    process.exit(2);
  };
  const figures = spec.kind === "worker" ? watchFigures({ ledger, connections, metrics, config }) : undefined;
  // Before the part: a port that is taken ends the process, and a worker would leave messages in doubt by then.
  const health = address
    ? await startHealthServer({ metrics, ready, ...(figures ? { beforeScrape: figures } : {}) }, address).catch(
        onStartFault,
      )
    : null;
  const part = await spec
    .start({ config, findProvider, worker, ledger, connections, log, metrics, ready, onFatal })
    .catch(onStartFault);
  const url = part.url ?? health?.url;
  log.info({ worker, url, routes: Object.keys(config.routes) }, `${spec.kind} started`);
  process.send?.({ kind: "started", process: spec.kind, url });

  process.on("SIGHUP", () => {
    void reload(part, log);
  });

  const signal = await stopped;
  log.info({ signal }, "draining");
  const deadline = setTimeout(() => {
    log.error({ graceMs: config.shutdownGraceMs }, "not drained in time; what is still in flight will show as unknown");
    process.exit(1);
  }, config.shutdownGraceMs);
  deadline.unref();
  await part.close();
  await stopBeating();
  await stopWorker(ledger.sql, { id: worker }).catch((err) => log.warn({ err }, "the ledger was not told of the stop"));
  await health?.close();
  await connections.closeAll();
  await ledger.close();
  log.info("stopped");
  process.exit(0);
}

async function readConfig(): Promise<Config> {
  try {
    return await requireConfig({ env: process.env, cwd: process.cwd(), routeSchemas });
  } catch (err) {
    if (!(err instanceof ConfigError)) throw err;
    process.stderr.write(
      `The configuration cannot be used:\n${err.faults.map((fault) => `  ${formatFault(fault)}`).join("\n")}\n`,
    );
    process.exit(2);
  }
}

function required(value: string | null, name: string, variable: string): string {
  if (value) return value;
  process.stderr.write(
    `${name} is not set. Set ${variable} in the environment, or ${name} in the configuration file.\n`,
  );
  process.exit(2);
}

/** A newer schema is none: in a rolling upgrade it is there first, and leaves what the version before it needs. */
function schemaFault(version: { current: number; expected: number }): string | null {
  if (version.current >= version.expected) return null;
  return `the schema is at version ${version.current}, this program needs ${version.expected}; run: hikyaku migrate`;
}

/** Containers start in any order: the ledger may not be there yet, or not be migrated yet. */
async function waitForSchema(ledger: Ledger, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const fault = schemaFault(await schemaVersion(ledger.sql));
      if (!fault) return;
      log.warn({ fault }, "waiting for the ledger's schema");
    } catch (err) {
      log.warn({ err }, "waiting for the ledger");
    }
    await new Promise((resolve) => setTimeout(resolve, schemaWaitMs));
  }
}

/** Says in the ledger, over and over, that this process lives; silence puts what it has in flight in doubt. */
function keepBeating(deps: {
  ledger: Ledger;
  worker: string;
  kind: string;
  everyMs: number;
  log: Logger;
}): () => Promise<void> {
  let beating: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    beating = beatOnce(deps)
      .catch((err) => deps.log.error({ err }, "heartbeat not written"))
      .finally(() => {
        busy = false;
      });
  }, deps.everyMs);
  return async () => {
    clearInterval(timer);
    await beating;
  };
}

/** A ledger that does not know this process any more (it was restored from a backup) is told anew. */
async function beatOnce(deps: { ledger: Ledger; worker: string; kind: string }): Promise<void> {
  if (await beat(deps.ledger.sql, { id: deps.worker })) return;
  const { worker: id, kind } = deps;
  await registerWorker(deps.ledger.sql, { id, kind, host: hostname(), pid: process.pid });
}

async function reload(part: RunningPart, log: Logger): Promise<void> {
  try {
    const config = await requireConfig({ env: process.env, cwd: process.cwd(), routeSchemas });
    await part.setLimits?.(config);
    log.info("configuration read again: limits are in force, everything else at the next start");
  } catch (err) {
    log.error({ err }, "configuration not taken over; the old one stays in force");
  }
}
