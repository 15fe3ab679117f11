import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { printResult } from "../../output/print-result.ts";

export function addDelete(schedule: Command, cli: Cli): void {
  schedule
    .command("delete")
    .argument("<code>", "of the schedule")
    .option("-y, --yes", "do not ask for the code again")
    .description("delete a schedule with its recipients and the history of its runs; their campaigns stay")
    .action(
      cli.action(async (code: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ yes?: boolean } & GlobalOptions>();
        return await useProducer(cli, options, async (producer) => {
          const found = await producer.findSchedule(code);
          if (found === null) {
            throw new CliError(`There is no schedule ${code}.`, { mend: "See them by `hikyaku schedule list`." });
          }
          if (!options.yes) await askForCode(cli, code);
          await producer.deleteSchedule(code);
          printResult(
            cli,
            options,
            { code, deleted: true },
            () => `Schedule ${code} is deleted; its campaigns stay.\n`,
          );
          return 0;
        });
      }),
    );
}

async function askForCode(cli: Cli, code: string): Promise<void> {
  if (cli.ask === null) {
    throw new CliError("Nobody is there to be asked; nothing was deleted.", { mend: "Give --yes.", exitCode: 2 });
  }
  const answer = await cli.ask(`It can't be brought back. To delete it, type its code (${code}): `);
  if (answer.trim() !== code) throw new CliError("That is not its code; nothing was deleted.");
}
