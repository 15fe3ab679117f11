import type { Sql } from "../connection/connect-ledger.ts";

export interface TakeDueInput {
  route: string;
  limit: number;
  /** For so long what is taken is hidden. */
  leaseMs: number;
  /** The campaigns that may be fed now. What waits in others is neither touched nor walked over. */
  campaigns: readonly string[];
  /** Whether single messages are taken too. */
  singles: boolean;
}

export interface DueMessage {
  id: string;
  /** Null for a single message. */
  campaignId: string | null;
}

/**
 * Retries whose time has come, the longest waiting first; campaign messages only of those given campaigns that run. Taking
 * one hides it for `leaseMs`, so that it comes again by itself if its job is lost; the claim ends that.
 */
export async function takeDue(
  sql: Sql,
  { route, limit, leaseMs, campaigns, singles }: TakeDueInput,
): Promise<DueMessage[]> {
  return await sql<DueMessage[]>`
    update message set due_at = now() + ${leaseMs} * interval '1 millisecond'
    where id = any(array(
      select waiting.id
      from (
        select due.id, due.due_at
        from campaign
        cross join lateral (
          select id, due_at from message
          where route = ${route} and campaign_id = campaign.id and due_at <= now()
          order by due_at
          limit ${limit}
          for no key update skip locked
        ) as due
        where campaign.id = any(${campaigns as string[]}::uuid[]) and campaign.state = 'running'
        union all
        select single.id, single.due_at
        from (
          select id, due_at from message
          where ${singles}::boolean and route = ${route} and campaign_id is null and due_at <= now()
          -- Both columns: only so does the planner see that message_due has this order.
          order by campaign_id, due_at
          limit ${limit}
          for no key update skip locked
        ) as single
      ) as waiting
      order by waiting.due_at
      limit ${limit}
    ))
    returning id, campaign_id`;
}
