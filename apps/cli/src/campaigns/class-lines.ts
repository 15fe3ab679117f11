import { deliveryWindowText, readClassRules, windowsInForce } from "@hikyaku/core";
import { type CampaignRow, findRoute, type Sql } from "@hikyaku/ledger";

/** What a campaign is for, and which rules were set aside for it: names and values for people. */
export function classLines({ class: messageClass, overrides }: CampaignRow): [string, string][] {
  return [
    ["class", messageClass ?? "none: from before there were classes"],
    ...overrides.map(({ rule, reason, by, at }): [string, string] => [
      "set aside",
      `${rule}: ${reason} (${by}, ${at.slice(0, 16).replace("T", " ")}Z)`,
    ]),
  ];
}

/** When it may go out, by the settings of its route as they are published now. */
export async function windowsOf(sql: Sql, campaign: CampaignRow) {
  const route = await findRoute(sql, campaign.route);
  return windowsInForce(campaign, readClassRules(route?.classRules));
}

export function windowsText(windows: Awaited<ReturnType<typeof windowsOf>>): string {
  return windows.length === 0 ? "any time" : windows.map(deliveryWindowText).join(", and ");
}
