import type { Config, RouteConfig } from "@hikyaku/config";
import { rulesOfRoute } from "@hikyaku/core";
import { openThrottle, type Throttle, type ThrottleOptions } from "@hikyaku/queue";
import type { ProcessParts } from "../process/run-process.ts";
import { createClientHolder } from "../sender/client-holder.ts";
import { createRouteHold } from "../sender/route-hold.ts";

/** What whoever calls a carrier has of its route: the share of its limits, the connection, and whether it is held. */
export function openRoute(
  deps: Pick<ProcessParts, "config" | "findProvider" | "ledger" | "connections" | "log" | "metrics">,
  route: RouteConfig,
  { role, onHoldChange = () => {} }: { role: ThrottleOptions["role"]; onHoldChange?: (held: boolean) => void },
) {
  const { config, ledger, connections, metrics } = deps;
  const provider = deps.findProvider(route.provider);
  const log = deps.log.child({ route: route.name });
  const throttle = openThrottle({
    ...{ connections, route: route.name, limits: route.limits, role, prefix: config.redisPrefix },
    statusShare: config.poller.tpsShare,
    adaptive: config.throttle,
    onError: (err) => log.error({ err }, "throttle fault"),
  });
  const client = createClientHolder({
    connect: () => provider.connect(route.settings, { routeName: route.name, connections: 1 }),
    throttle,
    onCloseError: (err) => log.warn({ err }, "closing sockets failed"),
  });
  const { probeEveryMs } = config.hold;
  const hold = createRouteHold({
    ...{ ledger, route: route.name, log, metrics },
    credentialsProbeMs: probeEveryMs,
    faultProbeMs: { base: Math.min(5_000, probeEveryMs), cap: probeEveryMs },
    onChange: onHoldChange,
  });
  const rules = rulesOfRoute(provider, route.settings);
  return { name: route.name, rules, log, throttle, client, hold };
}

/** The configuration was read again: its limits hold from now on. A route that is no longer in it keeps its own. */
export async function setLimits(
  routes: readonly { readonly name: string; readonly throttle: Throttle }[],
  config: Config,
): Promise<void> {
  for (const { name, throttle } of routes) {
    const changed = config.routes[name];
    if (changed) await throttle.setLimits(changed.limits);
  }
}
