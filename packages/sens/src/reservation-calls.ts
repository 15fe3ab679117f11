import type { CarrierReservation, NoAnswer, ReservationCalls } from "@hikyaku/core";
import type { CallAnswer } from "./call-answer.ts";
import {
  cancelFault,
  cancelReservation,
  type Reservation,
  type ReservationContext,
  readReservation,
} from "./reservation.ts";
import { reservationStateOf, reservationStates } from "./reservation-states.ts";

/** Reservations of a route as the rest of the system sees them. By the gateway's clock, as far as it is known. */
export function reservationCalls(context: ReservationContext): ReservationCalls {
  return {
    async read(reserveId) {
      const answer = await readReservation(reserveId, context);
      if (answer.kind === "ok") {
        const now = new Date(Date.now() + context.caller.offsetMs());
        return { kind: "reservation", reservation: toldOf(answer.value, now) };
      }
      return answer.kind === "nothing" ? notKnown(answer.reason) : noAnswer(answer);
    },
    async cancel(reserveId) {
      const answer = await cancelReservation(reserveId, context);
      switch (answer.kind) {
        case "ok":
          return { kind: "cancelled" };
        case "nothing":
          return notKnown(answer.reason);
        case "refused":
          return { kind: "refused", reason: answer.reason };
        default:
          return answer;
      }
    },
  };
}

function toldOf(reservation: Reservation, now: Date): CarrierReservation {
  const { state } = reservation;
  const known = reservationStateOf(state);
  const facts = known === undefined ? null : reservationStates[known];
  const hasFailed = facts?.isOver === true && !facts.wasSent;
  return {
    ...reservation,
    means: facts?.means ?? "a state that is not known here",
    ended: known === "CANCELED" ? "cancelled" : hasFailed ? "failed" : null,
    cancelFault: cancelFault(reservation, now),
  };
}

function notKnown(reason: string): { kind: "not-known"; reason: string } {
  return { kind: "not-known", reason };
}

/** A reservation id that SENS calls wrong is none of its own. */
function noAnswer(answer: Exclude<CallAnswer<unknown>, { kind: "ok" | "nothing" }>): NoAnswer {
  return answer.kind === "refused" ? { kind: "not-available", reason: answer.reason } : answer;
}
