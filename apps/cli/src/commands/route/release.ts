import { findRoute, releaseRoute } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";

export function addRelease(route: Command, cli: Cli): void {
  route
    .command("release")
    .argument("<route>", "its name")
    .option("--reason <text>", "why, for the audit")
    .description("let a held route send again, whoever held it")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ reason?: string } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          if ((await findRoute(sql, name)) === null) {
            throw new CliError(`No route is called "${name}".`, {
              mend: "See those there are by `hikyaku route list`.",
            });
          }
          const released = await releaseRoute(sql, {
            route: name,
            by: { actor: actorOf(cli), reason: options.reason ?? "" },
          });
          printResult(cli, options, { route: name, held: false, released }, () =>
            released ? `Route ${name} sends again.\n` : `Route ${name} was not held.\n`,
          );
          return 0;
        });
      }),
    );
}
