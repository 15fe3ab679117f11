/**
 * How far the pace keeps from the limit, and why it is not one number. A gateway that counts any sliding second sees a late
 * start in windows that do not hold its slot; so how late a start may come is paid from this distance, for all processes.
 * On machines with time to spare 16 ms in each second is plenty. Where the cores are busy, starts come 10 to 50 ms late, and
 * dropping them all would cost most of the rate, while a greater distance costs a few percent.
 *
 * A margin of m ms: the slots of one second are spread over 1,000 + m ms.
 *
 * Measured with four processes against a gateway that counts any sliding second, on 2 cores, 16 ms: 98.3 of 100 and 984 of
 * 1,000 accepted a second, worst sliding second 99 and 993, no 503 in 16,682 requests. 12 ms were not enough (worst second
 * 1,001 of 1,000; and one 503 halves the rate). With four times more work than cores, all margins fixed at 16 ms gave 50 to
 * 70 % of the limit, chosen as here 90 to 97 %, still without a 503.
 */
export const marginsMs = [16, 32, 64, 112] as const;

/** Part of the margin that is left for the network and the gateway's own loop. */
const onTheWayMs = 10;

/** How late a start may come for its slot. */
export function toleratedMs(marginMs: number): number {
  return marginMs - onTheWayMs;
}

/** Lateness of this process's starts in the last seconds. */
export interface Lateness {
  /** A slot that was used so late, or was passed by unused though someone would have needed it. */
  add(now: number, lateMs: number): void;
  /** The margin that would lose least: what it takes from the rate, and the slots that would come too late for it. */
  bestMarginMs(now: number): number;
}

const lookBackMs = 5_000;
/** Fewer say nothing. */
const enough = 20;

export function createLateness(): Lateness {
  let seen: { at: number; lateMs: number }[] = [];
  return {
    add(now, lateMs) {
      seen.push({ at: now, lateMs });
    },
    bestMarginMs(now) {
      seen = seen.filter(({ at }) => at > now - lookBackMs);
      if (seen.length < enough) return marginsMs[0];
      const loss = (marginMs: number): number =>
        marginMs / 1_000 + seen.filter(({ lateMs }) => lateMs > toleratedMs(marginMs)).length / seen.length;
      return marginsMs.reduce<number>((best, each) => (loss(each) < loss(best) ? each : best), marginsMs[0]);
    },
  };
}
