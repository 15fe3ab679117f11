import type { Command } from "commander";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { printResult } from "../../output/print-result.ts";
import { drawReservation } from "../../questions/draw-reservation.ts";
import { routeOfReservation } from "../../questions/route-of-reservation.ts";
import { useQuestions } from "../../questions/use-questions.ts";

export function addShow(reservation: Command, cli: Cli): void {
  reservation
    .command("show")
    .argument("<reserveId>", "the carrier's id of its request")
    .option("-r, --route <name>", "route whose carrier is asked (default: the one it was made over)")
    .description("one reservation, as its carrier has it now")
    .action(
      cli.action(async (reserveId: string, _own, command: Command) => {
        const options = command.optsWithGlobals<{ route?: string } & GlobalOptions>();
        const { once: signal } = cli.interruption();
        const route = await routeOfReservation(cli, options, reserveId);
        return await useQuestions(cli, { ...options, route }, async ({ questions }) => {
          const found = await questions.reservation({ reserveId, signal });
          if (found === null) throw new CliError("Stopped.", { mend: "Run it again." });
          printResult(cli, options, { route, ...found }, (paint) => drawReservation(route, found, paint));
          return 0;
        });
      }),
    );
}
