import { sweepCampaign } from "../campaigns/sweep-campaign.ts";
import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Queued messages past their validity, or their campaign's, become `expired`; at most `limit` single ones and as many of
 * campaigns. Answers how many; call it until it answers 0.
 */
export async function expireQueued(sql: Sql, { limit }: { limit: number }): Promise<number> {
  const { count } = await sql`
    update message set state = 'expired', reason = 'validity passed', ended_at = now(), due_at = null
    where id in (
      select id from message
      where campaign_id is null and accepted_at is null and ended_at is null
        and state = 'queued' and valid_until <= now()
      limit ${limit}
      for no key update skip locked
    )`;
  return count + (await sweepCampaign(sql, "expired", limit));
}
