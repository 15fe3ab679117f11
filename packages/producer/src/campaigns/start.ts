import { type CampaignRow, findCampaign, startCampaign } from "@hikyaku/ledger";
import { CampaignStateError } from "../errors/campaign-errors.ts";
import { checkLegs, templateLegs } from "../templates/template-legs.ts";
import type { CampaignContext } from "./context.ts";

/** `ready → running`, or `ready` with a time to start. Nothing in any other state: another call has started it. */
async function startIfReady(
  { sql, wakeFeeder }: CampaignContext,
  { id, route }: CampaignRow,
  startAt?: Date,
): Promise<void> {
  const started = await startCampaign(sql, { campaignId: id, ...(startAt ? { startAt } : {}) });
  if (started?.state === "running") await wakeFeeder(route);
}

/**
 * The same for a campaign whose import has just ended, or ended in an earlier call: its templates are compared with the copy of now, as an
 * import may take long and a call be repeated late.
 *
 * @throws InvalidContentError; the campaign stays `ready` then
 */
export async function startAfterImport(context: CampaignContext, { id }: CampaignRow): Promise<void> {
  const { sql, routes } = context;
  const campaign = await findCampaign(sql, { id });
  if (campaign?.state !== "ready") return;
  const isLater = campaign.startAt !== null && campaign.startAt > new Date();
  if (!isLater) await checkLegs(sql, await templateLegs(routes, campaign));
  await startIfReady(context, campaign);
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
