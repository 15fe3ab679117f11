import type { OnUnknown } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

export interface PublishedRoute {
  name: string;
  provider: string;
  /** The public part only: limits of texts, sender numbers; never a secret. */
  settings: Record<string, unknown>;
  /** What its campaigns do with unknown outcomes where they don't say. Default `hold`. */
  onUnknown?: OnUnknown;
}

/** Makes the routes known to producers. A hold stays as it is; routes that left the configuration stay readable. */
export async function publishRoutes(sql: Sql, routes: readonly PublishedRoute[]): Promise<void> {
  await sql`
    insert into route (name, provider, settings)
    -- As it stands in the configuration; a carrier's own settings have no key of this name.
    select name, provider, settings || jsonb_build_object('unknown', jsonb_build_object('policy', on_unknown))
    from unnest(${routes.map((route) => route.name)}::text[],
                ${routes.map((route) => route.provider)}::text[],
                ${routes.map((route) => JSON.stringify(route.settings))}::text[]::jsonb[],
                ${routes.map((route) => route.onUnknown ?? "hold")}::text[])
      as published (name, provider, settings, on_unknown)
    order by name
    on conflict (name) do update
      set provider = excluded.provider, settings = excluded.settings, published_at = now()`;
}
