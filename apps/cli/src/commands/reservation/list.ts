import type { ReservationView } from "@hikyaku/engine";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { ahead, since, wholeNumber } from "../../option-values.ts";
import { count, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTable } from "../../output/table.ts";
import { campaignOnRoute } from "../../questions/campaign-on-route.ts";
import { useQuestions } from "../../questions/use-questions.ts";

interface ReservationListOptions extends GlobalOptions {
  route?: string;
  campaign?: string;
  from?: Date;
  to?: Date;
  state?: string;
  after?: string;
  limit: number;
}

export function addList(reservation: Command, cli: Cli): void {
  reservation
    .command("list")
    .option("-r, --route <name>", "route whose carrier is asked (needed without --campaign)")
    .option("-c, --campaign <id|key>", "only those that hold messages of this campaign")
    .option("--from <time>", "reserved for this or later: ISO 8601, or a duration before now (default: 1d)", since)
    .option("--to <time>", "reserved for earlier than this: ISO 8601, or a duration after now", ahead)
    .option("--state <state>", "only those in this state, in the carrier's word, e.g. READY")
    .option("--limit <count>", "at most so many", wholeNumber(1, 1_000), 50)
    .option("--after <id>", "the page after: what stood in its last line")
    .description("the reservations of a route in the order of their times, each as its carrier has it now")
    .action(
      cli.action(async (_own, command: Command) => {
        const options = command.optsWithGlobals<ReservationListOptions>();
        const { from, to: until, limit } = options;
        const { once: signal } = cli.interruption();
        const { campaignId, ...asked } = await askedOf(cli, options);
        return await useQuestions(cli, asked, async ({ questions, route, reservationStates }) => {
          const state = stateOf(options.state, reservationStates);
          const found: ReservationView[] = [];
          let after = options.after;
          // Few of a page may be in the state that is asked for.
          for (;;) {
            const page = await questions.reservations({ from, until, campaignId, state, after, limit, signal });
            if (page === null) throw new CliError("Stopped; the list is not complete.", { mend: "Run it again." });
            found.push(...page.items);
            after = page.next ?? undefined;
            if (after === undefined || found.length >= limit) break;
          }
          const items = found.slice(0, limit);
          const next = found.length > limit ? (items.at(-1)?.reserveId ?? null) : (after ?? null);
          printResult(cli, options, { route: route.name, items, after: next }, (paint) => {
            if (items.length === 0 && next === null) return "There are none.\n";
            const table = drawTable(
              [
                { header: "RESERVED FOR" },
                { header: "STATE" },
                { header: "MESSAGES", align: "right" },
                { header: "CAMPAIGN", maxWidth: 40 },
                { header: "ID" },
              ],
              items.map(({ reservedAt, state: word, means, messages, campaigns, reserveId }) => [
                ...[moment(reservedAt), `${word}, ${means}`, count(messages)],
                ...[campaigns.map(({ key }) => key).join(", ") || "–", reserveId],
              ]),
              paint,
            );
            return `${table}${next === null ? "" : paint.dim(`There may be more: --after ${next}\n`)}`;
          });
          return 0;
        });
      }),
    );
}

/** The route whose carrier is asked, and the campaign its answer is about. */
async function askedOf(cli: Cli, options: ReservationListOptions) {
  const { campaign, route } = options;
  if (campaign !== undefined) {
    const { id: campaignId, route: ofCampaign } = await campaignOnRoute(cli, { ...options, campaign });
    return { ...options, route: ofCampaign, campaignId };
  }
  if (route === undefined) {
    throw new CliError("Nothing says which carrier is asked.", { mend: "Give --route or --campaign.", exitCode: 2 });
  }
  return { ...options, route, campaignId: undefined };
}

function stateOf(given: string | undefined, states: readonly string[] | undefined): string | undefined {
  const word = given?.toUpperCase();
  if (word === undefined || states === undefined || states.includes(word)) return word;
  throw new CliError(`"${given}" is no state of a reservation.`, {
    mend: `Give one of ${states.join(", ")}.`,
    exitCode: 2,
  });
}
