import type { ScheduleTemplateOptions } from "@hikyaku/producer";
import type { Command } from "commander";
import { type ContentOptions, toCampaignOptions } from "../campaigns/campaign-options.ts";
import { readFallbackContent, readSaid, type Said } from "../campaigns/read-said.ts";
import type { FileOptions } from "../campaigns/send-options.ts";
import type { GlobalOptions } from "../cli.ts";
import { readDays } from "./read-days.ts";

/** When a schedule runs, as options of `create` and `edit`. */
export interface TimeOptions {
  at?: string;
  days?: number[] | "all";
  zone?: string;
  from?: string;
  until?: string;
  missed?: string;
  description?: string;
}

export interface CreateOptions extends TimeOptions, ContentOptions, FileOptions, GlobalOptions {}

export interface EditOptions extends TimeOptions, Partial<ContentOptions>, GlobalOptions {
  pause?: boolean;
  resume?: boolean;
  without?: string[];
}

export function addTimeOptions(command: Command, { isNew }: { isNew: boolean }): Command {
  const add = (flags: string, description: string) =>
    isNew ? command.requiredOption(flags, description) : command.option(flags, description);
  add("--at <time>", "local time of day, HH:mm");
  add("--from <day>", "first day, YYYY-MM-DD");
  add("--until <day>", "last day, at most 6 months later");
  return command
    .option("--days <days>", "weekdays, e.g. mon,wed or mon-fri; all for every day", readDays)
    .option("--zone <zone>", "IANA time zone of times and days (default: Asia/Tokyo)")
    .option(
      "--missed <policy>",
      'for a run that nobody could start in time: skip, or "run-if-within 1h": made up for while it is no later',
    )
    .option("--description <text>", "for people");
}

/** As the producer takes them; only what is given. */
export function timesOf({ at, days, zone, from, until, missed, description }: TimeOptions) {
  return {
    ...(at === undefined ? {} : { at }),
    ...(days === undefined ? {} : { weekdays: days === "all" ? null : days }),
    ...(zone === undefined ? {} : { timeZone: zone }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(missed === undefined ? {} : { missed }),
    ...(description === undefined ? {} : { description }),
  };
}

/** What is said of the campaigns; only what is given. */
export async function templateOf(
  options: Partial<ContentOptions>,
  cwd: string,
  { isNew }: { isNew: boolean },
): Promise<Partial<ScheduleTemplateOptions>> {
  const { text, textFile, contentFile } = options;
  const isSaid = [text, textFile, contentFile].some((each) => each !== undefined);
  const said = isNew || isSaid ? await readSaid(options, cwd) : ((await readFallbackContent(options, cwd)) as Said);
  const { key: _, ...template } = toCampaignOptions(options as ContentOptions, { key: "", said });
  return Object.fromEntries(Object.entries(template).filter(([, value]) => value !== undefined));
}
