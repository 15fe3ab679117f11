import type { CampaignState } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, lastId } from "../connection/new-id.ts";

/** What an operator watches of one route. */
export interface RouteFigures {
  route: string;
  /** Waiting to be sent: running campaigns and single messages. */
  queued: number;
  sending: number;
  unknown: number;
  /** How long the oldest message that could be sent waits; 0 when none does. */
  oldestQueuedSeconds: number;
  /** Status checks that are due; counted up to {@link countLimit}. */
  checksDue: number;
  receiptsPending: number;
  receiptsParked: number;
  /** Campaigns that are not finished, by state. */
  campaigns: Partial<Record<CampaignState, number>>;
}

/** Beyond this a backlog is only "at least so many": counting it exactly would cost more than it tells. */
export const countLimit = 100_000;

/** Figures for `/metrics`: from counters and partial indexes, a few milliseconds at any size of the ledger. */
export async function operatorFigures(sql: Sql): Promise<RouteFigures[]> {
  const rows = await sql<RouteFigures[]>`
    with active as (
      select id, route, fallback_route, state, started_at, feed_cursor, fed_at
      from campaign
      where state in ('ready', 'running', 'paused', 'dispatched', 'cancelled') and finished_at is null
    ),
    -- Second legs count on the route they go over.
    leg as (
      select active.id, counted.route, counted.route = active.route as is_own, active.state, counted.queued, counted.sending, counted.unknown
      from active
      cross join lateral (
        select case when campaign_count.leg = 2 then coalesce(active.fallback_route, active.route) else active.route end as route,
               coalesce(sum(messages) filter (where campaign_count.state = 'queued'), 0)::bigint as queued,
               coalesce(sum(messages) filter (where campaign_count.state = 'sending'), 0)::bigint as sending,
               coalesce(sum(messages) filter (where campaign_count.state = 'unknown'), 0)::bigint as unknown
        from campaign_count
        where campaign_id = active.id and campaign_count.state in ('queued', 'sending', 'unknown')
        group by 1
      ) as counted
    ),
    of_campaigns as (
      select route,
             sum(queued) filter (where state = 'running')::bigint as queued,
             sum(sending)::bigint as sending, sum(unknown)::bigint as unknown
      from leg group by route
    ),
    by_state as (
      select route, jsonb_object_agg(state, campaigns) as campaigns
      from (select route, state, count(*) as campaigns from active group by route, state) as counted
      group by route
    ),
    waiting as (
      -- The next one to be fed is the oldest that waits, but for a window of messages that wait in the queue already.
      select active.route,
             case when next.queued_at is null then active.fed_at else greatest(next.queued_at, active.started_at) end as since
      from leg
      join active on active.id = leg.id
      left join lateral (
        select queued_at from message
        where (campaign_id, id) > (active.id, coalesce(active.feed_cursor, ${firstId}))
          and (campaign_id, id) <= (active.id, ${lastId}::uuid) and accepted_at is null and ended_at is null
        order by campaign_id, id limit 1
      ) as next on true
      where leg.state = 'running' and leg.is_own and leg.queued > 0
      union all
      -- Second legs from another route are handed out when they are due.
      select leg.route, next.due_at
      from leg
      cross join lateral (
        select due_at from message
        where message.route = leg.route and campaign_id = leg.id and due_at <= now()
        order by due_at limit 1
      ) as next
      where leg.state = 'running' and not leg.is_own and leg.queued > 0
    ),
    single as (
      select route, count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'sending') as sending,
             count(*) filter (where state = 'unknown') as unknown,
             -- What waits for its retry or its delivery window could not be sent yet.
             min(queued_at) filter (where state = 'queued' and coalesce(due_at <= now(), true)) as since
      from (
        select route, state, queued_at, due_at from message
        where campaign_id is null and accepted_at is null and ended_at is null
        limit ${countLimit}
      ) as message
      group by route
    ),
    receipts as (
      select route, count(*) filter (where status = 'pending') as pending, count(*) filter (where status = 'parked') as parked
      from (
        select route, status from receipt_raw where status in ('pending', 'parked') limit ${countLimit}
      ) as waiting
      group by route
    )
    select route.name as route,
           coalesce(of_campaigns.queued, 0) + coalesce(single.queued, 0) as queued,
           coalesce(of_campaigns.sending, 0) + coalesce(single.sending, 0) as sending,
           coalesce(of_campaigns.unknown, 0) + coalesce(single.unknown, 0) as unknown,
           coalesce(extract(epoch from now() - least(single.since, (select min(since) from waiting where waiting.route = route.name)))::float8, 0)
             as oldest_queued_seconds,
           (select count(*) from (
              select from message where message.route = route.name and next_check_at <= now() limit ${countLimit}
            ) as due) as checks_due,
           coalesce(receipts.pending, 0) as receipts_pending,
           coalesce(receipts.parked, 0) as receipts_parked,
           coalesce(by_state.campaigns, '{}') as campaigns
    from route
    left join of_campaigns on of_campaigns.route = route.name
    left join by_state on by_state.route = route.name
    left join single on single.route = route.name
    left join receipts on receipts.route = route.name
    order by route.name`;
  return [...rows];
}
