import { prepareLeg } from "@hikyaku/core";
import { findCampaign, findRoute, type MessageRow, type Sql } from "@hikyaku/ledger";
import { findProvider } from "@hikyaku/providers";

/** What the recipient reads; null when it can't be rendered any more. */
export async function renderedText(sql: Sql, message: MessageRow): Promise<string | null> {
  const route = await findRoute(sql, message.route);
  if (route === null) return null;
  const campaign = message.campaignId === null ? null : await findCampaign(sql, { id: message.campaignId });
  const rules = findProvider(route.provider).rules(route.settings);
  // A single message's second leg carries its own.
  const prepared = campaign
    ? prepareLeg(rules, { leg: message.leg, content: campaign.content, plan: campaign.fallback })
    : rules.prepareContent(message.content);
  if ("issues" in prepared) return null;
  const rendered = prepared.render(message.vars ?? []);
  return "preview" in rendered ? rendered.preview : null;
}
