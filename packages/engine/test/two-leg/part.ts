import { randomUUID } from "node:crypto";
import { type Config, parseConfig } from "@hikyaku/config";
import { defaultClassRules, type Provider } from "@hikyaku/core";
import { beat, connectLedger, publishRoutes, registerWorker } from "@hikyaku/ledger";
import { connectRedis } from "@hikyaku/queue";
import { createLogger, createMetrics, startPoller, startWorker } from "../../src/index.ts";
import { twoLeg } from "./provider.ts";

export interface PartOptions {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix: string;
  gatewayUrl: string;
  /** Of one route each. */
  accounts: readonly string[];
}

export type Clock = () => Date;

/** What runs of the system in one process, with the carrier of two channels in place of those of the build. */
export async function startPart(
  kind: "worker" | "poller",
  options: PartOptions,
  now: Clock = () => new Date(),
): Promise<{ close(): Promise<void> }> {
  const { databaseUrl, redisUrl, accounts } = options;
  const config = readConfig(options);
  const ledger = connectLedger(databaseUrl, { max: 6 });
  const log = createLogger({ level: "error", name: kind });
  const connections = connectRedis({ url: redisUrl });
  const worker = randomUUID();
  await publishRoutes(
    ledger.sql,
    accounts.map((name) => ({ name, provider: "two-leg", settings: {} })),
  );
  await registerWorker(ledger.sql, { id: worker, kind, host: "localhost", pid: process.pid });
  const beating = setInterval(() => void beat(ledger.sql, { id: worker }).catch(() => {}), 200);
  const parts = {
    ...{ config, worker, ledger, connections, log, now },
    findProvider: () => twoLeg as Provider,
    metrics: createMetrics({ process: kind, withDefaults: false }),
    onFatal: (err: unknown) => {
      throw err;
    },
  };
  const part = await (kind === "worker" ? startWorker(parts) : startPoller(parts));
  return {
    async close() {
      await part.close();
      clearInterval(beating);
      await connections.closeAll();
      await ledger.close();
    },
  };
}

/** The defaults of a configuration, in a hurry, with routes that no carrier of the build knows. */
function readConfig({ databaseUrl, redisUrl, redisPrefix, gatewayUrl, accounts }: PartOptions): Config {
  const text = JSON.stringify({
    ...{ databaseUrl, redisUrl, redisPrefix },
    poller: { interval: "50ms" },
    feed: { interval: "50ms" },
    heartbeat: { every: "200ms", deadAfter: "2s" },
    retry: { maxAttempts: 2, base: "10ms", cap: "20ms" },
  });
  const parsed = parseConfig({ text, file: null, env: {}, routeSchemas: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  const { receiptGraceMs, statusChecks, retry, unknown, replies } = parsed.config;
  const routes = accounts.map((account) => ({
    ...{ name: account, provider: "two-leg", settings: { url: gatewayUrl, account }, hooks: null, events: null },
    limits: { tps: null, concurrency: 20 },
    ...{ receiptGraceMs, statusChecks, retry, unknown, replies, classRules: defaultClassRules },
  }));
  return { ...parsed.config, routes: Object.fromEntries(routes.map((route) => [route.name, route])) };
}
