import type { Sql } from "../connection/connect-ledger.ts";
import { firstId } from "../connection/new-id.ts";

/** What the carrier counted of one campaign, or of a route's single messages, on one day over one channel. */
export interface UsageRow {
  /** `2026-11-30`, of the time zone asked for. */
  day: string;
  route: string;
  /** Under which name the carrier counts the route's messages (KDDI: botId); null when nobody has published it. */
  account: string | null;
  /** `sms`, `rcs` …; null when the carrier did not say. */
  channel: string | null;
  /** Null for single messages. */
  campaignId: string | null;
  key: string | null;
  name: string | null;
  messages: number;
  /** Billable parts. */
  segments: number;
}

export interface UsageInput {
  /** `2026-11` */
  month: string;
  /** IANA name: where the month begins and ends, and its days. */
  timeZone: string;
  route?: string;
}

/**
 * What the carrier accepted in a month, exactly: counted from the messages that are there (about a second per million), and from
 * what was kept of those that retention has deleted. In the order of days, routes, campaigns and channels.
 */
export async function usageOfMonth(sql: Sql, { month, timeZone, route }: UsageInput): Promise<UsageRow[]> {
  const first = `${month}-01`;
  return await sql<UsageRow[]>`
    with span as materialized (
      select ${first}::timestamp at time zone ${timeZone} as from_at,
             (${first}::timestamp + interval '1 month') at time zone ${timeZone} as to_at
    ),
    counted as (
      select campaign.id as campaign_id, part.*
      from span
      cross join campaign
      cross join lateral (
        -- Its own route: a second leg may have gone over another one than its campaign's.
        select message.route, coalesce(channel, '') as channel, (accepted_at at time zone ${timeZone})::date as day,
               count(*) as messages, sum(segments) as segments
        from message
        where campaign_id = campaign.id and accepted_at >= span.from_at and accepted_at < span.to_at
        group by 1, 2, 3
      ) as part
      where exists (select from campaign_count where campaign_id = campaign.id and accepted > 0)
      union all
      select ${firstId}::uuid, message.route, coalesce(channel, ''), (accepted_at at time zone ${timeZone})::date, count(*),
             sum(segments)
      from span
      join message on campaign_id is null and accepted_at >= span.from_at and accepted_at < span.to_at
      group by 2, 3, 4
      union all
      select campaign_id, usage_past.route, channel, (quarter at time zone ${timeZone})::date, sum(messages), sum(segments)
      from span
      join usage_past on quarter >= span.from_at and quarter < span.to_at
      group by 1, 2, 3, 4
    )
    select to_char(counted.day, 'YYYY-MM-DD') as day, counted.route, route.account, nullif(counted.channel, '') as channel,
           nullif(counted.campaign_id, ${firstId}::uuid) as campaign_id, coalesce(campaign.key, campaign_past.key) as key,
           coalesce(campaign.name, campaign_past.name) as name,
           sum(counted.messages)::bigint as messages, sum(counted.segments)::bigint as segments
    from counted
    left join route on route.name = counted.route
    left join campaign on campaign.id = counted.campaign_id
    left join campaign_past on campaign_past.id = counted.campaign_id
    where ${route ?? null}::text is null or counted.route = ${route ?? null}
    group by counted.day, counted.route, route.account, counted.channel, counted.campaign_id, 6, 7
    order by counted.day, counted.route, counted.campaign_id, counted.channel`;
}
