import type { Provider, ProviderRules } from "@hikyaku/core";
import { findRoute, listRoutes, type RouteRow, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { UnknownRouteError, UnsupportedRouteError } from "../errors/request-errors.ts";

/** The carriers' rules under the settings of the routes, as the running system has published them. */
export interface RouteBook {
  /** @throws UnknownRouteError, UnsupportedRouteError */
  rulesOf(route: string): Promise<ProviderRules>;
}

/** How long a producer may go on with settings that a worker has just changed. */
const freshForMs = 5_000;

export function createRouteBook(sql: Sql): RouteBook {
  const pages = new Map<string, { rules: ProviderRules; settings: string; readAt: number }>();
  return {
    async rulesOf(name) {
      const page = pages.get(name);
      if (page && performance.now() - page.readAt < freshForMs) return page.rules;
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
      pages.set(name, { rules, settings, readAt: performance.now() });
      return rules;
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
