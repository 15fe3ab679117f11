import { randomUUID } from "node:crypto";
import { legCounts } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { addContentOptions, type ContentOptions, toCampaignOptions } from "../../campaigns/campaign-options.ts";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import { readSaid } from "../../campaigns/read-said.ts";
import { tellWarnings } from "../../campaigns/tell-warnings.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { printResult } from "../../output/print-result.ts";

export function addCreate(campaign: Command, cli: Cli): void {
  addContentOptions(campaign.command("create").description("a campaign without recipients yet")).action(
    cli.action(async (_own, command: Command) => {
      const options = command.optsWithGlobals<ContentOptions & GlobalOptions>();
      const said = await readSaid(options, cli.cwd);
      return await useProducer(cli, options, async (producer, { sql }) => {
        const key = options.key ?? `campaign-${randomUUID().slice(0, 8)}`;
        const { startAt } = options;
        const { id, created, warnings } = await producer.createCampaign({
          ...toCampaignOptions(options, { key, said }),
          ...(startAt === undefined ? {} : { startAt }),
        });
        tellWarnings(cli.terminal, warnings);
        const row = await findCampaignByName(sql, id);
        const view = { created, ...campaignView(row, await legCounts(sql, row)) };
        printResult(cli, options, view, () =>
          created
            ? `Created campaign ${key} (${id}). Import recipients: hikyaku campaign import ${key} FILE.csv\n`
            : `Campaign ${key} (${id}) exists already; it is ${row.state}.\n`,
        );
        return 0;
      });
    }),
  );
}
