import { resolve } from "node:path";
import type { ScheduleOptions } from "@hikyaku/producer";
import type { Command } from "commander";
import { addTemplateOptions } from "../../campaigns/campaign-options.ts";
import type { Cli } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { printResult } from "../../output/print-result.ts";
import { checkedText, nextText } from "../../schedules/draw-schedules.ts";
import { importScheduleFile } from "../../schedules/import-schedule-file.ts";
import { addTimeOptions, type CreateOptions, templateOf, timesOf } from "../../schedules/schedule-options.ts";
import { addFileOptions } from "../campaign/import.ts";

export function addCreate(schedule: Command, cli: Cli): void {
  const command = schedule
    .command("create")
    .argument("<code>", "your own name for it: letters, digits, “.”, “_”, “-”")
    .argument("<file>", "CSV with a header row; its recipients are stored with the schedule")
    .description("make a schedule: what is sent, to whom, and when")
    .requiredOption("-r, --route <name>", "route to send over");
  addFileOptions(addTemplateOptions(addTimeOptions(command, { isNew: true }))).action(
    cli.action(async (code: string, file: string, _own, self: Command) => {
      const options = self.optsWithGlobals<CreateOptions>();
      const template = await templateOf(options, cli.cwd, { isNew: true });
      return await useProducer(cli, options, async (producer) => {
        await producer.createSchedule({ code, ...timesOf(options), ...template } as ScheduleOptions);
        const path = resolve(cli.cwd, file);
        const imported = await importScheduleFile(cli, producer, { code, path, options }).catch(async (error) => {
          // Without recipients it would be no schedule, and would keep the code from the next try.
          await producer.deleteSchedule(code);
          throw error;
        });
        const { schedule: made, preview, rejectedFile } = imported;
        printResult(cli, options, imported, (paint) =>
          [
            `Schedule ${paint.bold(code)} is made: ${checkedText(preview)}`,
            ...(rejectedFile === null ? [] : [`Rows that were not taken: ${rejectedFile}\n`]),
            nextText(made),
          ].join(""),
        );
        return 0;
      });
    }),
  );
}
