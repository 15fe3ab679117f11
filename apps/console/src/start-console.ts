import type { ProcessParts, RunningPart } from "@hikyaku/engine";
import { createProducer } from "@hikyaku/producer";
import { createConsoleApp } from "./create-console-app.ts";

/** Starts the HTTP API and the pages. */
export async function startConsole(parts: ProcessParts): Promise<RunningPart> {
  const { config, log } = parts;
  if (!config.databaseUrl || !config.redisUrl) throw new Error("databaseUrl and redisUrl must be set");
  const producer = await createProducer({
    databaseUrl: config.databaseUrl,
    redisUrl: config.redisUrl,
    redisPrefix: config.redisPrefix,
    onError: (err) => log.warn({ err }, "Redis fault"),
  });
  const app = await createConsoleApp({ ...parts, producer });
  await app.listen({ port: config.console.port, host: config.console.host });
  const { port } = app.server.address() as { port: number };
  const host = config.console.host === "0.0.0.0" || config.console.host === "::" ? "127.0.0.1" : config.console.host;
  if (config.console.users.length === 0) {
    log.warn("the pages are closed: no user is configured (console.users); the API works by API keys");
  }

  return {
    url: `http://${host}:${port}`,
    // The console keeps no limits, it only shows them.
    async setLimits(changed) {
      for (const [name, route] of Object.entries(config.routes)) {
        route.limits = changed.routes[name]?.limits ?? route.limits;
      }
    },
    async close() {
      await app.close();
      await producer.close();
    },
  };
}
