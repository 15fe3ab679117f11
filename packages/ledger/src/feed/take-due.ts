import type { Sql } from "../connection/connect-ledger.ts";

export interface DueMessage {
  id: string;
  /** Null for a single message. */
  campaignId: string | null;
}

/**
 * Retries whose time has come, the longest waiting first; campaign messages only of running campaigns. Taking one hides it
 * for `leaseMs`, so that it comes again by itself if its job is lost; the claim ends that.
 */
export async function takeDue(
  sql: Sql,
  { route, limit, leaseMs }: { route: string; limit: number; leaseMs: number },
): Promise<DueMessage[]> {
  return await sql<DueMessage[]>`
    update message set due_at = now() + ${leaseMs} * interval '1 millisecond'
    where id in (
      select id from message
      where route = ${route} and state = 'queued' and due_at <= now()
        and (campaign_id is null
          or exists (select from campaign where campaign.id = message.campaign_id and campaign.state = 'running'))
      order by due_at
      limit ${limit}
      for update of message skip locked
    )
    returning id, campaign_id`;
}
