import { type Provider, prepareLeg } from "@hikyaku/core";
import { findCampaign, findRoute, type MessageRow, type Sql } from "@hikyaku/ledger";

/** What its recipient reads, by the rules of the route as they are now; null when they refuse it by now. */
export async function renderedText(
  { sql, findProvider }: { sql: Sql; findProvider: (name: string) => Provider },
  message: MessageRow,
): Promise<string | null> {
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
  return "issues" in rendered ? null : rendered.preview;
}
