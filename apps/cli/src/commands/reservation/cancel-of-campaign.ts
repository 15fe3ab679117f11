import { type Questions, ReservationError, type ReservationView } from "@hikyaku/engine";
import type { Cli, ExitCode, GlobalOptions } from "../../cli.ts";
import { CliError } from "../../cli-error.ts";
import { actorOf } from "../../connection/actor.ts";
import { counted, moment } from "../../output/format.ts";
import { printResult } from "../../output/print-result.ts";
import { campaignOnRoute } from "../../questions/campaign-on-route.ts";
import { useQuestions } from "../../questions/use-questions.ts";
import { confirmCancel } from "./confirm-cancel.ts";

/** Reservations of one page; each is one question to the carrier. */
const pageSize = 100;

interface Left {
  reserveId: string;
  /** Why it was left as it is. */
  fault: string;
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
    const possible: ReservationView[] = [];
    const left: Left[] = [];
    for (const view of found) {
      const fault = whyNot(view, campaign.id);
      if (fault === null) possible.push(view);
      else left.push({ reserveId: view.reserveId, fault });
    }
    if (possible.length > 0 && !options.yes) {
      await confirmCancel(cli, questionOf(campaign.key, possible, left.length));
    }
    let cancelled = 0;
    let revoked = 0;
    for (const { reserveId } of possible) {
      try {
        const done = await questions.cancelReservation({ reserveId, by: actorOf(cli), signal });
        if (done === null) throw stopped(cancelled, possible.length);
        cancelled += 1;
        revoked += done.revoked;
      } catch (error) {
        if (!(error instanceof ReservationError)) throw error;
        left.push({ reserveId, fault: error.message });
      }
    }
    printResult(cli, options, { campaign: campaign.key, route: campaign.route, cancelled, revoked, left }, () => {
      if (found.length === 0) return `The carrier holds no reservation of ${campaign.key} that is still to come.\n`;
      const lines = left.map(({ reserveId, fault }) => `  ${reserveId}: ${fault}\n`).join("");
      const were = left.length === 1 ? "it was" : "they were";
      const of = left.length === 0 ? "" : `${counted(left.length, "reservation")} left as ${were}:\n${lines}`;
      return `${counted(cancelled, "reservation")} of ${campaign.key} cancelled; ${counted(revoked, "message")} ended as revoked.\n${of}`;
    });
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
    found.push(...page.items.filter(({ ended }) => ended === null));
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

function questionOf(key: string, possible: readonly ReservationView[], left: number): string {
  const messages = possible.reduce((sum, each) => sum + each.messages, 0);
  const rest = left === 0 ? "" : ` ${counted(left, "further reservation")} can't be cancelled so.`;
  return `${counted(possible.length, "reservation")} with ${counted(messages, "message")} of ${key}, the first for ${moment(possible[0]?.reservedAt ?? null)}.${rest} Cancel them for good?`;
}

function stopped(done: number, of: number): CliError {
  return new CliError(`Stopped; ${done} of ${counted(of, "reservation")} cancelled.`, { mend: "Run it again." });
}
