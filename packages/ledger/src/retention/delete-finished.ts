import type postgres from "postgres";
import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, firstIdOf } from "../connection/new-id.ts";

export interface DeletedBatch {
  /** Campaigns that are gone altogether. */
  campaigns: number;
  messages: number;
  receipts: number;
}

/**
 * Deletes what ended more than `olderThanDays` ago, at most `limit` rows of each kind: finished and cancelled campaigns with
 * their messages, single messages, notifications; and reservations of before then. Call it until all three are 0. Rows in use are never among them, so
 * senders don't wait for it, and a batch is short enough not to be felt.
 *
 * What must outlive the messages is written by the statement that deletes them: what the carrier counted (`usage_past`), and
 * the records of consent (`consent`).
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
  await sql`
    delete from reservation
    where (route, reserve_id) in (
      select route, reserve_id from reservation
      where reserved_at < now() - ${olderThanDays} * interval '1 day'
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
      returning id, key, name
    ),
    counters as (delete from campaign_count where campaign_id in (select id from gone)),
    called as (
      insert into campaign_past (id, key, name)
      select id, key, name from gone
      where exists (select from usage_past where campaign_id = gone.id)
      on conflict (id) do nothing
    )
    select count(*) as campaigns from gone`;
  return deleted?.campaigns ?? 0;
}

async function deleteMessages(sql: Sql, olderThanDays: number, limit: number): Promise<number> {
  const ofCampaigns = await deleteAndKeep(
    sql,
    sql`
      select message.id
      from campaign
      cross join lateral (
        select id from message where campaign_id = campaign.id limit ${limit} for update skip locked
      ) as message
      where campaign.state in ('finished', 'cancelled') and campaign.finished_at < now() - ${olderThanDays} * interval '1 day'
      limit ${limit}`,
  );
  const single = await deleteAndKeep(
    sql,
    sql`
      select id from message
      where campaign_id is null and ended_at < now() - ${olderThanDays} * interval '1 day'
        and id < ${firstIdOf(Date.now() - olderThanDays * msPerDay)}::uuid
      -- Both columns: only so does the planner see that message_in_order has this order.
      order by campaign_id, id
      limit ${limit - ofCampaigns}
      for update skip locked`,
  );
  return ofCampaigns + single;
}

/** Deletes the messages that `doomed` selects, and keeps what must outlive them; answers how many. */
async function deleteAndKeep(sql: Sql, doomed: postgres.PendingQuery<postgres.Row[]>): Promise<number> {
  const [deleted] = await sql<[{ messages: number }]>`
    with gone as (
      delete from message where id in (${doomed})
      returning campaign_id, route, recipient, channel, segments, accepted_at, sending_at, class, consent_at, consent_source
    ),
    counted as (
      insert into usage_past (campaign_id, route, channel, quarter, messages, segments)
      select coalesce(campaign_id, ${firstId}::uuid), route, coalesce(channel, ''),
             date_bin('15 minutes', accepted_at, timestamptz 'epoch') as quarter, count(*), sum(segments)
      from gone where accepted_at is not null
      group by 1, 2, 3, 4
      -- Two processes that delete at once take the rows in one order.
      order by 1, 2, 3, 4
      on conflict (campaign_id, route, channel, quarter) do update set
        messages = usage_past.messages + excluded.messages,
        segments = usage_past.segments + excluded.segments
    ),
    advertised as materialized (
      -- What was tried may have arrived.
      select recipient, consent_at, consent_source, coalesce(accepted_at, sending_at) as sent_at
      from gone left join campaign on campaign.id = gone.campaign_id
      where coalesce(gone.class, campaign.class) = 'advertising' and coalesce(accepted_at, sending_at) is not null
    ),
    consents as (
      insert into consent (recipient, consent_at, source, last_sent_at)
      select recipient, consent_at, consent_source, max(last_sent_at)
      from (select *, max(sent_at) over (partition by recipient) as last_sent_at from advertised) as sent
      where consent_at is not null or consent_source is not null
      group by 1, 2, 3
      order by 1, 2, 3
      on conflict (recipient, coalesce(consent_at, '-infinity'), coalesce(source, '')) do update set
        last_sent_at = greatest(consent.last_sent_at, excluded.last_sent_at)
    ),
    -- Other records of the same people: the time for which they are owed begins anew with each advertising message.
    prolonged as (
      update consent set last_sent_at = sent.last_sent_at
      from (select recipient, max(sent_at) as last_sent_at from advertised group by recipient) as sent
      where consent.recipient = sent.recipient and consent.last_sent_at < sent.last_sent_at
        and not exists (
          select from advertised
          where advertised.recipient = consent.recipient and advertised.consent_at is not distinct from consent.consent_at
            and advertised.consent_source is not distinct from consent.source
        )
    )
    select count(*) as messages from gone`;
  return deleted.messages;
}

const msPerDay = 86_400_000;
