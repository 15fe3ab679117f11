import type { UsageRow } from "./usage.ts";

/** How a month's usage may be divided; always by route and channel too. */
export const usageDivisions = ["route", "campaign", "day"] as const;

export type UsageDivision = (typeof usageDivisions)[number];

/** A part of a month's usage; what it is not divided by is null. */
export type UsagePart = Omit<UsageRow, "day"> & { day: string | null };

/** Sums a month's rows, in their order. By campaign, single messages are one part for each route and channel. */
export function usageBy(division: UsageDivision, rows: readonly UsageRow[]): UsagePart[] {
  const parts = new Map<string, UsagePart>();
  for (const row of rows) {
    const { route, account, channel, messages, segments } = row;
    const day = division === "day" ? row.day : null;
    const { campaignId, key, name } = division === "campaign" ? row : noCampaign;
    const at = JSON.stringify([day, route, campaignId, channel]);
    const part = parts.get(at);
    if (part) {
      part.messages += messages;
      part.segments += segments;
    } else parts.set(at, { day, route, account, channel, campaignId, key, name, messages, segments });
  }
  return [...parts.values()];
}

const noCampaign = { campaignId: null, key: null, name: null };
