import { listUnknown } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawMessages } from "../../messages/draw-messages.ts";
import { shownMessage } from "../../messages/shown-message.ts";
import { id, wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

interface UnknownListOptions extends GlobalOptions {
  route?: string;
  campaign?: string;
  limit: number;
  after?: string;
  showNumbers?: boolean;
}

export function addList(unknown: Command, cli: Cli): void {
  unknown
    .command("list")
    .option("-r, --route <name>", "only those of this route")
    .option("--campaign <campaign>", "only those of this campaign, by its id or key")
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--after <id>", "the page after this message", id)
    .option("--show-numbers", "numbers in full")
    .description("messages of unknown outcome, oldest first")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<UnknownListOptions>();
        const { route, campaign, limit, after, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const messages = await listUnknown(sql, {
            limit,
            ...(route === undefined ? {} : { route }),
            ...(campaign === undefined ? {} : { campaignId: (await findCampaignByName(sql, campaign)).id }),
            ...(after === undefined ? {} : { after }),
          });
          printResult(
            cli,
            options,
            messages.map((each) => shownMessage(each, { showNumbers })),
            (paint) =>
              messages.length === 0
                ? "No message is of unknown outcome.\n"
                : drawMessages(messages, { showNumbers }, paint),
          );
          return 0;
        });
      }),
    );
}
