import { type InboundEvent, inboundEvents } from "@hikyaku/core";
import { type InboundFilter, listInbound, type Sql } from "@hikyaku/ledger";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawInbound } from "../../inbound/draw-inbound.ts";
import { exportInbound } from "../../inbound/export-inbound.ts";
import { inboundView } from "../../inbound/inbound-view.ts";
import { readNumber } from "../../messages/read-number.ts";
import { id, oneOf, since, wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

interface InboundListOptions extends GlobalOptions {
  route?: string;
  campaign?: string;
  to?: string;
  event?: InboundEvent;
  since?: Date;
  word?: "opt-out" | "opt-in";
  format?: "table" | "json" | "csv";
  limit: number;
  before?: string;
  showNumbers?: boolean;
}

export function addList(inbound: Command, cli: Cli): void {
  inbound
    .command("list")
    .option("-r, --route <name>", "only those of this route")
    .option("--campaign <campaign>", "only answers to this campaign, by its id or key")
    .option("--to <number>", "only what this recipient did")
    .option("--event <event>", `one of ${inboundEvents.join(", ")}`, oneOf(inboundEvents))
    .option(
      "--word <kind>",
      "only those with a configured word: opt-out or opt-in",
      oneOf(["opt-out", "opt-in"] as const),
    )
    .option("--since <time>", "not older than this: ISO 8601, or a duration such as 2h or 3d", since)
    .option(
      "--format <format>",
      "table, json or csv; csv has all there are (default: table)",
      oneOf(["table", "json", "csv"] as const),
    )
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--before <id>", "older than this one: the page after", id)
    .option("--show-numbers", "numbers in full")
    .description("replies, taps and registrations, newest first, with the message they answer")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<InboundListOptions>();
        const { limit, before, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const filter = await filterOf(sql, options);
          if (options.format === "csv" && !options.json) {
            const { out } = cli.terminal;
            for await (const text of exportInbound(sql, filter, { showNumbers })) {
              out.write(text);
              await out.drained();
            }
            return 0;
          }
          const rows = await listInbound(sql, { ...filter, limit, ...(before === undefined ? {} : { before }) });
          printResult(
            cli,
            { ...options, json: options.json ?? options.format === "json" },
            rows.map((row) => inboundView(row, { showNumbers })),
            (paint) => drawInbound(rows, { showNumbers }, paint),
          );
          return 0;
        });
      }),
    );
}

async function filterOf(
  sql: Sql,
  { route, campaign, to, event, word, since }: InboundListOptions,
): Promise<InboundFilter> {
  return {
    ...(route === undefined ? {} : { route }),
    ...(campaign === undefined ? {} : { campaignId: (await findCampaignByName(sql, campaign)).id }),
    ...(to === undefined ? {} : { recipient: await readNumber(sql, to) }),
    ...(event === undefined ? {} : { event }),
    ...(word === undefined ? {} : { wordKind: word }),
    ...(since === undefined ? {} : { since }),
  };
}
