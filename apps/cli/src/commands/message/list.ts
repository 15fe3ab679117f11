import { type MessageState, messageStates } from "@hikyaku/core";
import { listInbound, listMessages, type MessageRow, messagesOfRecipient, type Sql } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawInbound } from "../../inbound/draw-inbound.ts";
import { drawMessages } from "../../messages/draw-messages.ts";
import { readNumber } from "../../messages/read-number.ts";
import { shownMessage } from "../../messages/shown-message.ts";
import { id, oneOf, wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

interface ListOptions extends GlobalOptions {
  campaign?: string;
  to?: string;
  state?: MessageState;
  leg?: 1 | 2;
  limit: number;
  after?: string;
  showNumbers?: boolean;
}

export function addList(message: Command, cli: Cli): void {
  message
    .command("list")
    .option("--campaign <campaign>", "those of this campaign, by its id or key")
    .option("--to <number>", "those to this number over all campaigns, newest first, and what it answered")
    .option("--state <state>", "only those in this state", oneOf(messageStates))
    .option("--leg <1|2>", "only first legs, or only what followed them", wholeNumber(1, 2))
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--after <id>", "with --campaign: the page after this message", id)
    .option("--show-numbers", "numbers in full")
    .description("messages of a campaign or of a recipient")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<ListOptions>();
        const showNumbers = options.showNumbers ?? false;
        return await useLedger(cli, options, async ({ sql }) => {
          const messages = await find(sql, options);
          const replies =
            options.to === undefined || options.json
              ? []
              : await listInbound(sql, { recipient: await readNumber(sql, options.to), limit: options.limit });
          printResult(
            cli,
            options,
            messages.map((each) => shownMessage(each, { showNumbers })),
            (paint) =>
              drawMessages(messages, { showNumbers }, paint) +
              (replies.length === 0 ? "" : `\n${drawInbound(replies, { showNumbers }, paint)}`),
          );
          return 0;
        });
      }),
    );
}

async function find(sql: Sql, { campaign, to, state, leg, limit, after }: ListOptions): Promise<MessageRow[]> {
  if ((campaign === undefined) === (to === undefined)) {
    throw new CliError("It is not said which messages.", { mend: "Give either --campaign or --to.", exitCode: 2 });
  }
  if (campaign !== undefined) {
    const { id } = await findCampaignByName(sql, campaign);
    return await listMessages(sql, {
      ...{ campaignId: id, limit },
      ...(state === undefined ? {} : { state }),
      ...(leg === undefined ? {} : { leg }),
      ...(after === undefined ? {} : { after }),
    });
  }
  const found = await messagesOfRecipient(sql, { recipient: await readNumber(sql, to ?? ""), limit });
  return found.filter(
    (each) => (state === undefined || each.state === state) && (leg === undefined || each.leg === leg),
  );
}
