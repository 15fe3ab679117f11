import type { Config } from "@hikyaku/config";
import { type EndpointRow, eventFigures, listEndpoints, type Sql } from "@hikyaku/ledger";
import { eventEndpointsOf } from "./event-endpoints.ts";

/** A place that events go to, as an operator sees it. */
export interface EndpointView extends EndpointRow {
  /** Scheme and host; the rest of the URL may hold a secret. Null where the configuration at hand has no such place. */
  origin: string | null;
  routes: readonly string[] | null;
  /** Events that wait for it, and how long the oldest does. 0 where its routes are not known. */
  pending: number;
  oldestPendingSeconds: number;
}

/** Every place that a running system has opened, by name. */
export async function endpointStates({
  sql,
  config,
}: {
  sql: Sql;
  config: Pick<Config, "routes"> | null;
}): Promise<EndpointView[]> {
  const [endpoints, figures] = await Promise.all([listEndpoints(sql), eventFigures(sql)]);
  const configured = new Map(config === null ? [] : eventEndpointsOf(config).map((each) => [each.name, each]));
  return endpoints.map((endpoint) => {
    const place = configured.get(endpoint.name);
    const waiting = figures.filter(({ route }) => place?.routes.includes(route));
    return {
      ...endpoint,
      origin: place === undefined ? null : new URL(place.url).origin,
      routes: place?.routes ?? null,
      pending: waiting.reduce((sum, { pending }) => sum + pending, 0),
      oldestPendingSeconds: Math.max(0, ...waiting.map(({ oldestPendingSeconds }) => oldestPendingSeconds)),
    };
  });
}
