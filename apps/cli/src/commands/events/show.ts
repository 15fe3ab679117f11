import { eventBody } from "@hikyaku/engine";
import { findEvent } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { eventView, paintEventState } from "../../events/event-view.ts";
import { id } from "../../option-values.ts";
import { moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawPairs } from "../../output/table.ts";

export function addShow(events: Command, cli: Cli): void {
  events
    .command("show")
    .argument("<id>", "its id: the header webhook-id", id)
    .option("--show-numbers", "numbers in full")
    .option("--show-body", "the body as it is sent; number and text stand in it in full")
    .description("one event, and what came of telling it")
    .action(
      cli.action(async (id: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ showNumbers?: boolean; showBody?: boolean } & GlobalOptions>();
        return await useLedger(cli, options, async ({ sql }) => {
          const event = await findEvent(sql, { id });
          if (event === null) {
            throw new CliError(`There is no event ${id}.`, { mend: "Find it by `hikyaku events list`." });
          }
          const { inbound: _, ...facts } = event;
          const view = eventView(facts, { showNumbers: options.showNumbers ?? false });
          const body = eventBody(event);
          const shown = options.showBody ? { body: body === null ? null : JSON.parse(body) } : {};
          printResult(cli, options, { ...view, ...shown }, (paint) => {
            const pairs: [string, string | null][] = [
              ["event", paint.bold(view.id)],
              ["type", view.type],
              ["route", view.route],
              ["about", view.recipient],
              ["happened", moment(view.at)],
              ["state", paintEventState(view.state, paint)],
              [
                "tries",
                `${view.attempts}${view.lastAttemptAt === null ? "" : `, the last ${moment(view.lastAttemptAt)}`}`,
              ],
              ["last answer", view.error ?? (view.httpStatus === null ? null : String(view.httpStatus))],
              ["next try", view.state === "pending" ? moment(view.dueAt) : null],
              ["taken", view.deliveredAt && moment(view.deliveredAt)],
              ["given up", view.failedAt && moment(view.failedAt)],
              ["message", view.messageId],
              ["campaign", view.campaignKey ?? view.campaignId],
              ["reply", view.inboundId],
              ...(options.showBody ? ([["body", body ?? "what it tells has been deleted"]] as [string, string][]) : []),
            ];
            return drawPairs(
              pairs.filter((pair): pair is [string, string] => pair[1] !== null),
              paint,
            );
          });
          return 0;
        });
      }),
    );
}
