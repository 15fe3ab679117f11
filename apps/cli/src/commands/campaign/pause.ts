import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { printCampaign } from "../../campaigns/print-campaign.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";

export function addPause(campaign: Command, cli: Cli): void {
  campaign
    .command("pause")
    .argument("<campaign>", "id or key")
    .option("--reason <text>", "kept with the campaign while it is paused")
    .description("stop sending at once, until it is resumed")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ reason?: string } & GlobalOptions>();
        return await useProducer(cli, options, async (producer, { sql }) => {
          const { id } = await findCampaignByName(sql, name);
          await producer.pauseCampaign({ id }, options.reason === undefined ? {} : { reason: options.reason });
          await printCampaign(
            cli,
            options,
            sql,
            id,
            ({ key }) => `Campaign ${key} is paused. Go on: hikyaku campaign resume ${key}\n`,
          );
          return 0;
        });
      }),
    );
}
