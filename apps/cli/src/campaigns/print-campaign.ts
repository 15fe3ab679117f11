import { type CampaignRow, legCounts, type Sql } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { GlobalOptions, World } from "../cli.ts";
import { printResult } from "../output/print-result.ts";
import { windowNotice } from "./class-lines.ts";
import { findCampaignByName } from "./find-campaign-by-name.ts";

/** A campaign as it is now: in full as JSON, in a sentence for people, with why it stands still if it does. */
export async function printCampaign(
  world: World,
  options: GlobalOptions,
  sql: Sql,
  campaignId: string,
  sentence: (campaign: CampaignRow) => string,
): Promise<void> {
  const campaign = await findCampaignByName(sql, campaignId);
  const counts = await legCounts(sql, campaign);
  const notice = await windowNotice(sql, campaign);
  printResult(world, options, campaignView(campaign, counts), () => {
    return `${sentence(campaign)}${notice === null ? "" : `It is ${notice}.\n`}`;
  });
}
