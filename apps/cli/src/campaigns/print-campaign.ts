import { type CampaignRow, campaignCounts, type Sql } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { GlobalOptions, World } from "../cli.ts";
import { printResult } from "../output/print-result.ts";
import { findCampaignByName } from "./find-campaign-by-name.ts";

/** A campaign as it is now: in full as JSON, in a sentence for people. */
export async function printCampaign(
  world: World,
  options: GlobalOptions,
  sql: Sql,
  campaignId: string,
  sentence: (campaign: CampaignRow) => string,
): Promise<void> {
  const campaign = await findCampaignByName(sql, campaignId);
  const counts = await campaignCounts(sql, { campaignId });
  printResult(world, options, campaignView(campaign, counts), () => sentence(campaign));
}
