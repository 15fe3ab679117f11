import { maskNumber } from "@hikyaku/core";
import { removeSuppression } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { readNumber } from "../../messages/read-number.ts";
import { printResult } from "../../output/print-result.ts";

export function addRemove(suppress: Command, cli: Cli): void {
  suppress
    .command("remove")
    .argument("<number>", "in any usual spelling")
    .option("-r, --route <name>", "the entry of this route (default: the one for all)")
    .option("--reason <text>", "why, for the audit")
    .description("let a number be messaged again")
    .action(
      cli.action(async (number: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string; reason?: string } & GlobalOptions>();
        const { route = "*", reason = "" } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const recipient = await readNumber(sql, number, route);
          const removed = await removeSuppression(sql, { recipient, route, by: { actor: actorOf(cli), reason } });
          if (!removed) {
            throw new CliError(
              `${maskNumber(recipient)} has no entry for ${route === "*" ? "all routes" : `route ${route}`}.`,
              {
                mend: "See the entries by `hikyaku suppress list`.",
              },
            );
          }
          printResult(
            cli,
            options,
            { recipient: maskNumber(recipient), route, removed },
            () => `${maskNumber(recipient)} may be messaged again.\n`,
          );
          return 0;
        });
      }),
    );
}
