import type { Sql } from "../connection/connect-ledger.ts";
import type { RouteRow } from "./route-row.ts";

/** Null when no process has published a route of this name. */
export async function findRoute(sql: Sql, name: string): Promise<RouteRow | null> {
  const [route] = await sql<RouteRow[]>`select ${columns(sql)} from route where name = ${name}`;
  return route ?? null;
}

/** Every published route, by name. */
export async function listRoutes(sql: Sql): Promise<RouteRow[]> {
  return await sql<RouteRow[]>`select ${columns(sql)} from route order by name`;
}

function columns(sql: Sql) {
  return sql`
    name, provider, settings, on_unknown, class_rules, account, held_cause, held_reason, held_at, probe_at, probe_count`;
}
