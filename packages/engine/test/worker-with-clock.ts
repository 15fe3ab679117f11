import { randomUUID } from "node:crypto";
import { loadConfig } from "@hikyaku/config";
import { beat, publishRoutes, registerWorker } from "@hikyaku/ledger";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis, openSendQueue, type SendQueue } from "@hikyaku/queue";
import { createLogger, createMetrics, startWorker } from "../src/index.ts";
import { route, type TestSystem } from "./start-system.ts";

export interface WorkerWithClock extends AsyncDisposable {
  /** The route's queue, to hand single messages over as a producer does. */
  readonly queue: SendQueue;
}

/** A whole worker in this process, on the system's real servers, whose delivery windows go by a clock of the test's own. */
export async function startWorkerWithClock(system: TestSystem, now: () => Date): Promise<WorkerWithClock> {
  const loaded = await loadConfig({ env: {}, cwd: "/", file: system.configFile, routeSchemas });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  const { config } = loaded;
  const { ledger } = system;
  const connections = connectRedis({ url: system.redisUrl });
  const worker = randomUUID();
  await publishRoutes(ledger.sql, [{ name: route, provider: "kddi", settings: {} }]);
  await registerWorker(ledger.sql, { id: worker, kind: "worker", host: "test", pid: process.pid });
  const beating = setInterval(() => void beat(ledger.sql, { id: worker }).catch(() => {}), config.heartbeat.everyMs);
  const log = createLogger({ level: "silent", name: "worker" });
  const metrics = createMetrics({ process: "worker", withDefaults: false });
  const fatal = (err: unknown) => {
    throw err;
  };
  const running = await startWorker({
    ...{ config, findProvider, worker, ledger, connections, log, metrics, now, onFatal: fatal },
  });
  const queue = openSendQueue({ connections, prefix: config.redisPrefix, route });
  return {
    queue,
    async [Symbol.asyncDispose]() {
      await queue.close();
      await running.close();
      clearInterval(beating);
      await connections.closeAll();
    },
  };
}
