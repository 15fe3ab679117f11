import { type CampaignRow, findCampaign, type LegCounts, legCounts, type Sql } from "@hikyaku/ledger";
import { type CampaignView, campaignView } from "@hikyaku/views";
import * as z from "zod";
import { Problem } from "../../problems/problem.ts";

/** Path parameter of everything about one campaign. */
export const campaignParams = z.object({
  campaign: z.string().min(1).max(200).describe("The campaign's id or its key (percent-encoded)."),
});

/** By id, else by key; null when there is none. */
export async function lookForCampaign(sql: Sql, name: string): Promise<CampaignRow | null> {
  return (await findCampaign(sql, { id: name })) ?? (await findCampaign(sql, { key: name }));
}

/** The same. @throws Problem `campaign-not-found` */
export async function findByName(sql: Sql, name: string): Promise<CampaignRow> {
  const campaign = await lookForCampaign(sql, name);
  if (campaign) return campaign;
  throw new Problem("campaign-not-found", {
    errors: [{ parameter: "campaign", detail: "no campaign has this id or key" }],
  });
}

/** The campaign as it is now, with its counters. */
export async function showCampaign(
  sql: Sql,
  name: string,
): Promise<LegCounts & { campaign: CampaignRow; view: CampaignView }> {
  const campaign = await findByName(sql, name);
  const legs = await legCounts(sql, campaign);
  return { campaign, ...legs, view: campaignView(campaign, legs) };
}
