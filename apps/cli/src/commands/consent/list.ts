import { consentsOfRecipient } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { readNumber } from "../../messages/read-number.ts";
import { shownNumber } from "../../messages/shown-message.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

export function addList(consent: Command, cli: Cli): void {
  consent
    .command("list")
    .requiredOption("--to <number>", "whose, in any usual spelling")
    .option("--show-numbers", "numbers in full")
    .description("what is recorded of one recipient")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ to: string; showNumbers?: boolean } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const recipient = await readNumber(sql, options.to);
          const rows = (await consentsOfRecipient(sql, { recipient })).map((record) => ({
            ...record,
            recipient: shownNumber(recipient, options.showNumbers ?? false),
          }));
          printResult(cli, options, rows, (paint) =>
            rows.length === 0
              ? "No consent is recorded of this number.\n"
              : drawTable(
                  [
                    { header: "NUMBER" },
                    { header: "AGREED" },
                    { header: "HOW", maxWidth: 50 },
                    { header: "ADVERTISED" },
                    { header: "CAMPAIGN" },
                  ],
                  rows.map((row) => [
                    ...[row.recipient, moment(row.consentAt), row.consentSource ?? "–", moment(row.sentAt)],
                    row.campaignId ?? (row.messageId === null ? "deleted" : "single message"),
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}
