import type { Sql } from "../connection/connect-ledger.ts";

/** Queued messages past their validity, or their campaign's, become `expired`; at most `limit`. Answers how many. */
export async function expireQueued(sql: Sql, { limit }: { limit: number }): Promise<number> {
  const { count } = await sql`
    with campaign_past as (
      select message.id
      from campaign
      cross join lateral (
        select id from message where campaign_id = campaign.id and state = 'queued'
        limit ${limit}
        for update skip locked
      ) as message
      where campaign.state in ('running', 'paused') and campaign.valid_until <= now()
      limit ${limit}
    ),
    message_past as (
      select id from message where state = 'queued' and valid_until <= now()
      limit ${limit}
      for update skip locked
    )
    update message set state = 'expired', reason = 'validity passed', ended_at = now(), due_at = null
    where id in (select id from campaign_past union all select id from message_past)`;
  return count;
}
