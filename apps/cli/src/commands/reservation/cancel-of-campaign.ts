import type { CampaignReservations } from "@hikyaku/engine";
import type { Cli, ExitCode, GlobalOptions } from "../../cli.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { campaignOnRoute } from "../../questions/campaign-on-route.ts";
import { drawTakenBack, stoppedTakingBack, takeBack } from "../../questions/take-back.ts";
import { useQuestions } from "../../questions/use-questions.ts";
import { confirmCancel } from "./confirm-cancel.ts";

/**
 * Cancels all reservations that hold messages of one campaign and of no other, and tells of the rest. Nothing is cancelled before the question
 * is answered; what is interrupted goes on when it is run again.
 */
export async function cancelOfCampaign(
  cli: Cli,
  options: GlobalOptions & { campaign: string; route?: string; yes?: boolean },
): Promise<ExitCode> {
  const { once: signal } = cli.interruption();
  const { id: campaignId, key, route } = await campaignOnRoute(cli, options);
  return await useQuestions(
    cli,
    { ...options, route },
    async ({ questions }) => {
      const found = await questions.campaignReservations({ campaignId });
      if (found.possible.length > 0 && !options.yes) await confirmCancel(cli, questionOf(key, found));
      const { fault, ...taken } = await takeBack(cli, questions, { campaignId, signal });
      const { cancelled, left } = taken;
      printResult(cli, options, { campaign: key, route, ...taken, fault: fault?.message ?? null }, () =>
        cancelled === 0 && left.length === 0 && fault === null
          ? `The carrier holds no reservation of ${key} that is still to come.\n`
          : drawTakenBack(key, taken),
      );
      if (fault !== null) throw fault;
      if (signal.aborted) throw stoppedTakingBack(taken);
      return left.length === 0 ? 0 : 1;
    },
    { fullRate: true },
  );
}

function questionOf(key: string, { possible, left }: CampaignReservations): string {
  const messages = possible.reduce((sum, { open }) => sum + open, 0);
  const rest = left.length === 0 ? "" : ` ${counted(left.length, "further reservation")} can't be cancelled so.`;
  return `${counted(possible.length, "reservation")} with ${counted(messages, "message")} of ${key}, the first for ${moment(possible[0]?.reservedAt ?? null)}.${rest} Cancel them for good?`;
}
