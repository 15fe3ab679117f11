import { findRoute, holdRoute } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";

/** Not looked at: what an operator holds is never probed. */
const neverMs = 365 * 86_400_000;

export function addHold(route: Command, cli: Cli): void {
  route
    .command("hold")
    .argument("<route>", "its name")
    .option("--reason <text>", "kept while it is held", "held by operator")
    .description("send nothing over a route until it is released; nothing is lost meanwhile")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ reason: string } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          if ((await findRoute(sql, name)) === null) {
            throw new CliError(`No route is called "${name}".`, {
              mend: "See those there are by `hikyaku route list`.",
            });
          }
          await holdRoute(sql, { route: name, cause: "operator", reason: options.reason, probeInMs: neverMs });
          const held = await findRoute(sql, name);
          printResult(
            cli,
            options,
            { route: name, held: true, since: held?.heldAt, reason: held?.heldReason },
            () => `Route ${name} is held. Open it again: hikyaku route release ${name}\n`,
          );
          return 0;
        });
      }),
    );
}
