import type { CancelAnswer, CarrierReservation, ReservationAnswer } from "@hikyaku/core";
import { endReservation, findReservation, listReservations, type ReservationRow, type Sql } from "@hikyaku/ledger";
import type { PacedAsker } from "./paced-asker.ts";
import { QuestionError } from "./question-error.ts";

/** A reservation as the carrier has it, and what the ledger knows of it. */
export interface ReservationView {
  reserveId: string;
  /** The carrier's word. `UNKNOWN`: the carrier has none of this id (any more). */
  state: string;
  means: string;
  /** In the carrier's meaning it is over, and none of its messages will ever go out; null while they may, or did. */
  ended: CarrierReservation["ended"];
  reservedAt: Date | null;
  timeZone: string | null;
  /** Why it can't be cancelled (any more); null when it can. */
  cancelFault: string | null;
  /** When the carrier took it; null for one that is not ours. */
  createdAt: Date | null;
  /** Messages of ours in it. */
  messages: number;
  campaigns: readonly { id: string; key: string }[];
}

export interface ReservationPageRequest {
  /** Carried out at or after this. Default a day ago. */
  from?: Date | undefined;
  /** Carried out before this. */
  until?: Date | undefined;
  /** Only those that hold messages of this campaign. */
  campaignId?: string | undefined;
  /** Only those in this state of the carrier's; a page then holds fewer than `limit`. */
  state?: string | undefined;
  /** The last one of the page before, by its id. */
  after?: string | undefined;
  limit: number;
  signal: AbortSignal;
}

export interface ReservationPage {
  items: ReservationView[];
  /** What to name as `after` for the next page; null on the last one. */
  next: string | null;
}

export interface CancelledReservation {
  reservation: ReservationView;
  /** Messages that ended by this call, as `revoked`. */
  revoked: number;
  /** It had been cancelled before. */
  wasCancelled: boolean;
}

/** `not-known`: the carrier has none of this id. `refused`: it goes out, or is over. */
export class ReservationError extends Error {
  override readonly name = "ReservationError";
  readonly code = "reservation";
  readonly fault: "not-known" | "refused";

  constructor(fault: ReservationError["fault"], message: string) {
    super(message);
    this.fault = fault;
  }
}

export interface ReservationDeps {
  route: string;
  sql: Sql;
  ask: PacedAsker;
  /** Whether the route's carrier has reservations at all. */
  isOffered: boolean;
}

const tries = 3;
const dayMs = 86_400_000;
/** Why a message was revoked, when nobody of ours did it. */
export const cancelledAtCarrier = "its reservation was cancelled at the carrier";
export const neverOffered = "the carrier takes no reservations";

/**
 * One page of the route's reservations in the order in which they are carried out: those of the ledger, as no carrier lists them, each with
 * the state that the carrier tells. One call each. Null when the signal came first.
 *
 * @throws QuestionError when the carrier can't be asked
 */
export async function reservationPage(
  deps: ReservationDeps,
  { from = new Date(Date.now() - dayMs), until, campaignId, state, after, limit, signal }: ReservationPageRequest,
): Promise<ReservationPage | null> {
  const { route, sql, isOffered } = deps;
  // With no reservation there is no question that would show it.
  if (!isOffered) throw new QuestionError("not-offered", neverOffered);
  const rows = await listReservations(sql, {
    ...{ route, from, limit: limit + 1 },
    ...(until === undefined ? {} : { until }),
    ...(campaignId === undefined ? {} : { campaignId }),
    ...(after === undefined ? {} : { after }),
  });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const items = await Promise.all(shown.map(async (row) => viewOf(row, await read(deps, row.reserveId, signal))));
  if (signal.aborted) return null;
  return {
    items: items.filter((item) => state === undefined || item.state === state),
    next: last?.reserveId ?? null,
  };
}

/**
 * One reservation, of ours or not; null when the signal came first.
 * @throws ReservationError when neither ledger nor carrier knows it
 * @throws QuestionError when the carrier can't be asked
 */
export async function showReservation(
  deps: ReservationDeps,
  { reserveId, signal }: { reserveId: string; signal: AbortSignal },
): Promise<ReservationView | null> {
  const [row, told] = await Promise.all([
    findReservation(deps.sql, { route: deps.route, reserveId }),
    read(deps, reserveId, signal),
  ]);
  if (signal.aborted) return null;
  if (row === null && told === null) throw notKnown(reserveId);
  return viewOf(row ?? { reserveId }, told);
}

/**
 * Cancels a reservation, all of it and for good, and ends its messages in the ledger as `revoked`. One that is cancelled already is settled
 * in the ledger and answered. When the carrier does not say whether it did, it is asked. Null when the signal came before anything was done.
 *
 * @param by who, as it stands in the messages' reason and in the audit
 * @throws ReservationError when the carrier knows none of this id, or it can't be cancelled any more
 * @throws QuestionError when the carrier can't be asked
 */
export async function cancelReservation(
  deps: ReservationDeps,
  { reserveId, by, signal }: { reserveId: string; by: string; signal: AbortSignal },
): Promise<CancelledReservation | null> {
  const { route, sql, ask } = deps;
  const before = await read(deps, reserveId, signal);
  if (signal.aborted) return null;
  if (before === null) throw notKnown(reserveId);
  let wasCancelled = before.ended === "cancelled";
  let told = before;
  if (!wasCancelled) {
    if (before.cancelFault !== null) throw new ReservationError("refused", before.cancelFault);
    // From here on nothing is broken off: what was asked for is waited for and written down.
    const toTheEnd = new AbortController().signal;
    const answer = await ask<CancelAnswer>((client) => client.reservations?.cancel(reserveId), toTheEnd);
    told = (await read(deps, reserveId, toTheEnd)) ?? before;
    if (told.ended !== "cancelled" && answer?.kind !== "cancelled") throw notCancelled(reserveId, answer);
    // Somebody else was a moment faster.
    wasCancelled = answer?.kind === "refused";
  }
  const reason = wasCancelled ? cancelledAtCarrier : `its reservation was cancelled by ${by}`;
  const entry = { route, reserveId, rawStatus: told.state, reason, by: { actor: by, wasCancelled } };
  const revoked = await endReservation(sql, entry);
  const row = await findReservation(sql, { route, reserveId });
  return { reservation: viewOf(row ?? { reserveId }, told), revoked, wasCancelled };
}

/** Null when the carrier has none of this id, or the signal came first. */
async function read(
  { ask }: ReservationDeps,
  reserveId: string,
  signal: AbortSignal,
): Promise<CarrierReservation | null> {
  for (let tried = 1; ; tried++) {
    const answer = await ask<ReservationAnswer>((client) => client.reservations?.read(reserveId), signal);
    if (answer === null) return null;
    if (answer === undefined) throw new QuestionError("not-offered", neverOffered);
    switch (answer.kind) {
      case "reservation":
        return answer.reservation;
      case "not-known":
      case "not-available":
        return null;
      case "held":
        throw new QuestionError("refused", answer.reason);
      case "throttled":
      case "failed-check":
        if (tried === tries) throw new QuestionError("failing", answer.reason);
        break;
      default:
        return answer satisfies never;
    }
  }
}

function viewOf(
  row: Pick<ReservationRow, "reserveId"> & Partial<ReservationRow>,
  told: CarrierReservation | null,
): ReservationView {
  const { reserveId, reservedAt = null, createdAt = null, messages = 0, campaigns = [] } = row;
  return {
    reserveId,
    state: told?.state ?? "UNKNOWN",
    means: told?.means ?? "the carrier has none of this id (any more)",
    ended: told?.ended ?? null,
    reservedAt: told?.reservedAt ?? reservedAt,
    timeZone: told?.timeZone ?? null,
    cancelFault: told === null ? "the carrier has none of this id (any more)" : told.cancelFault,
    ...{ createdAt, messages, campaigns },
  };
}

function notKnown(reserveId: string): ReservationError {
  return new ReservationError("not-known", `the carrier has no reservation ${reserveId} on this route`);
}

/** The carrier was asked again, and it is not cancelled. */
function notCancelled(reserveId: string, answer: Awaited<ReturnType<PacedAsker>> | CancelAnswer): Error {
  if (answer === undefined) return new QuestionError("not-offered", neverOffered);
  if (answer === null) return new QuestionError("failing", "the process ends");
  switch (answer.kind) {
    case "held":
      return new QuestionError("refused", reasonOf(answer));
    case "refused":
    case "not-known":
      return new ReservationError(
        "refused",
        `the carrier did not cancel reservation ${reserveId}: ${reasonOf(answer)}`,
      );
    default:
      return new QuestionError("failing", reasonOf(answer));
  }
}

function reasonOf(answer: object): string {
  return "reason" in answer && typeof answer.reason === "string" ? answer.reason : "no reason given";
}
