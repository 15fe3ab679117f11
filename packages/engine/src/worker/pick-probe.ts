import { areOpen, type ClassRules, windowsInForce } from "@hikyaku/core";
import { feedable, type Ledger, nextToFeed, orphanSingles, takeDue } from "@hikyaku/ledger";

/**
 * A message that may go out now and lends itself to try whether a held route works again: a single one if there is any,
 * else one of a campaign inside its windows. Null when nothing waits that may be sent.
 */
export async function pickProbe(input: {
  ledger: Ledger;
  route: string;
  classRules: ClassRules;
  now: Date;
}): Promise<string | null> {
  const { sql } = input.ledger;
  const { route, classRules, now } = input;
  const [single] = await orphanSingles(sql, { route, olderThanMs: 0, limit: 1 });
  if (single) return single;
  const open = (await feedable(sql, { route })).filter((campaign) =>
    areOpen(windowsInForce(campaign, classRules), now),
  );
  for (const campaign of open) {
    if (!campaign.isOwn) continue;
    const [id] = await nextToFeed(sql, { campaignId: campaign.id, after: null, limit: 1 });
    if (id) return id;
  }
  const campaigns = open.map(({ id }) => id);
  const [due] = await takeDue(sql, { route, limit: 1, leaseMs: 1_000, campaigns, singles: true });
  return due?.id ?? null;
}
