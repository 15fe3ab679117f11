import type { SimClock } from "../clock.ts";
import { nothingFound, type Refusal, sensError } from "./refusal.ts";
import { withOffset } from "./times.ts";

export const reservationEnds = ["DONE", "FAIL", "STALE", "SKIP"] as const;
export type ReservationEnd = (typeof reservationEnds)[number];

export interface Reservation {
  readonly reserveId: string;
  readonly atMs: number;
  readonly timeZone: string;
  state: "READY" | "PROCESSING" | "CANCELED" | ReservationEnd;
  /** What its time will bring; chosen through the admin API. */
  ends: ReservationEnd;
}

const cancelAheadMs = 10 * 60_000;
const processingMs = 200;

/** Reserved sends of one service (protocol notes §10). */
export function createReservations(clock: SimClock) {
  const known = new Map<string, Reservation>();
  return {
    /** `send` makes the messages, under the reservation's own id. */
    add(reserveId: string, { atMs, timeZone }: { atMs: number; timeZone: string }, send: (atMs: number) => void): void {
      const reservation: Reservation = { reserveId, atMs, timeZone, state: "READY", ends: "DONE" };
      known.set(reserveId, reservation);
      clock.schedule(atMs, () => {
        if (reservation.state !== "READY") return;
        reservation.state = "PROCESSING";
        clock.schedule(atMs + processingMs, (doneMs) => {
          reservation.state = reservation.ends;
          if (reservation.ends === "DONE") send(doneMs);
        });
      });
    },
    get: (reserveId: string) => known.get(reserveId),
    all: () => [...known.values()],
    /** Undefined when it was cancelled (204). Only READY, and not within 10 minutes of its time. */
    cancel(reserveId: string): Refusal | undefined {
      const reservation = known.get(reserveId);
      if (reservation === undefined) return nothingFound;
      if (reservation.state !== "READY") return sensError(400, `reserveStatus is ${reservation.state}`);
      if (reservation.atMs - clock.now() < cancelAheadMs)
        return sensError(400, "less than 10 minutes before reserveTime");
      reservation.state = "CANCELED";
      return undefined;
    },
    reset: () => known.clear(),
  };
}

export type Reservations = ReturnType<typeof createReservations>;

export function shownReservation({ reserveId, atMs, timeZone, state }: Reservation) {
  return { reserveId, reserveTimeZone: timeZone, reserveTime: withOffset(atMs, timeZone), reserveStatus: state };
}
