import { legCounts } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { count } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

export function addCancel(campaign: Command, cli: Cli): void {
  campaign
    .command("cancel")
    .argument("<campaign>", "id or key")
    .description("stop sending for good; tells exactly what went out")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useProducer(cli, options, async (producer, { sql }) => {
          const { id, key } = await findCampaignByName(sql, name);
          const { sent, inFlight, stopped } = await producer.cancelCampaign({ id });
          const row = await findCampaignByName(sql, id);
          const view = campaignView(row, await legCounts(sql, row));
          printResult(cli, options, { sent, inFlight, stopped, campaign: view }, () =>
            [
              `Campaign ${key} is cancelled.`,
              `  sent       ${count(sent)}`,
              `  in flight  ${count(inFlight)}${inFlight > 0 ? "  (their fate comes with their answer or receipt)" : ""}`,
              `  stopped    ${count(stopped)}`,
              "",
            ].join("\n"),
          );
          return 0;
        });
      }),
    );
}
