import type { Config, RouteEvents } from "@hikyaku/config";

/** A place that events go to, with the routes whose events go there. */
export interface EventEndpoint extends Omit<RouteEvents, "endpoint" | "kinds"> {
  /** `*` for the one of the whole configuration, else the route's name. */
  readonly name: string;
  readonly routes: readonly string[];
}

/** Every place of the configuration. */
export function eventEndpointsOf(config: Pick<Config, "routes">): EventEndpoint[] {
  const byName = Map.groupBy(
    Object.values(config.routes).flatMap(({ name, events }) => (events === null ? [] : [{ route: name, events }])),
    ({ events }) => events.endpoint,
  );
  return [...byName].flatMap(([name, routes]) => {
    const [first] = routes;
    if (first === undefined) return [];
    const { endpoint: _, kinds: __, ...place } = first.events;
    return [{ ...place, name, routes: routes.map(({ route }) => route) }];
  });
}
