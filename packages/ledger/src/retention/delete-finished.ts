import type { Sql } from "../connection/connect-ledger.ts";
import { firstIdOf } from "../connection/new-id.ts";

export interface DeletedBatch {
  /** Campaigns that are gone altogether. */
  campaigns: number;
  messages: number;
  receipts: number;
}

/**
 * Deletes what ended more than `olderThanDays` ago, at most `limit` rows of each kind: finished and cancelled campaigns with
 * their messages, single messages, notifications. Call it until all three are 0. Rows in use are never among them, so
 * senders don't wait for it, and a batch is short enough not to be felt.
 */
export async function deleteFinished(
  sql: Sql,
  { olderThanDays, limit }: { olderThanDays: number; limit: number },
): Promise<DeletedBatch> {
  const messages = await deleteMessages(sql, olderThanDays, limit);
  const campaigns = await deleteEmptyCampaigns(sql, olderThanDays, limit);
  const { count: receipts } = await sql`
    delete from receipt_raw
    where id in (
      select id from receipt_raw
      where received_at < now() - ${olderThanDays} * interval '1 day'
      order by received_at
      limit ${limit}
      for update skip locked
    )`;
  return { campaigns, messages, receipts };
}

async function deleteEmptyCampaigns(sql: Sql, olderThanDays: number, limit: number): Promise<number> {
  const [deleted] = await sql<{ campaigns: number }[]>`
    with gone as (
      delete from campaign
      where id in (
        select id from campaign
        where state in ('finished', 'cancelled') and finished_at < now() - ${olderThanDays} * interval '1 day'
          and not exists (select from message where campaign_id = campaign.id)
        limit ${limit}
        for update skip locked
      )
      returning id
    ),
    counters as (delete from campaign_count where campaign_id in (select id from gone))
    select count(*) as campaigns from gone`;
  return deleted?.campaigns ?? 0;
}

async function deleteMessages(sql: Sql, olderThanDays: number, limit: number): Promise<number> {
  const { count: ofCampaigns } = await sql`
    delete from message
    where id in (
      select message.id
      from campaign
      cross join lateral (
        select id from message where campaign_id = campaign.id limit ${limit} for update skip locked
      ) as message
      where campaign.state in ('finished', 'cancelled') and campaign.finished_at < now() - ${olderThanDays} * interval '1 day'
      limit ${limit}
    )`;
  const { count: single } = await sql`
    delete from message
    where id in (
      select id from message
      where campaign_id is null and ended_at < now() - ${olderThanDays} * interval '1 day'
        and id < ${firstIdOf(Date.now() - olderThanDays * msPerDay)}::uuid
      -- Both columns: only so does the planner see that message_in_order has this order.
      order by campaign_id, id
      limit ${limit - ofCampaigns}
      for update skip locked
    )`;
  return ofCampaigns + single;
}

const msPerDay = 86_400_000;
