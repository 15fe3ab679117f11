import type { ReservationView } from "@hikyaku/engine";
import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { routeOfReservation } from "../../questions/route-of-reservation.ts";
import { useQuestions } from "../../questions/use-questions.ts";
import { cancelOfCampaign } from "./cancel-of-campaign.ts";
import { confirmCancel } from "./confirm-cancel.ts";

export function addCancel(reservation: Command, cli: Cli): void {
  reservation
    .command("cancel")
    .argument("[reserveId]", "the carrier's id of its request")
    .option("-c, --campaign <id|key>", "all those of a campaign, but for those that hold messages of another one too")
    .option("-r, --route <name>", "route whose carrier is asked (default: the one it was made over)")
    .option("-y, --yes", "do not ask")
    .description("cancel a reservation that waits, or all of a campaign, for good; their messages end as revoked")
    .action(
      cli.action(async (reserveId: string | undefined, _own, command: Command) => {
        const options = command.optsWithGlobals<{ campaign?: string; route?: string; yes?: boolean } & GlobalOptions>();
        const { campaign } = options;
        if (campaign !== undefined && reserveId === undefined)
          return await cancelOfCampaign(cli, { ...options, campaign });
        if (campaign !== undefined || reserveId === undefined) {
          throw new CliError("Name what is to be cancelled: one reservation by its id, or those of a campaign.", {
            mend: "Give <reserveId> or --campaign, and not both.",
            exitCode: 2,
          });
        }
        const { once: signal } = cli.interruption();
        const route = await routeOfReservation(cli, options, reserveId);
        return await useQuestions(cli, { ...options, route }, async ({ questions }) => {
          if (!options.yes) {
            const found = await questions.reservation({ reserveId, signal });
            if (found === null) throw stopped();
            if (found.cancelFault === null) await confirmCancel(cli, questionOf(found));
          }
          const cancelled = await questions.cancelReservation({ reserveId, by: actorOf(cli), signal });
          if (cancelled === null) throw stopped();
          const { reservation: view, revoked, wasCancelled } = cancelled;
          printResult(cli, options, { route, ...view, revoked, wasCancelled }, () => {
            const what = wasCancelled ? "was cancelled before" : "is cancelled";
            return `Reservation ${reserveId} ${what}; ${counted(revoked, "message")} ended as revoked.\n`;
          });
          return 0;
        });
      }),
    );
}

function questionOf({ reserveId, reservedAt, messages, campaigns }: ReservationView): string {
  const of = campaigns.length === 0 ? "" : ` of ${campaigns.map(({ key }) => key).join(", ")}`;
  const holds =
    messages === 0 ? "None of our messages is known in it" : `It holds ${counted(messages, "message")}${of}`;
  return `${holds}, for ${moment(reservedAt)}. Cancel reservation ${reserveId} for good?`;
}

function stopped(): CliError {
  return new CliError("Stopped; nothing was cancelled.", { mend: "Run it again." });
}
