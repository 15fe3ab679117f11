import { createApiKey } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { printResult } from "../../output/print-result.ts";

export function addCreate(apiKey: Command, cli: Cli): void {
  apiKey
    .command("create")
    .argument("<name>", "whose key it is, e.g. the program that uses it")
    .description("make a key; it is shown this once")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const { id, secret } = await createApiKey(sql, { name });
          cli.terminal.err.write("Keep it: it is stored nowhere and can't be shown again.\n");
          printResult(cli, options, { id, name, secret }, () => `${secret}\n`);
          return 0;
        });
      }),
    );
}
