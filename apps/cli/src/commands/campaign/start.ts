import { campaignCounts } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { nobodyTaken } from "../../campaigns/nobody-taken.ts";
import { printCampaign } from "../../campaigns/print-campaign.ts";
import { tellWarnings } from "../../campaigns/tell-warnings.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { moment } from "../../output/format.ts";

export function addStart(campaign: Command, cli: Cli): void {
  campaign
    .command("start")
    .argument("<campaign>", "id or key")
    .option("--start-at <time>", "ISO 8601 with offset (default: at once)")
    .description("begin to send to the recipients that were imported")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ startAt?: string } & GlobalOptions>();
        return await useProducer(cli, options, async (producer, { sql }) => {
          const {
            id,
            key,
            rejectedRows: rejected,
            duplicateRows: duplicates,
            importedAt,
          } = await findCampaignByName(sql, name);
          const { total } = await campaignCounts(sql, { campaignId: id });
          if (importedAt !== null && total === 0) throw nobodyTaken({ key, rejected, duplicates }, null);
          const { warnings } = await producer.startCampaign(
            { id },
            options.startAt === undefined ? {} : { startAt: options.startAt },
          );
          tellWarnings(cli.terminal, warnings);
          await printCampaign(cli, options, sql, id, ({ state, startAt }) =>
            state === "ready" && startAt !== null
              ? `Campaign ${key} starts at ${moment(startAt)}.\n`
              : `Campaign ${key} is ${state}. Watch it: hikyaku campaign show ${key}\n`,
          );
          return 0;
        });
      }),
    );
}
