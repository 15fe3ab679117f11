import type { Sql } from "../connection/connect-ledger.ts";
import type { RouteRow } from "./route-row.ts";

/** Null when no process has published a route of this name. */
export async function findRoute(sql: Sql, name: string): Promise<RouteRow | null> {
  const [route] = await sql<RouteRow[]>`
    select name, provider, settings, class_rules, account, held_cause, held_reason, held_at, probe_at, probe_count
    from route where name = ${name}`;
  return route ?? null;
}

/** Every published route, by name. */
export async function listRoutes(sql: Sql): Promise<RouteRow[]> {
  return await sql<RouteRow[]>`
    select name, provider, settings, class_rules, account, held_cause, held_reason, held_at, probe_at, probe_count
    from route order by name`;
}
