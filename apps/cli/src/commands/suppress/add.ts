import { maskNumber } from "@hikyaku/core";
import { addSuppression } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { readNumber } from "../../messages/read-number.ts";
import { printResult } from "../../output/print-result.ts";

export function addAdd(suppress: Command, cli: Cli): void {
  suppress
    .command("add")
    .argument("<number>", "in any usual spelling")
    .option("-r, --route <name>", "only on this route (default: on all)")
    .option("--reason <text>", "kept with it")
    .description("stop all messages to a number, also those that wait already")
    .action(
      cli.action(async (number: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string; reason?: string } & GlobalOptions>();
        const { route = "*", reason = "" } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const recipient = await readNumber(sql, number, route);
          const added = await addSuppression(sql, { recipient, route, reason });
          const where = route === "*" ? "every route" : `route ${route}`;
          printResult(cli, options, { recipient: maskNumber(recipient), route, added }, () =>
            added
              ? `${maskNumber(recipient)} gets nothing any more on ${where}.\n`
              : `${maskNumber(recipient)} was on the list for ${where} already.\n`,
          );
          return 0;
        });
      }),
    );
}
