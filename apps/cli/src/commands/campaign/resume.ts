import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { printCampaign } from "../../campaigns/print-campaign.ts";
import { tellWarnings } from "../../campaigns/tell-warnings.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";

export function addResume(campaign: Command, cli: Cli): void {
  campaign
    .command("resume")
    .argument("<campaign>", "id or key")
    .description("go on with a paused campaign")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useProducer(cli, options, async (producer, { sql }) => {
          const { id } = await findCampaignByName(sql, name);
          const { warnings } = await producer.resumeCampaign({ id });
          tellWarnings(cli.terminal, warnings);
          await printCampaign(cli, options, sql, id, ({ key, state }) => `Campaign ${key} is ${state}.\n`);
          return 0;
        });
      }),
    );
}
