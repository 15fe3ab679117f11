import type { Sql } from "../connection/connect-ledger.ts";

/**
 * Deletes records of consent whose recipients have got no advertising for `keepForMs` (特定電子メール法 Rule 4; protocol
 * notes §17), and notes for the others when the last one went out. Looks at `limit` records at most; answers how many it looked
 * at and deleted. Call it until it looked at fewer.
 */
export async function purgeConsents(
  sql: Sql,
  { keepForMs, limit }: { keepForMs: number; limit: number },
): Promise<{ seen: number; deleted: number }> {
  const [purged] = await sql<[{ seen: number; deleted: number }]>`
    with due as materialized (
      select id, recipient from consent
      where last_sent_at < now() - ${keepForMs}::float8 * interval '1 millisecond'
      order by last_sent_at
      limit ${limit}
      for update skip locked
    ),
    judged as materialized (
      select due.id, (
        -- What is still to be sent will be the last one; what was tried may have arrived.
        select max(coalesce(accepted_at, sending_at, case when ended_at is null then now() end))
        from (
          select found.accepted_at, found.sending_at, found.ended_at
          from campaign
          cross join lateral (
            select accepted_at, sending_at, ended_at from message
            where campaign_id = campaign.id and message.recipient = due.recipient
          ) as found
          where campaign.class = 'advertising'
          union all
          select accepted_at, sending_at, ended_at from message
          where campaign_id is null and message.recipient = due.recipient and class = 'advertising'
        ) as advertised
      ) as last_sent_at
      from due
    ),
    prolonged as (
      update consent set last_sent_at = judged.last_sent_at
      from judged
      where consent.id = judged.id and judged.last_sent_at >= now() - ${keepForMs}::float8 * interval '1 millisecond'
    ),
    gone as (
      delete from consent
      using judged
      where consent.id = judged.id
        and coalesce(judged.last_sent_at, '-infinity') < now() - ${keepForMs}::float8 * interval '1 millisecond'
      returning consent.id
    )
    select (select count(*) from due) as seen, (select count(*) from gone) as deleted`;
  return purged;
}
