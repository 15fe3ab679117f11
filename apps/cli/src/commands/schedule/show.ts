import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";
import { drawSchedule } from "../../schedules/draw-schedules.ts";

export function addShow(schedule: Command, cli: Cli): void {
  schedule
    .command("show")
    .argument("<code>", "of the schedule")
    .option("--next <count>", "so many of the next runs", wholeNumber(0, 200), 5)
    .option("--runs <count>", "so many of the last runs", wholeNumber(1, 1_000), 10)
    .description("a schedule, its next runs and what became of the last ones")
    .action(
      cli.action(async (code: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ next: number; runs: number } & GlobalOptions>();
        return await useProducer(cli, options, async (producer) => {
          const found = await producer.findSchedule(code, { next: options.next });
          if (found === null) {
            throw new CliError(`There is no schedule ${code}.`, { mend: "See them by `hikyaku schedule list`." });
          }
          const runs = await producer.scheduleRuns(code, { limit: options.runs });
          printResult(cli, options, { ...found, runs }, (paint) => drawSchedule(found, runs, paint));
          return 0;
        });
      }),
    );
}
