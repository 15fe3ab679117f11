import { type CampaignState, campaignStates } from "@hikyaku/core";
import { listCampaigns } from "@hikyaku/ledger";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { toSend } from "../../campaigns/watch-campaign.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { id, oneOf, wholeNumber } from "../../option-values.ts";
import { count, moment, percent } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

export function addList(campaign: Command, cli: Cli): void {
  campaign
    .command("list")
    .option("--state <state>", "only those", oneOf(campaignStates))
    .option("--limit <count>", "at most so many", wholeNumber(1, 1_000), 20)
    .option("--before <id>", "older than this one: the page after", id)
    .description("campaigns, newest first")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<
          { state?: CampaignState; limit: number; before?: string } & GlobalOptions
        >();
        return await useLedger(cli, options, async ({ sql }) => {
          const { state, limit, before } = options;
          const campaigns = await listCampaigns(sql, {
            limit,
            ...(state === undefined ? {} : { state }),
            ...(before === undefined ? {} : { before }),
          });
          printResult(
            cli,
            options,
            campaigns.map((each) => campaignView(each, each)),
            (paint) =>
              campaigns.length === 0
                ? "No campaigns.\n"
                : drawTable(
                    [
                      { header: "KEY", maxWidth: 40 },
                      { header: "ROUTE", maxWidth: 20 },
                      { header: "STATE" },
                      { header: "MESSAGES", align: "right" },
                      { header: "SENT", align: "right" },
                      { header: "DELIVERED", align: "right" },
                      { header: "UNKNOWN", align: "right" },
                      { header: "CREATED" },
                    ],
                    campaigns.map(({ key, route, state: now, counts, createdAt }) => [
                      ...[key, route, now, count(counts.total)],
                      percent(toSend(counts) - counts.queued - counts.sending, toSend(counts)),
                      count(counts.delivered + counts.displayed),
                      count(counts.unknown),
                      moment(createdAt),
                    ]),
                    paint,
                  ),
          );
          return 0;
        });
      }),
    );
}
