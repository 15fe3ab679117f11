/**
 * How far the pace keeps from the limit, and why it is not one number. A gateway that counts any sliding second sees a late
 * start in windows that do not hold its slot. At any moment w a window that begins there holds the starts of its own slots and
 * of those that were overdue at w; so what has to stay small is the number of slots that are overdue at a moment, over all
 * processes, and the pace leaves room for so many: a margin of m ms spreads the slots of one second over 1,000 + m ms.
 *
 * A process therefore lets a start be a little late, and keeps a few slots longer than that, but no more than its part of what the
 * margin has room for; the rest it drops. On machines with time to spare 16 ms in each second is plenty. Where the cores are busy,
 * dropping what is over it would cost most of the rate, while a greater distance costs a few percent.
 */
export const marginsMs = [16, 32, 64, 112] as const;

/** Part of the margin that is left for the network and the gateway's own loop. */
const onTheWayMs = 10;
/** The same, of the slots that the margin has room for. */
const onTheWayShare = 0.25;
/** Later than this no start belongs to its slot any more. */
export const longestWaitMs = 100;

/** How late a start may come for its slot, whatever else is late. */
export function toleratedMs(marginMs: number): number {
  return marginMs - onTheWayMs;
}

/**
 * How many slots a process may keep beyond {@link toleratedMs}. With little room one process may use it alone: two are seldom
 * late in the same moment, and a 503 that comes of it costs a fiftieth of the pace for a second.
 */
export function toleratedSlots(marginMs: number, intervalMs: number, participants: number): number {
  const room = (marginMs / intervalMs) * (1 - onTheWayShare);
  return Math.round(Math.max(room / participants, Math.floor(Math.min(room, 1))));
}

/** Lateness of this process's starts in the last seconds. */
export interface Lateness {
  /**
   * A slot that was used so late, or was dropped though someone would have needed it. `behind`: the slots that were overdue then
   * and came after it, itself among them.
   */
  add(now: number, lateMs: number, behind: number): void;
  /** The margin that would lose least: what it takes from the rate, and the slots that it would have dropped. */
  bestMarginMs(now: number, toleratedSlotsAt: (marginMs: number) => number): number;
}

const lookBackMs = 5_000;
/** Fewer say nothing. */
const enough = 20;

export function createLateness(): Lateness {
  let seen: { at: number; lateMs: number; behind: number }[] = [];
  return {
    add(now, lateMs, behind) {
      seen.push({ at: now, lateMs, behind });
    },
    bestMarginMs(now, toleratedSlotsAt) {
      seen = seen.filter(({ at }) => at > now - lookBackMs);
      if (seen.length < enough) return marginsMs[0];
      const loss = (marginMs: number): number => {
        const late = toleratedMs(marginMs);
        const slots = toleratedSlotsAt(marginMs);
        const dropped = seen.filter(
          ({ lateMs, behind }) => lateMs > late && (behind > slots || lateMs > longestWaitMs),
        ).length;
        return marginMs / 1_000 + dropped / seen.length;
      };
      return marginsMs.reduce<number>((best, each) => (loss(each) < loss(best) ? each : best), marginsMs[0]);
    },
  };
}
