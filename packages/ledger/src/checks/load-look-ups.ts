import type { Sql } from "../connection/connect-ledger.ts";
import type { MessageRow } from "../messages/message-row.ts";

/** A message to be looked up at its carrier, with all that tells it from others. */
export interface LookUpMessage extends MessageRow {
  /** Its own validity or its campaign's, whichever ends first. */
  effectiveValidUntil: Date | null;
  /** Carrier ids that other messages of the route to the same recipient have. */
  takenIds: string[];
}

/** Campaigns that ended longer ago than this before a message was posted hold none that could be taken for it. */
const longestAttempt = "1 day";

/** Messages by id, whatever their state. */
export async function loadLookUps(sql: Sql, { ids }: { ids: readonly string[] }): Promise<LookUpMessage[]> {
  return await sql<LookUpMessage[]>`
    select message.*,
           nullif(least(message.valid_until,
                        (select coalesce(valid_until, 'infinity') from campaign where id = message.campaign_id)), 'infinity')
             as effective_valid_until,
           array(
             -- By campaign, as no index knows the recipients of a route: few campaigns run at a time.
             select other.provider_message_id
             from campaign
             cross join lateral (
               select id, route, provider_message_id from message as same
               where same.campaign_id = campaign.id and same.recipient = message.recipient
               offset 0
             ) as other
             where (campaign.route = message.route or campaign.fallback_route = message.route)
               and coalesce(campaign.finished_at, 'infinity') > message.sending_at - ${longestAttempt}::interval
               and other.route = message.route and other.id <> message.id and other.provider_message_id is not null
             union all
             select single.provider_message_id from message as single
             where single.campaign_id is null and single.recipient = message.recipient and single.route = message.route
               and single.id <> message.id and single.provider_message_id is not null
           ) as taken_ids
    from message
    where id = any(${ids as string[]}::uuid[])`;
}
