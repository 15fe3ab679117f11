import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";
import { drawScheduleList } from "../../schedules/draw-schedules.ts";

export function addList(schedule: Command, cli: Cli): void {
  schedule
    .command("list")
    .option("--limit <count>", "at most so many", wholeNumber(1, 1_000), 100)
    .option("--after <code>", "the page after this one")
    .description("schedules by their codes, with the next and the last run of each")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<{ limit: number; after?: string } & GlobalOptions>();
        const { limit, after } = options;
        return await useProducer(cli, options, async (producer) => {
          const schedules = await producer.listSchedules({ limit, ...(after === undefined ? {} : { after }) });
          printResult(cli, options, schedules, (paint) =>
            schedules.length === 0 ? "No schedules.\n" : drawScheduleList(schedules, paint),
          );
          return 0;
        });
      }),
    );
}
