import { type EventType, eventTypes } from "@hikyaku/core";
import { type EventState, eventStates, listEvents } from "@hikyaku/ledger";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useLedger } from "../../connection/use-ledger.ts";
import { drawEvents, eventView } from "../../events/event-view.ts";
import { id, oneOf, since, wholeNumber } from "../../option-values.ts";
import { printResult } from "../../output/print-result.ts";

interface EventListOptions extends GlobalOptions {
  route?: string;
  state?: EventState;
  type?: EventType;
  message?: string;
  since?: Date;
  limit: number;
  before?: string;
  showNumbers?: boolean;
}

export function addList(events: Command, cli: Cli): void {
  events
    .command("list")
    .option("-r, --route <name>", "only those of this route")
    .option("--state <state>", "pending, delivered or failed", oneOf(eventStates))
    .option("--type <type>", "e.g. message.delivered or inbound.sms-mo", oneOf(eventTypes))
    .option("--message <id>", "only those about this message", id)
    .option("--since <time>", "not older than this: ISO 8601, or a duration such as 2h or 3d", since)
    .option("--limit <count>", "at most so many", wholeNumber(1, 10_000), 50)
    .option("--before <id>", "older than this one: the page after", id)
    .option("--show-numbers", "numbers in full")
    .description("events, newest first, and whether your system has taken them")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<EventListOptions>();
        const { route, state, type, message, since: from, limit, before, showNumbers = false } = options;
        return await useLedger(cli, options, async ({ sql }) => {
          const found = await listEvents(sql, {
            limit,
            ...(route === undefined ? {} : { routes: [route] }),
            ...(state === undefined ? {} : { state }),
            ...(type === undefined ? {} : { type }),
            ...(message === undefined ? {} : { messageId: message }),
            ...(from === undefined ? {} : { since: from }),
            ...(before === undefined ? {} : { before }),
          });
          printResult(
            cli,
            options,
            found.map((each) => eventView(each, { showNumbers })),
            (paint) => drawEvents(found, { showNumbers }, paint),
          );
          return 0;
        });
      }),
    );
}
