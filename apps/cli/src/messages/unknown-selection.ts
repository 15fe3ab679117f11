import type { Sql, UnknownSelection } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../campaigns/find-campaign-by-name.ts";
import { CliError } from "../cli-error.ts";
import { duration, ids } from "../option-values.ts";

/** Which messages of unknown outcome are meant. */
export interface SelectionOptions {
  id?: string[];
  campaign?: string;
  olderThan?: number;
}

export function addSelectionOptions(command: Command): Command {
  return command
    .option("--id <id>", "this message; as often as there are", ids)
    .option("--campaign <campaign>", "those of this campaign, by its id or key")
    .option("--older-than <duration>", "those whose attempt began longer ago, e.g. 72h", duration);
}

/** @throws CliError when nothing is selected, which would mean everything */
export async function selectionOf(sql: Sql, { id, campaign, olderThan }: SelectionOptions): Promise<UnknownSelection> {
  if (id === undefined && campaign === undefined && olderThan === undefined) {
    throw new CliError("It is not said which messages.", {
      mend: "Give --id, --campaign or --older-than; several narrow each other.",
      exitCode: 2,
    });
  }
  return {
    ...(id === undefined ? {} : { ids: id }),
    ...(campaign === undefined ? {} : { campaignId: (await findCampaignByName(sql, campaign)).id }),
    ...(olderThan === undefined ? {} : { olderThanMs: olderThan }),
  };
}
