import { type CallAnswer, readCall } from "./call-answer.ts";
import type { Endpoint } from "./endpoint.ts";
import { asWord, isObject } from "./json.ts";
import { readTimestamp } from "./korean-time.ts";
import { type ReservationState, reservationStateOf, reservationStates } from "./reservation-states.ts";
import { cancellableUntil } from "./reserve-time.ts";
import type { SignedCaller } from "./signed-caller.ts";

export interface Reservation {
  /** The requestId of the reserved send. */
  reserveId: string;
  /** The carrier's word, one of {@link ReservationState} unless it invents another. */
  state: ReservationState | (string & {});
  /** When it is carried out; null when the carrier's time can't be read. */
  reservedAt: Date | null;
  timeZone: string | null;
}

export interface ReservationContext {
  caller: SignedCaller;
  endpoint: Pick<Endpoint, "reserveStatus" | "reservation">;
  credentials: readonly string[];
  timestampZone: string;
}

/** The state of one reservation (protocol notes §10.2). There is no call that lists reservations; their ids are in the ledger. */
export async function readReservation(
  reserveId: string,
  { caller, endpoint, credentials, timestampZone }: ReservationContext,
): Promise<CallAnswer<Reservation>> {
  const result = await caller.call({ method: "GET", target: endpoint.reserveStatus(reserveId) });
  return readCall(result, credentials, (json) => {
    const state = isObject(json) ? asWord(json.reserveStatus)?.toUpperCase() : undefined;
    if (!isObject(json) || state === undefined) return undefined;
    return {
      reserveId: asWord(json.reserveId) ?? reserveId,
      state,
      reservedAt: readTimestamp(json.reserveTime, timestampZone),
      timeZone: asWord(json.reserveTimeZone) ?? null,
    };
  });
}

/**
 * Cancels a reservation, all of it: there is no partial cancel and no change (protocol notes §10.3). What the carrier would refuse is better
 * seen before with {@link cancelFault}.
 */
export async function cancelReservation(
  reserveId: string,
  { caller, endpoint, credentials }: ReservationContext,
): Promise<CallAnswer<"cancelled">> {
  const result = await caller.call({ method: "DELETE", target: endpoint.reservation(reserveId) });
  return readCall(result, credentials, () => "cancelled");
}

/** Why a reservation can't be cancelled at `now`, or null: only READY, and not within 10 minutes before its time. */
export function cancelFault({ reserveId, state, reservedAt }: Reservation, now: Date): string | null {
  if (state !== "READY") {
    const known = reservationStateOf(state);
    const means = known === undefined ? state : `${state} (${reservationStates[known].means})`;
    return `reservation ${reserveId} stands at ${means}; only one that is waiting (READY) can be cancelled`;
  }
  if (reservedAt === null || now <= cancellableUntil(reservedAt)) return null;
  return `reservation ${reserveId} is due at ${reservedAt.toISOString()}; in its last 10 minutes it can't be cancelled`;
}
