import { migrate } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { findStack } from "../connection/find-stack.ts";
import { messageOf, placeOf } from "../connection/use-ledger.ts";
import { printResult } from "../output/print-result.ts";

export function addMigrate(program: Command, cli: Cli): void {
  program
    .command("migrate")
    .description("bring the ledger's schema to the version of this program")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        const { databaseUrl } = await findStack(cli, options);
        const { applied, version } = await migrate(databaseUrl).catch((cause: unknown) => {
          throw new CliError(`PostgreSQL at ${placeOf(databaseUrl)} could not be migrated: ${messageOf(cause)}.`, {
            mend: "Check DATABASE_URL, and that its user may create tables; nothing was changed.",
            cause,
          });
        });
        printResult(cli, options, { version, applied }, () =>
          applied.length === 0
            ? `The schema is at version ${version}; nothing to do.\n`
            : `The schema is now at version ${version}. Applied: ${applied.join(", ")}.\n`,
        );
        return 0;
      }),
    );
}
