import { listApiKeys } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

export function addList(apiKey: Command, cli: Cli): void {
  apiKey
    .command("list")
    .description("every key, oldest first; never the secrets")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const keys = await listApiKeys(sql);
          printResult(cli, options, keys, (paint) =>
            keys.length === 0
              ? "No keys. Make one: hikyaku api-key create NAME\n"
              : drawTable(
                  [
                    { header: "ID" },
                    { header: "NAME", maxWidth: 40 },
                    { header: "CREATED" },
                    { header: "LAST USED" },
                    { header: "REVOKED" },
                  ],
                  keys.map((key) => [
                    key.id,
                    key.name,
                    moment(key.createdAt),
                    moment(key.lastUsedAt),
                    moment(key.revokedAt),
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}
