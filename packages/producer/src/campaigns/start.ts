import { type CampaignRow, findCampaign, startCampaign } from "@hikyaku/ledger";
import { CampaignStateError } from "../errors/campaign-errors.ts";
import type { CampaignContext } from "./context.ts";

/** `ready → running`, or `ready` with a time to start. Nothing in any other state: another call has started it. */
export async function startIfReady(
  { sql, wakeFeeder }: CampaignContext,
  { id, route }: CampaignRow,
  startAt?: Date,
): Promise<void> {
  const started = await startCampaign(sql, { campaignId: id, ...(startAt ? { startAt } : {}) });
  if (started?.state === "running") await wakeFeeder(route);
}

/** @throws CampaignStateError when the campaign is not imported, or cancelled. One that runs already is left running. */
export async function startImported(context: CampaignContext, campaign: CampaignRow, startAt?: Date): Promise<void> {
  await startIfReady(context, campaign, startAt);
  const now = (await findCampaign(context.sql, { id: campaign.id })) ?? campaign;
  if (now.state === "draft" || now.state === "importing") {
    throw new CampaignStateError(now, "it has not got all its recipients yet; import them first");
  }
  if (now.state === "cancelled") throw new CampaignStateError(now, "that is for good; use another key");
}
