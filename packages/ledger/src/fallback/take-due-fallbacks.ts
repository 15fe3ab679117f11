import type { Sql } from "../connection/connect-ledger.ts";
import type { MessageRow } from "../messages/message-row.ts";

export interface TakeDueFallbacksInput {
  route: string;
  limit: number;
  /** For so long what is taken is hidden. */
  leaseMs: number;
  /** The campaigns whose second legs may go out now. What waits in others is neither touched nor walked over. */
  campaigns: readonly string[];
}

/**
 * First legs whose second is to be decided about now, single messages and those of the campaigns given, the longest due first. Taking one
 * hides it for `leaseMs`, so that it comes again by itself if whoever took it dies. One that the carrier can be asked about counts as
 * checked once more.
 */
export async function takeDueFallbacks(
  sql: Sql,
  { route, limit, leaseMs, campaigns }: TakeDueFallbacksInput,
): Promise<MessageRow[]> {
  return await sql<MessageRow[]>`
    update message set
      fallback_at = now() + ${leaseMs} * interval '1 millisecond',
      checks = case when state in ('accepted', 'sent') and provider_message_id is not null then least(checks + 1, 32767) else checks end
    where id = any(array(
      select undecided.id
      from (
        select due.id, due.fallback_at
        from campaign
        cross join lateral (
          select id, fallback_at from message
          where route = ${route} and campaign_id = campaign.id and fallback_at <= now()
          order by fallback_at
          limit ${limit}
          for no key update skip locked
        ) as due
        where campaign.id = any(${campaigns as string[]}::uuid[])
        union all
        select single.id, single.fallback_at
        from (
          select id, fallback_at from message
          where route = ${route} and campaign_id is null and fallback_at <= now()
          -- Both columns: only so does the planner see that message_fallback has this order.
          order by campaign_id, fallback_at
          limit ${limit}
          for no key update skip locked
        ) as single
      ) as undecided
      order by undecided.fallback_at
      limit ${limit}
    ))
    returning message.*`;
}
