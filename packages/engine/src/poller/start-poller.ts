import type { Config, RouteConfig } from "@hikyaku/config";
import type { Provider, ProviderRules } from "@hikyaku/core";
import type { Ledger } from "@hikyaku/ledger";
import { openThrottle, type RedisConnections, signalFeeder } from "@hikyaku/queue";
import { startEventDelivery } from "../events/start-event-delivery.ts";
import { createFallbackSweep } from "../fallback/create-fallback-sweep.ts";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { createClientHolder } from "../sender/client-holder.ts";
import { createRouteHold } from "../sender/route-hold.ts";
import { createStatusAsker } from "./ask-status.ts";
import { createPoller } from "./create-poller.ts";

/**
 * Starts, for every route of the configuration, its status poller and the sweep that begins its second legs, and tells
 * events to the user's own systems: here, because neither sending nor the carrier's notifications may ever wait for such
 * a system.
 */
export async function startPoller(deps: {
  readonly config: Config;
  readonly findProvider: (name: string) => Provider;
  readonly worker: string;
  readonly ledger: Ledger;
  readonly connections: RedisConnections;
  readonly log: Logger;
  readonly metrics: Metrics;
}): Promise<{ close(): Promise<void>; setLimits(config: Config): Promise<void> }> {
  const redis = { connections: deps.connections, prefix: deps.config.redisPrefix };
  const rulesOf = (route: RouteConfig): ProviderRules => {
    const provider = deps.findProvider(route.provider);
    return provider.rules(provider.publicSettings(route.settings));
  };
  const routes = await Promise.all(
    Object.values(deps.config.routes).map(async (route) => {
      const provider = deps.findProvider(route.provider);
      const log = deps.log.child({ route: route.name });
      const throttle = openThrottle({
        connections: deps.connections,
        route: route.name,
        limits: route.limits,
        adaptive: deps.config.throttle,
        role: "status",
        statusShare: deps.config.poller.tpsShare,
        prefix: deps.config.redisPrefix,
        onError: (err) => log.error({ err }, "throttle fault"),
      });
      const client = createClientHolder({
        connect: () => provider.connect(route.settings, { routeName: route.name, connections: 1 }),
        throttle,
        onCloseError: (err) => log.warn({ err }, "closing sockets failed"),
      });
      const hold = createRouteHold({
        ledger: deps.ledger,
        route: route.name,
        log,
        metrics: deps.metrics,
        credentialsProbeMs: deps.config.hold.probeEveryMs,
        faultProbeMs: { base: Math.min(5_000, deps.config.hold.probeEveryMs), cap: deps.config.hold.probeEveryMs },
        onChange: () => {},
      });
      const now = () => new Date();
      const asker = createStatusAsker({
        route: route.name,
        throttle,
        client,
        rules: rulesOf(route),
        hold,
        schedule: {
          graceMs: route.receiptGraceMs,
          plan: route.statusChecks.afterMinutes,
          lastCheckMarginMs: route.statusChecks.lastCheckMarginMs,
        },
        now,
        log,
        metrics: deps.metrics,
      });
      const { intervalMs, batchSize, tpsShare } = deps.config.poller;
      const shared = {
        route: route.name,
        ledger: deps.ledger,
        throttle,
        asker,
        hold,
        intervalMs,
        batchSize,
        tpsShare,
        log,
      };
      const poller = createPoller(shared);
      const fallbackSweep = createFallbackSweep({
        ...shared,
        rulesOf: (name) => (deps.config.routes[name] ? rulesOf(deps.config.routes[name]) : null),
        wakeFeeder: (name) => signalFeeder(name, redis),
        now,
        metrics: deps.metrics,
      });
      return { name: route.name, throttle, client, asker, poller, fallbackSweep };
    }),
  );

  const events = await startEventDelivery(deps);

  return {
    async setLimits(config) {
      for (const route of routes) {
        const changed = config.routes[route.name];
        if (changed) await route.throttle.setLimits(changed.limits);
      }
    },
    async close() {
      for (const route of routes) route.asker.close();
      await Promise.all([
        ...routes.flatMap((route) => [route.poller.close(), route.fallbackSweep.close()]),
        events.close(),
      ]);
      await Promise.all(
        routes.map(async (route) => {
          await route.client.close();
          await route.throttle.close();
        }),
      );
    },
  };
}
