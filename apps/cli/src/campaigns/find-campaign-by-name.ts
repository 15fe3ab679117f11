import { type CampaignRow, findCampaign, type Sql } from "@hikyaku/ledger";
import { CliError } from "../cli-error.ts";

/** By id, else by key. @throws CliError when there is none */
export async function findCampaignByName(sql: Sql, name: string): Promise<CampaignRow> {
  const campaign = (await findCampaign(sql, { id: name })) ?? (await findCampaign(sql, { key: name }));
  if (campaign !== null) return campaign;
  throw new CliError(`No campaign has the id or key "${name}".`, {
    mend: "See those there are by `hikyaku campaign list`.",
  });
}
