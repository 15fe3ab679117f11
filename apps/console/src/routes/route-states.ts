import type { RouteConfig } from "@hikyaku/config";
import { type ClassRules, readClassRules, rulesOfRoute } from "@hikyaku/core";
import { type HookRow, listHooks, listRoutes, operatorFigures, type RouteFigures } from "@hikyaku/ledger";
import type { ConsoleDeps } from "../console-deps.ts";

type Figures = Pick<RouteFigures, "queued" | "sending" | "unknown" | "oldestQueuedSeconds" | "checksDue">;

/** How a route stands. */
export interface RouteState extends Figures {
  name: string;
  provider: string;
  /** Null when this console's configuration has no route of the name. */
  limits: { tps: number | null; concurrency: number; messagesPerRequest: number } | null;
  /** What the operator has set for messages by their class. */
  classRules: ClassRules;
  held: { cause: string; reason: string | null; since: Date; nextProbeAt: Date | null } | null;
  /** Parked ones included. */
  receiptsPending: number;
  /** Its notification URLs that were ever tried, by the carrier's connection test or otherwise. */
  hooks: Omit<HookRow, "route">[];
}

/** Every published route, by name; a few milliseconds at any size of the ledger. */
export async function routeStates({
  ledger: { sql },
  config,
  findProvider,
}: Pick<ConsoleDeps, "ledger" | "config" | "findProvider">): Promise<RouteState[]> {
  const limitsOf = ({ provider, settings, limits }: RouteConfig) => {
    const { recipientsPerRequest } = rulesOfRoute(findProvider(provider), settings);
    return { ...limits, messagesPerRequest: recipientsPerRequest };
  };
  const [routes, figures, hooks] = await Promise.all([listRoutes(sql), operatorFigures(sql), listHooks(sql)]);
  const byRoute = new Map(figures.map((each) => [each.route, each]));
  return routes.map((route) => {
    const figure = byRoute.get(route.name);
    const configured = config.routes[route.name];
    return {
      name: route.name,
      provider: route.provider,
      limits: configured === undefined ? null : limitsOf(configured),
      classRules: readClassRules(route.classRules),
      held: route.heldAt && {
        cause: route.heldCause ?? "",
        reason: route.heldReason,
        since: route.heldAt,
        nextProbeAt: route.heldCause === "operator" ? null : route.probeAt,
      },
      queued: figure?.queued ?? 0,
      sending: figure?.sending ?? 0,
      unknown: figure?.unknown ?? 0,
      oldestQueuedSeconds: figure?.oldestQueuedSeconds ?? 0,
      checksDue: figure?.checksDue ?? 0,
      receiptsPending: (figure?.receiptsPending ?? 0) + (figure?.receiptsParked ?? 0),
      hooks: hooks.filter(({ route: name }) => name === route.name).map(({ route: _, ...hook }) => hook),
    };
  });
}
