import type { Sql } from "../connection/connect-ledger.ts";
import type { CampaignRow } from "./campaign-row.ts";

/**
 * `ready → running`. With a `startAt` in the future (given here or on the campaign) it stays `ready` until
 * {@link startDueCampaign} finds it due. Null when the campaign is not ready.
 */
export async function startCampaign(
  sql: Sql,
  { campaignId, startAt }: { campaignId: string; startAt?: Date },
): Promise<CampaignRow | null> {
  const at = startAt?.toISOString() ?? null;
  const [campaign] = await sql<CampaignRow[]>`
    update campaign set
      start_at = coalesce(${at}::timestamptz, start_at, now()),
      state = case when coalesce(${at}::timestamptz, start_at, now()) <= now() then 'running' else state end,
      started_at = case when coalesce(${at}::timestamptz, start_at, now()) <= now() then now() end
    where id = ${campaignId} and state = 'ready'
    returning *`;
  return campaign ?? null;
}

/** Campaigns whose time to start has come, the longest due first. One that nobody started yet has no `start_at`. */
export async function dueCampaigns(sql: Sql): Promise<CampaignRow[]> {
  return await sql<CampaignRow[]>`
    select * from campaign where state = 'ready' and start_at <= now() order by start_at, id`;
}

/** `ready → running` where its time has come; true for one of all callers. */
export async function startDueCampaign(sql: Sql, { campaignId }: { campaignId: string }): Promise<boolean> {
  const { count } = await sql`
    update campaign set state = 'running', started_at = now()
    where id = ${campaignId} and state = 'ready' and start_at <= now()`;
  return count > 0;
}

/** `ready → paused` where its time has come and it can't be sent as it is; true for one of all callers. */
export async function pauseDueCampaign(
  sql: Sql,
  { campaignId, reason }: { campaignId: string; reason: string },
): Promise<boolean> {
  const { count } = await sql`
    update campaign set state = 'paused', pause_reason = ${reason}, paused_at = now()
    where id = ${campaignId} and state = 'ready' and start_at <= now()`;
  return count > 0;
}
