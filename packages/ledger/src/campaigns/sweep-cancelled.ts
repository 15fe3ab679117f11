import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Moves at most `limit` queued messages of cancelled campaigns to `cancelled`; answers how many. Call it until it answers
 * 0. A retry that comes back later into a cancelled campaign is found by the next call.
 */
export async function sweepCancelled(sql: Sql, { limit }: { limit: number }): Promise<number> {
  const { count } = await sql`
    update message set state = 'cancelled', ended_at = now(), due_at = null
    where id in (
      select message.id
      from (
        select campaign.id from campaign
        where campaign.state = 'cancelled'
          and (select sum(queued) from campaign_count where campaign_id = campaign.id) > 0
      ) as stopped
      cross join lateral (
        select id from message
        where campaign_id = stopped.id and state = 'queued'
        limit ${limit}
        for update skip locked
      ) as message
      limit ${limit}
    )`;
  return count;
}
