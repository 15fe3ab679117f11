import { type MessageState, messageStates } from "@hikyaku/core";
import {
  type MessageFilter,
  type MessageRow,
  type RequestState,
  requestStates,
  type Sql,
  searchMessages,
  streamSearch,
} from "@hikyaku/ledger";
import { searchExportFormats, writeSearch } from "@hikyaku/views";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawMessages } from "../../messages/draw-messages.ts";
import { readNumber } from "../../messages/read-number.ts";
import { shownMessage } from "../../messages/shown-message.ts";
import { id, oneOf, since, wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

interface SearchOptions extends GlobalOptions {
  from?: Date;
  until?: Date;
  route?: string;
  campaign?: string;
  to?: string;
  state?: MessageState;
  request?: RequestState;
  template?: string;
  requestId?: string;
  format?: (typeof formats)[number];
  limit: number;
  before?: string;
  showNumbers?: boolean;
}

const formats = ["table", "json", ...searchExportFormats] as const;

export function addSearch(message: Command, cli: Cli): void {
  message
    .command("search")
    .option("--from <time>", "enqueued at or after this: ISO 8601, or a duration before now such as 2h or 3d", since)
    .option("--until <time>", "enqueued before this", since)
    .option("-r, --route <name>", "only those of this route")
    .option("--campaign <campaign>", "only those of this campaign, by its id or key")
    .option("--to <number>", "only those to this number")
    .option("--state <state>", "what became of it: only those in this state", oneOf(messageStates))
    .option("--request <state>", "what its request came to: accepted, refused or open", oneOf(requestStates))
    .option("--template <code>", "only those sent by this template")
    .option("--request-id <id>", "only those with this id of the carrier: of the request or of the message")
    .option(
      "--format <format>",
      "table, json, csv or jsonl; csv and jsonl have all there are (default: table)",
      oneOf(formats),
    )
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--before <id>", "the page after: what stood in its last line", id)
    .option("--show-numbers", "numbers in full")
    .description("the history of all routes, newest first, by whatever is known of a message")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<SearchOptions>();
        const { limit, before, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const filter = await filterOf(sql, options);
          const exported = searchExportFormats.find((format) => format === options.format);
          if (exported && !options.json) {
            const { out } = cli.terminal;
            const shown = (message: MessageRow) => shownMessage(message, { showNumbers });
            for await (const text of writeSearch(streamSearch(sql, filter), exported, shown)) {
              out.write(text);
              await out.drained();
            }
            return 0;
          }
          const page = await searchMessages(sql, { ...filter, limit, ...(before === undefined ? {} : { before }) });
          const items = page.rows.map((row) => shownMessage(row, { showNumbers }));
          printResult(
            cli,
            { ...options, json: options.json ?? options.format === "json" },
            { items, before: page.before },
            (paint) => {
              const next = page.before === null ? "" : paint.dim(`There may be more: --before ${page.before}\n`);
              return `${drawMessages(page.rows, { showNumbers }, paint)}${next}`;
            },
          );
          return 0;
        });
      }),
    );
}

async function filterOf(sql: Sql, options: SearchOptions): Promise<MessageFilter> {
  const { from, until, route, campaign, to, state, request, template, requestId } = options;
  return {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(route === undefined ? {} : { route }),
    ...(campaign === undefined ? {} : { campaignId: (await findCampaignByName(sql, campaign)).id }),
    ...(to === undefined ? {} : { recipient: await readNumber(sql, to) }),
    ...(state === undefined ? {} : { state }),
    ...(request === undefined ? {} : { request }),
    ...(template === undefined ? {} : { templateCode: template }),
    ...(requestId === undefined ? {} : { requestId }),
  };
}
