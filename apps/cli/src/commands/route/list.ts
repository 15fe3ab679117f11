import { listHooks, listRoutes, operatorFigures } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { limitOf } from "../../connection/route-limits.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { count, lengthOfTime, moment, rate } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";
import { drawHooks } from "../../routes/draw-hooks.ts";

export function addList(route: Command, cli: Cli): void {
  route
    .command("list")
    .description("every route with what waits on it, whether it is held, and when its notification URLs were tested")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }, stack) => {
          const [routes, figures, hooks] = await Promise.all([listRoutes(sql), operatorFigures(sql), listHooks(sql)]);
          const states = routes.map(({ name, provider, heldAt, heldCause, heldReason }) => {
            const figure = figures.find((each) => each.route === name);
            const limit = limitOf(stack, name);
            return {
              name,
              provider,
              tps: limit?.tps ?? null,
              messagesPerRequest: limit?.messagesPerRequest ?? null,
              held: heldAt === null ? null : { cause: heldCause, reason: heldReason, since: heldAt },
              queued: figure?.queued ?? 0,
              sending: figure?.sending ?? 0,
              unknown: figure?.unknown ?? 0,
              oldestQueuedSeconds: figure?.oldestQueuedSeconds ?? 0,
              checksDue: figure?.checksDue ?? 0,
              hooks: hooks.filter(({ route }) => route === name).map(({ route: _, ...hook }) => hook),
            };
          });
          printResult(cli, options, states, (paint) =>
            states.length === 0
              ? "No routes: they are published when a worker starts with them in its configuration.\n"
              : `${drawTable(
                  [
                    { header: "ROUTE" },
                    { header: "CARRIER" },
                    { header: "TPS", align: "right" },
                    { header: "QUEUED", align: "right" },
                    { header: "OLDEST", align: "right" },
                    { header: "SENDING", align: "right" },
                    { header: "UNKNOWN", align: "right" },
                    { header: "STATE", maxWidth: 80 },
                  ],
                  states.map((state) => [
                    ...[state.name, state.provider, limitCell(state), count(state.queued)],
                    state.queued === 0 ? "–" : lengthOfTime(state.oldestQueuedSeconds * 1_000),
                    ...[count(state.sending), count(state.unknown)],
                    state.held === null
                      ? paint.green("open")
                      : paint.red(`held since ${moment(state.held.since)}: ${state.held.cause}, ${state.held.reason}`),
                  ]),
                  paint,
                )}${drawHooks(hooks, paint)}`,
          );
          return 0;
        });
      }),
    );
}

/** `100`; `20 × 100` where each of the 20 requests may carry 100 messages. */
function limitCell({ tps, messagesPerRequest }: { tps: number | null; messagesPerRequest: number | null }): string {
  if (tps === null) return "–";
  return messagesPerRequest === null || messagesPerRequest === 1 ? rate(tps) : `${rate(tps)} × ${messagesPerRequest}`;
}
