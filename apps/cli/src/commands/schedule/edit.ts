import type { ScheduleChanges } from "@hikyaku/producer";
import type { Command } from "commander";
import { addTemplateOptions } from "../../campaigns/campaign-options.ts";
import type { Cli } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { repeated } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";
import { checkedText, nextText } from "../../schedules/draw-schedules.ts";
import { addTimeOptions, type EditOptions, templateOf, timesOf } from "../../schedules/schedule-options.ts";

export function addEdit(schedule: Command, cli: Cli): void {
  const command = schedule
    .command("edit")
    .argument("<code>", "of the schedule")
    .description("change the runs to come; one that is under way stays as it is")
    .option("-r, --route <name>", "route to send over");
  addTemplateOptions(addTimeOptions(command, { isNew: false }))
    .option("--pause", "nothing is due until it is resumed")
    .option("--resume", "go on with the next run; what was due meanwhile is not made up for")
    .option("--without <option>", "take an option of the campaigns away, e.g. window; may be repeated", repeated)
    .action(
      cli.action(async (code: string, _own, self: Command) => {
        const options = self.optsWithGlobals<EditOptions>();
        const { pause, resume, without = [] } = options;
        if (pause && resume)
          throw new CliError("--pause and --resume are both given.", { mend: "Keep one.", exitCode: 2 });
        const changes: ScheduleChanges = {
          ...timesOf(options),
          ...(await templateOf(options, cli.cwd, { isNew: false })),
          ...Object.fromEntries(without.map((name) => [camelCase(name), null])),
          ...(pause || resume ? { paused: pause === true } : {}),
        };
        if (Object.keys(changes).length === 0) {
          throw new CliError("Nothing is to be changed.", { mend: "Name what changes, e.g. --at 11:00.", exitCode: 2 });
        }
        return await useProducer(cli, options, async (producer) => {
          const result = await producer.editSchedule(code, changes);
          const { schedule: now, preview } = result;
          const isChecked = preview !== null && now.recipients !== null;
          printResult(
            cli,
            options,
            result,
            () =>
              `Schedule ${code} is changed.\n${isChecked ? `What it says now: ${checkedText(preview)}` : ""}${nextText(now)}`,
          );
          return 0;
        });
      }),
    );
}

/** `valid-for` or `--valid-for`, as the producer calls it. */
function camelCase(option: string): string {
  return option.replace(/^-+/, "").replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
