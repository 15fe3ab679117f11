import type { Provider, ProviderRules } from "./provider.ts";

/** The rules of a route by the settings in its configuration: the same that the rest of the system has by what was published of them. */
export function rulesOfRoute<RouteConfig>(provider: Provider<RouteConfig>, settings: RouteConfig): ProviderRules {
  return provider.rules(provider.publicSettings(settings));
}
