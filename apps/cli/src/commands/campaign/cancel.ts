import type { TakenBack } from "@hikyaku/engine";
import { legCounts } from "@hikyaku/ledger";
import type { CancelResult } from "@hikyaku/producer";
import { campaignView } from "@hikyaku/views";
import type { Command } from "commander";
import { findCampaignByName } from "../../campaigns/find-campaign-by-name.ts";
import type { Cli, GlobalOptions } from "../../cli.ts";
import { useProducer } from "../../connection/use-producer.ts";
import { count, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { drawTakenBack, stoppedTakingBack, takeBack } from "../../questions/take-back.ts";
import { useQuestions } from "../../questions/use-questions.ts";

interface CampaignCancelOptions extends GlobalOptions {
  /** Undefined: a person is asked, where there is one. */
  reservations?: boolean;
}

export function addCancel(campaign: Command, cli: Cli): void {
  campaign
    .command("cancel")
    .argument("<campaign>", "id or key")
    .option("--reservations", "take back what the carrier holds of it until its time, too")
    .option("--no-reservations", "leave that, and do not ask")
    .description("stop sending for good; tells exactly what went out")
    .action(
      cli.action(async (name: string, _own, command: Command) => {
        const options = command.optsWithGlobals<CampaignCancelOptions>();
        const { id, key, route, result, view } = await useProducer(cli, options, async (producer, { sql }) => {
          const found = await findCampaignByName(sql, name);
          const cancelled = await producer.cancelCampaign({ id: found.id });
          const row = await findCampaignByName(sql, found.id);
          return { ...row, result: cancelled, view: campaignView(row, await legCounts(sql, row)) };
        });
        const { sent, inFlight, unknown, stopped, reserved } = result;
        // Told before anything is asked: the campaign is cancelled whatever comes of the rest.
        if (!options.json) cli.terminal.out.write(drawCancelled(key, result));
        const isWanted = await wantsReservations(cli, options, result);
        const taken = isWanted ? await tryToTakeBack(cli, { ...options, campaignId: id, route }) : null;
        printResult(
          cli,
          options,
          { sent, inFlight, unknown, stopped, reserved, reservations: taken?.shown ?? null, campaign: view },
          () => {
            if (taken !== null)
              return `${drawTakenBack(key, taken.shown)}${inFlight + unknown > 0 ? stillComing(key) : ""}`;
            const isAskedFor = options.reservations === undefined && cli.ask === null && isCancellable(result);
            return isAskedFor ? `Take them back: hikyaku campaign cancel ${key} --reservations\n` : "";
          },
        );
        if (taken === null) return 0;
        if (taken.error !== null) throw taken.error;
        return taken.shown.left.length === 0 ? 0 : 1;
      }),
    );
}

function drawCancelled(key: string, result: CancelResult): string {
  const { sent, inFlight, unknown, stopped, reserved } = result;
  const lines = [
    `Campaign ${key} is cancelled.`,
    `  sent       ${count(sent)}`,
    `  in flight  ${count(inFlight)}${inFlight > 0 ? "  (at the gateway now; their fate comes with its answer)" : ""}`,
    ...(unknown === 0
      ? []
      : [
          `  unknown    ${count(unknown)}  (they may have gone out; a late receipt tells, or decide: hikyaku unknown close --campaign ${key})`,
        ]),
    `  stopped    ${count(stopped)}`,
  ];
  if (reserved !== null && reserved.messages > 0) {
    const { messages, reservedAt, cancellableUntil } = reserved;
    const last = cancellableUntil === null ? "" : `; it lets go of them until ${moment(cancellableUntil)}`;
    const until = isCancellable(result) ? last : "; it lets go of them no more";
    lines.push(
      `  reserved   ${count(messages)}  (of those sent: the carrier holds them and sends them at ${moment(reservedAt)} all the same${until})`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Whether the carrier holds anything that it still lets go of. */
function isCancellable({ reserved }: CancelResult): boolean {
  if (reserved === null || reserved.messages === 0) return false;
  return reserved.cancellableUntil === null || reserved.cancellableUntil > new Date();
}

async function wantsReservations(
  { ask }: Cli,
  { reservations, json }: CampaignCancelOptions,
  result: CancelResult,
): Promise<boolean> {
  const { reserved, inFlight, unknown } = result;
  // What is in flight may become one at this moment; what is unknown may be one.
  if (reservations !== undefined)
    return reservations && reserved !== null && reserved.messages + inFlight + unknown > 0;
  if (ask === null || json || !isCancellable(result)) return false;
  const answer = await ask("Take back what the carrier holds, too? Type yes: ");
  return answer.trim().toLowerCase() === "yes";
}

/** Never throws: what the campaign's cancel came to is told in any case. */
async function tryToTakeBack(cli: Cli, options: GlobalOptions & { campaignId: string; route: string }) {
  const { once: signal } = cli.interruption();
  const shown: Omit<TakenBack, "fault"> & { fault: string | null } = {
    cancelled: 0,
    revoked: 0,
    left: [],
    fault: null,
  };
  try {
    return await useQuestions(
      cli,
      options,
      async ({ questions }) => {
        const { fault, ...taken } = await takeBack(cli, questions, { campaignId: options.campaignId, signal });
        Object.assign(shown, taken, { fault: fault?.message ?? null });
        if (fault !== null) throw fault;
        return { shown, error: signal.aborted ? stoppedTakingBack(taken) : null };
      },
      { fullRate: true },
    );
  } catch (error) {
    shown.fault ??= error instanceof Error ? error.message : String(error);
    return { shown, error };
  }
}

function stillComing(key: string): string {
  return `What was in flight or unknown may be held by the carrier yet: run \`hikyaku campaign cancel ${key} --reservations\` again in a minute.\n`;
}
