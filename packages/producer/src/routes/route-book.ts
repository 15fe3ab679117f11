import type { Provider, ProviderRules } from "@hikyaku/core";
import { findRoute, listRoutes, type OnUnknown, type RouteRow, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";
import { UnknownRouteError, UnsupportedRouteError } from "../errors/request-errors.ts";

/** The carriers' rules under the settings of the routes, as the running system has published them. */
export interface RouteBook {
  /** @throws UnknownRouteError, UnsupportedRouteError */
  rulesOf(route: string): Promise<ProviderRules>;
  /**
   * What its campaigns do with unknown outcomes where they don't say.
   * @throws UnknownRouteError, UnsupportedRouteError
   */
  onUnknown(route: string): Promise<OnUnknown>;
}

/** How long a producer may go on with settings that a worker has just changed. */
const freshForMs = 5_000;

interface Page {
  rules: ProviderRules;
  settings: string;
  onUnknown: OnUnknown;
  readAt: number;
}

export function createRouteBook(sql: Sql): RouteBook {
  const pages = new Map<string, Page>();
  const pageOf = async (name: string): Promise<Page> => {
    const known = pages.get(name);
    if (known && performance.now() - known.readAt < freshForMs) return known;
    const route = await findRoute(sql, name);
    if (!route) {
      const names = (await listRoutes(sql)).map((each) => each.name);
      throw new UnknownRouteError(name, names);
    }
    const settings = JSON.stringify([route.provider, route.settings]);
    const rules = known?.settings === settings ? known.rules : providerOf(route).rules(route.settings);
    const page = { rules, settings, onUnknown: route.onUnknown, readAt: performance.now() };
    pages.set(name, page);
    return page;
  };
  return {
    rulesOf: async (name) => (await pageOf(name)).rules,
    onUnknown: async (name) => (await pageOf(name)).onUnknown,
  };
}

function providerOf({ name, provider }: RouteRow): Provider {
  try {
    return findProvider(provider);
  } catch (cause) {
    throw new UnsupportedRouteError(name, provider, cause);
  }
}
