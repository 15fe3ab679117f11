import { type ClassRules, type Provider, type ProviderRules, readClassRules } from "@hikyaku/core";
import { findRoute, listRoutes, type OnUnknown, type RouteRow, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { UnknownRouteError, UnsupportedRouteError } from "../errors/request-errors.ts";

/** What is known of one route. */
export interface KnownRoute {
  /** The carrier's, under the route's settings. */
  rules: ProviderRules;
  /** The operator's, for messages by their class. */
  classRules: ClassRules;
  /** What its campaigns do with unknown outcomes where they don't say. */
  onUnknown: OnUnknown;
}

/** The routes, as the running system has published them. */
export interface RouteBook {
  /** @throws UnknownRouteError, UnsupportedRouteError */
  find(route: string): Promise<KnownRoute>;
}

/** How long a producer may go on with settings that a worker has just changed. */
const freshForMs = 5_000;

export function createRouteBook(sql: Sql): RouteBook {
  const pages = new Map<string, KnownRoute & { settings: string; readAt: number }>();
  return {
    async find(name) {
      const page = pages.get(name);
      if (page && performance.now() - page.readAt < freshForMs) return page;
      const route = await findRoute(sql, name);
      if (!route) {
        const known = await listRoutes(sql);
        throw new UnknownRouteError(
          name,
          known.map((each) => each.name),
        );
      }
      const settings = JSON.stringify([route.provider, route.settings]);
      const rules = page?.settings === settings ? page.rules : providerOf(route).rules(route.settings);
      const classRules = readClassRules(route.classRules);
      const known = { rules, classRules, onUnknown: route.onUnknown, settings, readAt: performance.now() };
      pages.set(name, known);
      return known;
    },
  };
}

function providerOf({ name, provider }: RouteRow): Provider {
  try {
    return findProvider(provider);
  } catch (cause) {
    throw new UnsupportedRouteError(name, provider, cause);
  }
}
