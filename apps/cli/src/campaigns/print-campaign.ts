import { type CampaignRow, legCounts, type Sql } from "@hikyaku/ledger";
import type { GlobalOptions, World } from "../cli.ts";
import { printResult } from "../output/print-result.ts";
import { campaignView } from "./campaign-view.ts";
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
  const counts = await legCounts(sql, campaign);
  printResult(world, options, campaignView(campaign, counts), () => sentence(campaign));
}
