import type { HoldCause } from "@hikyaku/core";
import type { Decision } from "../audit/audit-entry.ts";
import type { Sql } from "../connection/connect-ledger.ts";

export interface HoldRouteInput {
  route: string;
  cause: HoldCause;
  /** For the operator: what the gateway answered. */
  reason: string;
  /** When the first (or the next) message may try again, from now. */
  probeInMs: number;
}

/**
 * Stops claims on the route at once. True when it was not held before. On a held route the hold keeps its beginning, takes
 * the newest cause (but an operator's hold stays an operator's), and the next probe waits from now.
 */
export async function holdRoute(sql: Sql, { route, cause, reason, probeInMs }: HoldRouteInput): Promise<boolean> {
  const [held] = await sql<{ isNew: boolean }[]>`
    update route set
      held_at = coalesce(route.held_at, now()),
      held_cause = case when route.held_cause = 'operator' then 'operator' else ${cause}::text end,
      held_reason = case when route.held_cause = 'operator' then route.held_reason else ${reason}::text end,
      probe_at = now() + ${probeInMs} * interval '1 millisecond',
      probe_count = case when route.held_at is null then 0 else route.probe_count + 1 end
    from (select name, held_at from route where name = ${route} for update) as before
    where route.name = before.name
    returning before.held_at is null as is_new`;
  return held?.isNew ?? false;
}

/**
 * Lets claims through again, and has the route's campaigns fed from the beginning: the jobs taken while it was held were
 * dropped. True when the route was held. With `by` the decision stands in the audit; a hold that ended by itself has none.
 */
export async function releaseRoute(sql: Sql, { route, by }: { route: string; by?: Decision }): Promise<boolean> {
  const { actor = null, reason = "" } = by ?? {};
  const released = await sql`
    with released as (
      update route
      set held_at = null, held_cause = null, held_reason = null, probe_at = null, probe_count = 0
      from (select * from route where name = ${route} for update) as before
      where route.name = before.name and before.held_at is not null
      returning route.name, before.held_at, before.held_cause, before.held_reason
    ),
    noted as (
      insert into audit (actor, action, reason, route, details)
      select ${actor}::text, 'release-route', ${reason}, name,
             jsonb_build_object('heldCause', held_cause, 'heldReason', held_reason, 'heldAt', held_at)
      from released
      where ${actor}::text is not null
    ),
    rewound as (
      update campaign set feed_cursor = null
      where route = (select name from released) and state in ('running', 'paused')
    )
    select from released`;
  return released.count > 0;
}
