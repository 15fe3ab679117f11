/** A moment at which this process may start one request. */
export interface Slot {
  /** Local ms. */
  at: number;
  /** How late the start may come, whatever else is late. */
  toleratedMs: number;
  /** How many slots may be kept beyond that. */
  toleratedSlots: number;
}

/** The slots of this process, in their order. */
export interface SlotLine {
  add(slots: readonly Slot[]): void;
  /** Takes the first slot if it is due at `now`. */
  takeDue(now: number): Slot | undefined;
  /**
   * Takes out the slots that are gone by. The newest of those that are late stay, as many as may be late and are `wanted`, for no
   * longer than `longestWaitMs`.
   */
  takePassed(now: number, wanted: number): Slot[];
  /** Slots whose time has come. */
  overdue(now: number): number;
  clear(): void;
  /** The `index`-th of them. */
  at(index: number): Slot | undefined;
  readonly length: number;
}

/** Timers have a grain of 1 ms; waiting for the rest of one would only make the start late. */
const earlyMs = 0.6;

export function createSlotLine({ longestWaitMs }: { longestWaitMs: number }): SlotLine {
  let slots: Slot[] = [];
  const before = (isBefore: (slot: Slot) => boolean): number => {
    const first = slots.findIndex((slot) => !isBefore(slot));
    return first === -1 ? slots.length : first;
  };
  return {
    add(more) {
      const last = slots.at(-1)?.at ?? -Infinity;
      slots.push(...more);
      // Answers of Redis may refine the clock between two leases; then their edges may overlap.
      if ((more[0]?.at ?? Infinity) < last) slots.sort((a, b) => a.at - b.at);
    },
    takeDue(now) {
      const [first] = slots;
      return first !== undefined && first.at <= now + earlyMs ? slots.shift() : undefined;
    },
    takePassed(now, wanted) {
      const late = before(({ at, toleratedMs }) => at + toleratedMs < now);
      if (late === 0) return [];
      const mayStay = Math.min(wanted, slots[late - 1]?.toleratedSlots ?? 0);
      const tooLate = before(({ at }) => at < now - longestWaitMs);
      return slots.splice(0, Math.min(late, Math.max(late - mayStay, tooLate)));
    },
    overdue: (now) => before(({ at }) => at <= now),
    clear() {
      slots = [];
    },
    at: (index) => slots[index],
    get length() {
      return slots.length;
    },
  };
}
