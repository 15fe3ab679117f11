import { type EventType, eventTypes } from "@hikyaku/core";
import { type EventSelection, replayEvents } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { ids, oneOf, since } from "../../option-values.ts";
import { counted } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";

interface ReplayOptions extends GlobalOptions {
  id?: string[];
  state?: "failed" | "delivered" | "pending";
  route?: string;
  type?: EventType;
  since?: Date;
  yes?: boolean;
}

export function addReplay(events: Command, cli: Cli): void {
  events
    .command("replay")
    .option("--id <id>", "this event; as often as there are", ids)
    .option(
      "--state <state>",
      "all that failed, all delivered, or all pending",
      oneOf(["failed", "delivered", "pending"] as const),
    )
    .option("-r, --route <name>", "with --state: only those of this route")
    .option("--type <type>", "with --state: only those of this type", oneOf(eventTypes))
    .option("--since <time>", "with --state: not older than this, ISO 8601 or a duration such as 2h", since)
    .option("-y, --yes", "do not ask")
    .description("tell events again, under their old ids; pending ones at once")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<ReplayOptions>();
        const selection = selectionOf(options);
        return await useLedger(cli, options, async ({ sql }) => {
          if (options.state === "delivered" && !options.yes && cli.ask !== null) {
            const answer = await cli.ask("Your system gets again what it has taken. Go on? [y/N] ");
            if (!/^y(es)?$/i.test(answer.trim())) throw new CliError("Nothing was told again.");
          }
          const replayed = await replayEvents(sql, selection);
          printResult(cli, options, { events: replayed }, () => `${counted(replayed, "event")} will be told again.\n`);
          return 0;
        });
      }),
    );
}

function selectionOf({ id, state, route, type, since: from }: ReplayOptions): EventSelection {
  if ((id === undefined) === (state === undefined)) {
    throw new CliError("It is not said which events.", { mend: "Give either --id or --state.", exitCode: 2 });
  }
  if (id !== undefined) return { ids: id };
  return {
    state: state ?? "failed",
    ...(route === undefined ? {} : { routes: [route] }),
    ...(type === undefined ? {} : { type }),
    ...(from === undefined ? {} : { since: from }),
  };
}
