import { findCampaign, findInbound } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { inboundView, saidText } from "../../inbound/inbound-view.ts";
import { id } from "../../option-values.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawPairs } from "../../output/table.ts";

export function addShow(inbound: Command, cli: Cli): void {
  inbound
    .command("show")
    .argument("<id>", "its id", id)
    .option("--show-numbers", "numbers in full")
    .option("--raw", "the notification's body as it came; numbers stand in it in full")
    .description("one reply, tap or registration with everything the notification said")
    .action(
      cli.action(async (id: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ showNumbers?: boolean; raw?: boolean } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const found = await findInbound(sql, { id });
          if (found === null) {
            throw new CliError(`There is no reply ${id}.`, { mend: "Find it by `hikyaku inbound list`." });
          }
          const { inbound: row, seen, body } = found;
          const view = inboundView(row, { showNumbers: options.showNumbers ?? false });
          const campaign = row.campaignId === null ? null : await findCampaign(sql, { id: row.campaignId });
          const raw = options.raw ? { body } : {};
          printResult(cli, options, { ...view, campaignKey: campaign?.key ?? null, seen, ...raw }, (paint) => {
            const pairs: [string, string | null][] = [
              ["id", paint.bold(row.id)],
              ["event", row.event],
              ["from", view.recipient],
              ["route", row.route],
              ["at", moment(row.at)],
              ["arrived", `${moment(row.receivedAt)}${seen > 1 ? `, ${seen} times` : ""}`],
              ["said", saidText(row)],
              ["button", row.button],
              ["its data", row.postbackData],
              ["written to", row.smsNumber],
              ["attachment", row.attachment === null ? null : JSON.stringify(row.attachment)],
              ["device", row.deviceSpecifics === null ? null : JSON.stringify(row.deviceSpecifics)],
              ["word", row.word === null ? null : `${row.word} (${row.wordKind})`],
              [
                "answers",
                row.messageId === null ? "nobody knows which message" : `${row.messageId}, found by ${row.linkedBy}`,
              ],
              ["campaign", campaign?.key ?? row.campaignId],
              ["carrier's id", row.userMessageId],
              ...(options.raw ? ([["body", body ?? "deleted (retention.days)"]] as [string, string][]) : []),
            ];
            return drawPairs(
              pairs.filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== ""),
              paint,
            );
          });
          return 0;
        });
      }),
    );
}
