import { listSuppressions } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { shownNumber } from "../../messages/shown-message.ts";
import { wholeNumber } from "../../option-values.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

interface SuppressListOptions extends GlobalOptions {
  route?: string;
  limit: number;
  showNumbers?: boolean;
}

export function addList(suppress: Command, cli: Cli): void {
  suppress
    .command("list")
    .option("-r, --route <name>", "those that hold on this route")
    .option("--limit <count>", "at most so many", wholeNumber(1, 100_000), 50)
    .option("--show-numbers", "numbers in full")
    .description("who must not be messaged, and why")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<SuppressListOptions>();
        const { route, limit, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const found = await listSuppressions(sql, { limit, ...(route === undefined ? {} : { route }) });
          const rows = found.map(({ recipient, ...rest }) => ({
            recipient: shownNumber(recipient, showNumbers),
            ...rest,
          }));
          printResult(cli, options, rows, (paint) =>
            rows.length === 0
              ? "Nobody is on the suppression list.\n"
              : drawTable(
                  [
                    { header: "NUMBER" },
                    { header: "ROUTE" },
                    { header: "SINCE" },
                    { header: "SOURCE" },
                    { header: "REASON", maxWidth: 60 },
                  ],
                  rows.map((row) => [
                    row.recipient,
                    row.route === "*" ? "all" : row.route,
                    moment(row.createdAt),
                    row.source,
                    row.reason,
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}
