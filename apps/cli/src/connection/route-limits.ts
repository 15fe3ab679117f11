import type { RouteConfig } from "@hikyaku/config";
import { rulesOfRoute } from "@hikyaku/core";
import { findProvider } from "@hikyaku/providers";
import type { RouteLimit } from "@hikyaku/views";
import type { FoundStack } from "./find-stack.ts";

/** The route's limit, from the configuration or the running `up`; null when there is none or nobody knows. */
export function limitOf({ config, up }: Pick<FoundStack, "config" | "up">, route: string): RouteLimit | null {
  const configured = config?.routes[route];
  const limits =
    configured === undefined
      ? up?.limits[route]
      : { tps: configured.limits.tps, messagesPerRequest: messagesPerRequest(configured) };
  return limits === undefined || limits.tps === null ? null : { ...limits, tps: limits.tps };
}

/** How many messages one request of the route may carry: 1, or SENS's batches. */
export function messagesPerRequest({ provider, settings }: Pick<RouteConfig, "provider" | "settings">): number {
  return rulesOfRoute(findProvider(provider), settings).recipientsPerRequest;
}
