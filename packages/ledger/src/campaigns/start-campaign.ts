import type { Sql } from "../connection/connect-ledger.ts";
import type { CampaignRow } from "./campaign-row.ts";

/**
 * `ready → running`. With a `startAt` in the future (given here or on the campaign) it stays `ready` until
 * {@link startDueCampaigns} finds it due. Null when the campaign is not ready.
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

/** Starts every campaign whose time has come; answers their ids. A campaign nobody started yet has no `start_at`. */
export async function startDueCampaigns(sql: Sql): Promise<string[]> {
  const started = await sql<{ id: string }[]>`
    update campaign set state = 'running', started_at = now()
    where state = 'ready' and start_at <= now()
    returning id`;
  return started.map(({ id }) => id);
}
