import { deliveryWindowText, mayGoOutFrom, readClassRules, windowsInForce } from "@hikyaku/core";
import { type CampaignRow, findRoute, type Sql } from "@hikyaku/ledger";
import { moment, momentIn } from "../output/format.ts";

/** What a campaign is for, and which rules were set aside for it: names and values for people. */
export function classLines({ class: messageClass, overrides }: CampaignRow): [string, string][] {
  return [
    ["class", messageClass ?? "none: from before there were classes"],
    ...overrides.map(({ rule, reason, by, at }): [string, string] => [
      "set aside",
      `${rule}: ${reason} (${by}, ${moment(new Date(at))})`,
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

/** Why a running campaign stands still at this moment; null when no window keeps it. */
export async function windowNotice(sql: Sql, campaign: CampaignRow): Promise<string | null> {
  const windows = await windowsOf(sql, campaign);
  const now = new Date();
  const opening = mayGoOutFrom(windows, now);
  if (campaign.state !== "running" || opening === now) return null;
  // By the clock of the windows beside it, where they have one.
  const zones = new Set(windows.map(({ timeZone }) => timeZone));
  const zone = zones.size === 1 ? (windows[0]?.timeZone ?? null) : null;
  const when =
    opening === null ? "never, because they are not open together" : `by itself at ${momentIn(opening, zone)}`;
  return `outside its delivery window (${windowsText(windows)}), goes on ${when}`;
}
