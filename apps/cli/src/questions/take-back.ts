import type { Questions, TakenBack } from "@hikyaku/engine";
import type { Cli } from "../cli.ts";
import { CliError } from "../cli-error.ts";
import { actorOf } from "../connection/actor.ts";
import { count, counted } from "../output/format.ts";
import { createProgress } from "../output/progress.ts";

/** More lines than anybody reads at night; all of them stand in the JSON. */
const linesShown = 20;

/** Takes back all that the carrier holds of a campaign and lets go of, and shows how far it is. */
export async function takeBack(
  cli: Cli,
  questions: Pick<Questions, "takeBackReservations">,
  { campaignId, signal }: { campaignId: string; signal: AbortSignal },
): Promise<TakenBack> {
  const progress = createProgress(cli.terminal.err);
  const startedAt = performance.now();
  try {
    return await questions.takeBackReservations({
      ...{ campaignId, signal, by: actorOf(cli) },
      onProgress(done, total) {
        const perSecond = (done * 1_000) / (performance.now() - startedAt);
        progress.update({ label: "reservations", done, total, perSecond });
      },
    });
  } finally {
    progress.stop();
  }
}

export function drawTakenBack(key: string, { cancelled, revoked, left }: Omit<TakenBack, "fault">): string {
  const lines = left.slice(0, linesShown).map(({ reserveId, fault }) => `  ${reserveId}: ${fault}\n`);
  const more = left.length > linesShown ? `  … and ${count(left.length - linesShown)} more\n` : "";
  const were = left.length === 1 ? "it was" : "they were";
  const rest =
    left.length === 0 ? "" : `${counted(left.length, "reservation")} left as ${were}:\n${lines.join("")}${more}`;
  return `${counted(cancelled, "reservation")} of ${key} cancelled; ${counted(revoked, "message")} ended as revoked.\n${rest}`;
}

/** Ctrl-C came before the end. */
export function stoppedTakingBack({ cancelled }: Pick<TakenBack, "cancelled">): CliError {
  return new CliError(`Stopped; ${counted(cancelled, "reservation")} cancelled so far.`, { mend: "Run it again." });
}
