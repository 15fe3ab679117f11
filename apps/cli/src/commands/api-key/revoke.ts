import { listApiKeys, revokeApiKey } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { id } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

export function addRevoke(apiKey: Command, cli: Cli): void {
  apiKey
    .command("revoke")
    .argument("<id>", "id of the key", id)
    .description("make a key useless, for good")
    .action(
      cli.action(async (id: string, _own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const key = (await listApiKeys(sql)).find((each) => each.id === id);
          if (key === undefined)
            throw new CliError(`There is no key ${id}.`, { mend: "See those there are by `hikyaku api-key list`." });
          const revoked = await revokeApiKey(sql, { id });
          printResult(cli, options, { id, name: key.name, revoked }, () =>
            revoked
              ? `Key ${key.name} is revoked; it stops working within ten seconds.\n`
              : `Key ${key.name} was revoked before.\n`,
          );
          return 0;
        });
      }),
    );
}
