import type { Sql } from "../connection/connect-ledger.ts";
import { firstId, lastId } from "../connection/new-id.ts";

/** Which campaigns are swept, and what becomes of their queued messages. */
export type Sweep = "cancelled" | "expired";

/**
 * Moves queued messages of stopped campaigns to their end; answers how many, 0 when none is left. One step looks at `limit`
 * messages of one campaign from where the step before ended, so that what was sent already is not walked over each time.
 */
export async function sweepCampaign(sql: Sql, sweep: Sweep, limit: number): Promise<number> {
  let hasWrapped = false;
  for (;;) {
    const step = await sweepStep(sql, sweep, limit);
    if (!step) return 0;
    if (step.moved > 0) return step.moved;
    // Behind the end it begins again, for retries that came back; twice round without any means they are locked elsewhere.
    if (step.isAtEnd && hasWrapped) return 0;
    hasWrapped ||= step.isAtEnd;
  }
}

async function sweepStep(sql: Sql, sweep: Sweep, limit: number): Promise<{ moved: number; isAtEnd: boolean } | null> {
  const stopped =
    sweep === "cancelled"
      ? sql`state = 'cancelled' and finished_at is null`
      : sql`state in ('running', 'paused') and valid_until <= now()`;
  const reason = sweep === "cancelled" ? null : "validity passed";
  const [step] = await sql<{ moved: number; isAtEnd: boolean }[]>`
    with stopped as materialized (
      select id, sweep_cursor from campaign
      where ${stopped} and (
        select coalesce(sum(messages), 0) from campaign_count
        where campaign_id = campaign.id and campaign_count.state = 'queued'
      ) > 0
      order by id
      limit 1
      for no key update skip locked
    ),
    seen as materialized (
      select message.id, message.state
      from stopped
      cross join lateral (
        select id, state from message
        where (campaign_id, id) > (stopped.id, coalesce(stopped.sweep_cursor, ${firstId}))
          and (campaign_id, id) <= (stopped.id, ${lastId}::uuid) and accepted_at is null and ended_at is null
        order by campaign_id, id
        limit ${limit}
      ) as message
    ),
    moved as (
      update message set state = ${sweep}::message_state, ended_at = now(), due_at = null, reason = coalesce(${reason}, reason)
      where id = any(array(select id from seen where state = 'queued')) and state = 'queued'
      returning id
    ),
    step as (
      select (select count(*) from moved) as moved, (select count(*) from seen) < ${limit} as is_at_end
    ),
    remembered as (
      update campaign set sweep_cursor = case when not step.is_at_end then (select id from seen order by id desc limit 1) end
      from stopped, step
      where campaign.id = stopped.id
    )
    select step.moved, step.is_at_end from stopped, step`;
  return step ?? null;
}
