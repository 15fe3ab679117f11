import { type Questions, ReservationError, type ReservationView } from "@hikyaku/engine";
import type { Cli, ExitCode, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { campaignOnRoute } from "../../questions/campaign-on-route.ts";
import { useQuestions } from "../../questions/use-questions.ts";

/** Reservations of one page; each is one question to the carrier. */
const pageSize = 100;

interface Outcome {
  reserveId: string;
  /** Messages that ended by this call. */
  revoked: number;
  /** Why it was left as it is; null when it is cancelled. */
  fault: string | null;
}

/**
 * Cancels all reservations that hold messages of one campaign and of no other, and tells of the rest. Nothing is cancelled before the question
 * is answered; what is interrupted goes on when it is run again.
 */
export async function cancelOfCampaign(
  cli: Cli,
  options: GlobalOptions & { campaign: string; route?: string; yes?: boolean },
): Promise<ExitCode> {
  const { once: signal } = cli.interruption();
  const campaign = await campaignOnRoute(cli, options);
  return await useQuestions(cli, { ...options, route: campaign.route }, async ({ questions }) => {
    const found = await reservationsOf(questions, campaign.id, signal);
    const left: Outcome[] = found.flatMap((view) => {
      const fault = whyNot(view, campaign.id);
      return fault === null ? [] : [{ reserveId: view.reserveId, revoked: 0, fault }];
    });
    const possible = found.filter((view) => whyNot(view, campaign.id) === null);
    if (possible.length > 0 && !options.yes) await confirm(cli, campaign.key, possible, left.length);
    const done: Outcome[] = [];
    for (const { reserveId } of possible) {
      try {
        const cancelled = await questions.cancelReservation({ reserveId, by: actorOf(cli), signal });
        if (cancelled === null) throw stopped(done.length, possible.length);
        done.push({ reserveId, revoked: cancelled.revoked, fault: null });
      } catch (error) {
        if (!(error instanceof ReservationError)) throw error;
        left.push({ reserveId, revoked: 0, fault: error.message });
      }
    }
    const revoked = done.reduce((sum, each) => sum + each.revoked, 0);
    printResult(
      cli,
      options,
      { campaign: campaign.key, route: campaign.route, cancelled: done.length, revoked, left },
      () => {
        if (found.length === 0) return `The carrier holds no reservation of ${campaign.key} that is still to come.\n`;
        const lines = left.map(({ reserveId, fault }) => `  ${reserveId}: ${fault}\n`).join("");
        const of = left.length === 0 ? "" : `${counted(left.length, "reservation")} left as it was:\n${lines}`;
        return `${counted(done.length, "reservation")} of ${campaign.key} cancelled; ${counted(revoked, "message")} ended as revoked.\n${of}`;
      },
    );
    return left.length === 0 ? 0 : 1;
  });
}

/** Those still to come. */
async function reservationsOf(
  questions: Questions,
  campaignId: string,
  signal: AbortSignal,
): Promise<ReservationView[]> {
  const found: ReservationView[] = [];
  for (let after: string | undefined; ; ) {
    const page = await questions.reservations({ campaignId, from: new Date(), after, limit: pageSize, signal });
    if (page === null) throw stopped(0, found.length);
    found.push(...page.items.filter(({ state }) => state !== "CANCELED"));
    if (page.next === null) return found;
    after = page.next;
  }
}

function whyNot({ cancelFault, campaigns }: ReservationView, campaignId: string): string | null {
  const others = campaigns.filter(({ id }) => id !== campaignId).map(({ key }) => key);
  // All or nothing is what the carrier offers.
  if (others.length > 0)
    return `holds messages of ${others.join(", ")} too; cancel it by its id to take those back as well`;
  return cancelFault;
}

async function confirm(cli: Cli, key: string, possible: readonly ReservationView[], left: number): Promise<void> {
  if (cli.ask === null) {
    throw new CliError("Nobody is there to be asked; nothing was cancelled.", { mend: "Give --yes.", exitCode: 2 });
  }
  const messages = possible.reduce((sum, each) => sum + each.messages, 0);
  const rest = left === 0 ? "" : ` ${counted(left, "further reservation")} can't be cancelled so.`;
  const answer = await cli.ask(
    `${counted(possible.length, "reservation")} with ${counted(messages, "message")} of ${key}, the first for ${moment(possible[0]?.reservedAt ?? null)}.${rest} Cancel them for good? Type yes: `,
  );
  if (answer.trim().toLowerCase() !== "yes") throw new CliError("Nothing was cancelled.");
}

function stopped(done: number, of: number): CliError {
  return new CliError(`Stopped; ${done} of ${counted(of, "reservation")} cancelled.`, { mend: "Run it again." });
}
