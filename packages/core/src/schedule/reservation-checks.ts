const minuteMs = 60_000;

/** How often a reservation is asked about: hourly, and in its last two hours every quarter of an hour. */
const reservationChecks = {
  everyMs: 60 * minuteMs,
  nearMs: 120 * minuteMs,
  nearEveryMs: 15 * minuteMs,
} as const;

/**
 * When the carrier is asked next whether a reservation still stands: somebody may have cancelled it in the carrier's own console, and nothing
 * tells of that. Null when its time comes before: then its messages are followed one by one.
 */
export function nextReservationCheckAt({ reservedAt, now }: { reservedAt: Date; now: Date }): Date | null {
  const { everyMs, nearMs, nearEveryMs } = reservationChecks;
  const leftMs = reservedAt.getTime() - now.getTime();
  // What is near by the next hourly check is asked about when it becomes so.
  const waitMs = leftMs <= nearMs ? nearEveryMs : Math.min(everyMs, Math.max(nearEveryMs, leftMs - nearMs));
  return waitMs < leftMs ? new Date(now.getTime() + waitMs) : null;
}
