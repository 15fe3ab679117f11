import type { NoAnswer } from "./provider.ts";

/** A request that the carrier has taken and carries out later, as the carrier tells of it. */
export interface CarrierReservation {
  /** The carrier's id of the request, {@link Accepted.providerOrderId}. */
  reserveId: string;
  /** The carrier's own word. */
  state: string;
  /** The same for people to read. */
  means: string;
  /** When it is carried out; null when the carrier's time can't be read. */
  reservedAt: Date | null;
  /** IANA name; null when the carrier names none. */
  timeZone: string | null;
  /** It ended, and none of its messages will ever go out. `cancelled`: as somebody wished. */
  ended: "cancelled" | "failed" | null;
  /** Why it can't be cancelled (any more), or null. */
  cancelFault: string | null;
}

export type ReservationAnswer =
  | { kind: "reservation"; reservation: CarrierReservation }
  /** The carrier has none of this id. */
  | { kind: "not-known"; reason: string }
  | NoAnswer;

export type CancelAnswer =
  | { kind: "cancelled" }
  | { kind: "not-known"; reason: string }
  /** It goes out, or is over already. */
  | { kind: "refused"; reason: string }
  | NoAnswer;

/** One call each, paced by the caller; they never throw. Cancelling twice changes nothing. */
export interface ReservationCalls {
  read(reserveId: string): Promise<ReservationAnswer>;
  /** All of it, for good. A caller sees {@link CarrierReservation.cancelFault} before. */
  cancel(reserveId: string): Promise<CancelAnswer>;
}
