import { endpointStates } from "@hikyaku/engine";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { count, lengthOfTime, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";

export function addEndpoints(events: Command, cli: Cli): void {
  events
    .command("endpoints")
    .description("the places that events go to, what waits for them, and whether they take it")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }, { config }) => {
          const states = await endpointStates({ sql, config });
          printResult(cli, options, states, (paint) =>
            states.length === 0
              ? "Nothing is told to anybody: no `events.url` is configured, or no poller has started with it.\n"
              : drawTable(
                  [
                    { header: "ENDPOINT" },
                    { header: "PLACE" },
                    { header: "ROUTES", maxWidth: 40 },
                    { header: "PENDING", align: "right" },
                    { header: "OLDEST", align: "right" },
                    { header: "STATE", maxWidth: 80 },
                  ],
                  states.map((state) => [
                    ...[state.name, state.origin ?? "not in this configuration", state.routes?.join(", ") ?? "–"],
                    ...[state.routes === null ? "–" : count(state.pending)],
                    state.pending === 0 ? "–" : lengthOfTime(state.oldestPendingSeconds * 1_000),
                    state.disabledAt !== null
                      ? paint.red(`disabled since ${moment(state.disabledAt)}: ${state.lastError}`)
                      : state.failingSince !== null
                        ? paint.yellow(`takes nothing since ${moment(state.failingSince)}: ${state.lastError}`)
                        : paint.green("works"),
                  ]),
                  paint,
                ),
          );
          return 0;
        });
      }),
    );
}
