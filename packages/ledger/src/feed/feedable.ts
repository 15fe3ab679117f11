import type { MessageClass, RecordedOverride } from "@hikyaku/core";
import type { DeliveryWindow } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/** A running campaign that has messages left to send. */
export interface FeedableCampaign {
  id: string;
  priority: number;
  feedCursor: string | null;
  /** Another one as soon as anything of the campaign's row is written. */
  version: string;
  deliveryWindow: DeliveryWindow | null;
  class: MessageClass | null;
  overrides: RecordedOverride[];
  validUntil: Date | null;
  /** Not sent yet over this route: to be fed, fed already, or waiting for a retry. */
  queued: number;
  /** False: its own route is another one, and only second legs go over this. They are due, like retries, and never behind a cursor. */
  isOwn: boolean;
  fedAt: Date | null;
  /** How long ago that was, by the ledger's clock. */
  sinceFedMs: number | null;
  /** Rejected, failed and unknown messages when it was last resumed: the self-pause counts from here. */
  triedBefore: number;
}

/** What a route's feeder may feed, first the highest priority, then the oldest. */
export async function feedable(sql: Sql, { route }: { route: string }): Promise<FeedableCampaign[]> {
  return await sql<FeedableCampaign[]>`
    select id, priority, feed_cursor, campaign.version, delivery_window, class, overrides, valid_until, waiting.queued, fed_at,
           tried_before, campaign.is_own,
           (extract(epoch from now() - fed_at) * 1000)::float8 as since_fed_ms
    from (
      select *, xmin::text as version, true as is_own from campaign where route = ${route} and state = 'running'
      union all
      select *, xmin::text, false from campaign where fallback_route = ${route} and route <> ${route} and state = 'running'
    ) as campaign
    cross join lateral (
      select coalesce(sum(messages), 0)::bigint as queued from campaign_count
      where campaign_id = campaign.id and state = 'queued'
        and case when campaign.is_own then leg = 1 or coalesce(campaign.fallback_route = campaign.route, true) else leg = 2 end
    ) as waiting
    where waiting.queued > 0
    order by priority desc, id`;
}
