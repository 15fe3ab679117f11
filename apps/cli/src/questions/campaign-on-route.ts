import { findCampaignByName } from "../campaigns/find-campaign-by-name.ts";
import type { GlobalOptions, World } from "../cli.ts";
import { useLedger } from "../connection/use-ledger.ts";

/**
 * The campaign of a name, and the route whose carrier is to be asked about it: its own, or the one that is named.
 * @throws CliError when there is none
 */
export async function campaignOnRoute(
  world: World,
  options: GlobalOptions & { campaign: string; route?: string },
): Promise<{ id: string; key: string; route: string }> {
  const { id, key, route } = await useLedger(world, options, ({ sql }) => findCampaignByName(sql, options.campaign));
  return { id, key, route: options.route ?? route };
}
