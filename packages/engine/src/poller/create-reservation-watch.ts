import { nextReservationCheckAt, type ProviderRules, type ReservationAnswer } from "@hikyaku/core";
import {
  type DueReservation,
  endReservation,
  type Ledger,
  putOffReservations,
  takeDueReservations,
} from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { type SignalledLoop, startSignalledLoop } from "../process/signalled-loop.ts";
import { cancelledAtCarrier } from "../questions/reservations.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import type { Questions } from "./questions.ts";
import { roundSeconds, roundSize } from "./round-size.ts";

export interface ReservationWatchDeps {
  readonly route: string;
  readonly ledger: Ledger;
  readonly rules: Pick<ProviderRules, "reservationStates">;
  readonly throttle: Pick<Throttle, "currentRate" | "throttled">;
  readonly questions: Questions;
  readonly hold: RouteHold;
  readonly batchSize: number;
  /** Share of the route's rate that status checks may use. */
  readonly tpsShare: number;
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** One taken and not answered within this time is taken again, by any process. */
const takenForMs = 120_000;
/** After a question that came to nothing. */
const againInMs = 300_000;

/**
 * Asks the carrier from time to time whether the reservations of a route still stand: nothing tells when somebody cancels one in the
 * carrier's own console. Its messages then end as they do when it is cancelled here. Any number of processes may run one: a reservation that
 * is due is taken by exactly one of them. Null where the carrier takes no reservations.
 */
export function createReservationWatch(deps: ReservationWatchDeps): Pick<SignalledLoop, "close"> | null {
  const { route, ledger, hold, log, metrics } = deps;
  const { sql } = ledger;
  if (deps.rules.reservationStates === undefined) return null;

  /** Null: there was no permit to ask with, and the lease brings it back. */
  const ask = async (reserveId: string): Promise<ReservationAnswer | null> => {
    const put = await deps.questions.put(async (client) => await client.reservations?.read(reserveId));
    const answer = put?.answer;
    if (!put || answer === undefined) return null;
    if (answer.kind === "throttled") deps.throttle.throttled(answer.retryAfterMs, put.startedAt);
    if (answer.kind === "held") {
      await hold.note(reserveId, { kind: "held", cause: answer.cause, reason: `reservation: ${answer.reason}` });
    }
    return answer;
  };

  /** When it is asked about next; null when there is nothing more to learn, undefined when the lease brings it back. */
  const check = async ({ reserveId, reservedAt }: DueReservation): Promise<Date | null | undefined> => {
    const answer = await ask(reserveId);
    if (answer === null) return undefined;
    const told = answer.kind === "reservation" ? answer.reservation : null;
    metrics.reservationChecks.inc({ route, answer: told === null ? answer.kind : (told.ended ?? "standing") });
    if (told?.ended === "cancelled") {
      const count = await endReservation(sql, { route, reserveId, rawStatus: told.state, reason: cancelledAtCarrier });
      log.warn({ route, reserveId, count }, "a reservation was cancelled at the carrier");
      return null;
    }
    // One that failed is told with its messages, which are looked up when its time has come.
    if (told?.ended === "failed") return null;
    const now = deps.now();
    const hasAnswer = told !== null || answer.kind === "not-known" || answer.kind === "not-available";
    const again = new Date(now.getTime() + againInMs);
    return hasAnswer ? nextReservationCheckAt({ reservedAt, now }) : again < reservedAt ? again : null;
  };

  const round = async (): Promise<void> => {
    if (hold.held) return;
    // Half of what status checks may use in a round: those of messages go on beside it.
    const limit = Math.max(1, Math.floor(roundSize(deps) / 2));
    const due = await takeDueReservations(sql, { route, limit, leaseMs: takenForMs });
    const checked = await Promise.allSettled(due.map(check));
    const next = checked.flatMap((each, index) => {
      const { reserveId } = due[index] ?? { reserveId: "" };
      return each.status === "fulfilled" && each.value !== undefined ? [{ reserveId, checkAt: each.value }] : [];
    });
    await putOffReservations(sql, { route, next });
    const failed = checked.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  };

  return startSignalledLoop({
    run: round,
    tickMs: roundSeconds * 1_000,
    onError: (err) => log.error({ err, route }, "asking about reservations failed; trying again"),
  });
}
