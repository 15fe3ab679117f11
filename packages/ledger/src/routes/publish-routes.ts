import type { Sql } from "../connection/connect-ledger.ts";

export interface PublishedRoute {
  name: string;
  provider: string;
  /** The public part only: limits of texts, sender numbers; never a secret. */
  settings: Record<string, unknown>;
}

/** Makes the routes known to producers. A hold stays as it is; routes that left the configuration stay readable. */
export async function publishRoutes(sql: Sql, routes: readonly PublishedRoute[]): Promise<void> {
  await sql`
    insert into route (name, provider, settings)
    select name, provider, settings
    from unnest(${routes.map((route) => route.name)}::text[],
                ${routes.map((route) => route.provider)}::text[],
                ${routes.map((route) => JSON.stringify(route.settings))}::text[]::jsonb[])
      as published (name, provider, settings)
    order by name
    on conflict (name) do update
      set provider = excluded.provider, settings = excluded.settings, published_at = now()`;
}
