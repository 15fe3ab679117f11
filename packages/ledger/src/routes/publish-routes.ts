import type { ClassRules } from "@hikyaku/core";
import type { OnUnknown } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

export interface PublishedRoute {
  name: string;
  provider: string;
  /** The public part only: limits of texts, sender numbers; never a secret. */
  settings: Record<string, unknown>;
  /** What its campaigns do with unknown outcomes where they don't say. Default `hold`. */
  onUnknown?: OnUnknown;
  /** What the operator has set for messages by their class. Default: nothing. */
  classRules?: ClassRules;
  /** Under which name the carrier counts its messages. */
  account?: string | null;
}

/** Makes the routes known to producers. A hold stays as it is; routes that left the configuration stay readable. */
export async function publishRoutes(sql: Sql, routes: readonly PublishedRoute[]): Promise<void> {
  await sql`
    insert into route (name, provider, settings, on_unknown, class_rules, account)
    select name, provider, settings, on_unknown, class_rules, account
    from unnest(${routes.map((route) => route.name)}::text[],
                ${routes.map((route) => route.provider)}::text[],
                ${routes.map((route) => JSON.stringify(route.settings))}::text[]::jsonb[],
                ${routes.map((route) => route.onUnknown ?? "hold")}::text[],
                ${routes.map((route) => JSON.stringify(route.classRules ?? {}))}::text[]::jsonb[],
                ${routes.map((route) => route.account ?? null)}::text[])
      as published (name, provider, settings, on_unknown, class_rules, account)
    order by name
    on conflict (name) do update
      set provider = excluded.provider, settings = excluded.settings, on_unknown = excluded.on_unknown,
          class_rules = excluded.class_rules, account = excluded.account, published_at = now()`;
}
