import { resolve } from "node:path";
import type { Command } from "commander";
import type { FileOptions } from "../../campaigns/send-options.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { printResult } from "../../output/print-result.ts";
import { checkedText, nextText } from "../../schedules/draw-schedules.ts";
import { importScheduleFile } from "../../schedules/import-schedule-file.ts";
import { addFileOptions } from "../campaign/import.ts";

export function addImport(schedule: Command, cli: Cli): void {
  addFileOptions(
    schedule
      .command("import")
      .argument("<code>", "of the schedule")
      .argument("<file>", "CSV with a header row")
      .description("give a schedule other recipients, for the runs to come; what fails changes nothing"),
  ).action(
    cli.action(async (code: string, file: string, _own, self: Command) => {
      const options = self.optsWithGlobals<FileOptions & GlobalOptions>();
      return await useProducer(cli, options, async (producer) => {
        const imported = await importScheduleFile(cli, producer, { code, path: resolve(cli.cwd, file), options });
        const { schedule: now, preview, rejectedFile } = imported;
        printResult(cli, options, imported, () =>
          [
            `Schedule ${code} has other recipients: ${checkedText(preview)}`,
            ...(rejectedFile === null ? [] : [`Rows that were not taken: ${rejectedFile}\n`]),
            nextText(now),
          ].join(""),
        );
        return 0;
      });
    }),
  );
}
