/**
 * The states of a reservation (guide, reservations; protocol notes §10.2). `isOver`: nothing more will happen to it. `wasSent`: its messages
 * are under way and are followed like any other; it does not mean delivered.
 */
export const reservationStates = {
  READY: { means: "waiting", isOver: false, wasSent: false, next: ["PROCESSING", "CANCELED"] },
  PROCESSING: { means: "being sent", isOver: false, wasSent: false, next: ["DONE", "FAIL", "STALE", "SKIP"] },
  CANCELED: { means: "cancelled", isOver: true, wasSent: false, next: [] },
  FAIL: { means: "the request failed", isOver: true, wasSent: false, next: [] },
  DONE: { means: "handed over", isOver: true, wasSent: true, next: [] },
  STALE: { means: "failed: its time had passed", isOver: true, wasSent: false, next: [] },
  SKIP: { means: "failed: the service does not exist any more", isOver: true, wasSent: false, next: [] },
} as const;

export type ReservationState = keyof typeof reservationStates;

/** The state of the carrier's word, or undefined for a word nobody knows. */
export function reservationStateOf(word: string): ReservationState | undefined {
  return Object.hasOwn(reservationStates, word) ? (word as ReservationState) : undefined;
}
