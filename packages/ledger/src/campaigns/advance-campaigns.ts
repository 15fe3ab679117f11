import { finalStates } from "@hikyaku/core";
import type { Sql } from "../connection/connect-ledger.ts";

/** Ids of the campaigns that moved. */
export interface AdvancedCampaigns {
  dispatched: string[];
  finished: string[];
}

/**
 * Moves campaigns to where their counters say they are: `running → dispatched` when nothing is left to send,
 * `dispatched → finished` when every message has its final answer (an unknown one has not), `dispatched → running` when
 * something is to be sent again. While second legs may still follow, something is left to send: the campaign can be paused. A
 * cancelled campaign stays cancelled and gets its `finished_at`.
 */
export async function advanceCampaigns(sql: Sql): Promise<AdvancedCampaigns> {
  const moved = await sql<{ id: string; state: "running" | "dispatched" }[]>`
    update campaign set
      state = case when campaign.state = 'running' then 'dispatched' else 'running' end::campaign_state,
      dispatched_at = case when campaign.state = 'running' then now() end,
      feed_cursor = case when campaign.state = 'running' then feed_cursor end
    from (
      select campaign.id, campaign.state from campaign
      cross join lateral (
        select coalesce(sum(messages) filter (where state = 'queued'), 0) as queued,
               coalesce(sum(messages), 0) as to_send
        from campaign_count where campaign_id = campaign.id and state in ('queued', 'sending')
      ) as counted
      where (campaign.state = 'running' and counted.to_send = 0 and not ${mayFallBack(sql)})
         or (campaign.state = 'dispatched' and (counted.queued > 0 or ${mayFallBack(sql)}))
    ) as due
    where campaign.id = due.id and campaign.state = due.state
    returning campaign.id, campaign.state`;
  const finished = await sql<{ id: string; state: "finished" | "cancelled" }[]>`
    update campaign set
      state = case when campaign.state = 'dispatched' then 'finished' else campaign.state end,
      finished_at = now()
    from (
      select campaign.id, campaign.state from campaign
      cross join lateral (
        select coalesce(sum(messages), 0) as open from campaign_count
        where campaign_id = campaign.id and state <> all(${finalStates as unknown as string[]}::message_state[])
      ) as counted
      where campaign.state in ('dispatched', 'cancelled') and campaign.finished_at is null and counted.open = 0
        and (campaign.state = 'cancelled' or not ${mayFallBack(sql)})
    ) as due
    where campaign.id = due.id and campaign.state = due.state
    returning campaign.id, campaign.state`;
  return {
    dispatched: moved.filter(({ state }) => state === "dispatched").map(({ id }) => id),
    finished: finished.filter(({ state }) => state === "finished").map(({ id }) => id),
  };
}

/** Whether it is still to be decided if some of a campaign's messages are followed by a second leg. */
function mayFallBack(sql: Sql) {
  return sql`(
    campaign.fallback is not null and exists (
      select from message
      where message.route = campaign.route and message.campaign_id = campaign.id and message.fallback_at is not null
    ))`;
}
