import type { MessageClass, RecordedOverride } from "@hikyaku/core";
import type { DeliveryWindow } from "../campaigns/campaign-row.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/** A running campaign that has messages left to send. */
export interface FeedableCampaign {
  id: string;
  priority: number;
  feedCursor: string | null;
  deliveryWindow: DeliveryWindow | null;
  class: MessageClass | null;
  overrides: RecordedOverride[];
  validUntil: Date | null;
  /** Not sent yet: to be fed, fed already, or waiting for a retry. */
  queued: number;
  fedAt: Date | null;
  /** How long ago that was, by the ledger's clock. */
  sinceFedMs: number | null;
  /** Rejected, failed and unknown messages when it was last resumed: the self-pause counts from here. */
  triedBefore: number;
}

/** What a route's feeder may feed, first the highest priority, then the oldest. */
export async function feedable(sql: Sql, { route }: { route: string }): Promise<FeedableCampaign[]> {
  return await sql<FeedableCampaign[]>`
    select id, priority, feed_cursor, delivery_window, class, overrides, valid_until, waiting.queued, fed_at, tried_before,
           (extract(epoch from now() - fed_at) * 1000)::float8 as since_fed_ms
    from campaign
    cross join lateral (
      select coalesce(sum(messages), 0)::bigint as queued from campaign_count
      where campaign_id = campaign.id and state = 'queued'
    ) as waiting
    where route = ${route} and state = 'running' and waiting.queued > 0
    order by priority, id`;
}
