import { enableEndpoint } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";

export function addEnable(events: Command, cli: Cli): void {
  events
    .command("enable")
    .argument("<endpoint>", "its name: a route's, or * for the one of the whole configuration")
    .description("let events go again to a place that was given up")
    .action(
      cli.action(async (endpoint: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          if (!(await enableEndpoint(sql, { name: endpoint }))) {
            throw new CliError(`No place for events is called "${endpoint}".`, {
              mend: "See those there are by `hikyaku events endpoints`.",
            });
          }
          printResult(cli, options, { endpoint, enabled: true }, () => `Events go to ${endpoint} again.\n`);
          return 0;
        });
      }),
    );
}
