import type { Config } from "@hikyaku/config";
import type { ProcessParts } from "../process/run-process.ts";
import { openRoute, setLimits } from "../routes/open-route.ts";
import { createPoller } from "./create-poller.ts";

/** Starts a status poller for every route of the configuration. */
export async function startPoller(
  deps: Omit<ProcessParts, "ready" | "onFatal">,
): Promise<{ close(): Promise<void>; setLimits(config: Config): Promise<void> }> {
  const { config, ledger, metrics } = deps;
  const routes = Object.values(config.routes).map((route) => {
    const { name, rules, log, throttle, client, hold } = openRoute(deps, route, { role: "status" });
    const poller = createPoller({
      ...{ route: name, ledger, throttle, client, rules, hold, log, metrics },
      schedule: {
        graceMs: route.receiptGraceMs,
        plan: route.statusChecks.afterMinutes,
        lastCheckMarginMs: route.statusChecks.lastCheckMarginMs,
      },
      intervalMs: config.poller.intervalMs,
      batchSize: config.poller.batchSize,
      tpsShare: config.poller.tpsShare,
      now: () => new Date(),
    });
    return { name, throttle, client, poller };
  });

  return {
    setLimits: (changed) => setLimits(routes, changed),
    async close() {
      await Promise.all(routes.map((route) => route.poller.close()));
      await Promise.all(
        routes.map(async (route) => {
          await route.client.close();
          await route.throttle.close();
        }),
      );
    },
  };
}
