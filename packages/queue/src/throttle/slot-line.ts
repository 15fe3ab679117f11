/** A moment at which this process may start one request. */
export interface Slot {
  /** Local ms. */
  at: number;
  /** How late the start may come. */
  toleratedMs: number;
}

/** The slots of this process, in their order. */
export interface SlotLine {
  add(slots: readonly Slot[]): void;
  /** Takes the first slot if it is due at `now`. */
  takeDue(now: number): Slot | undefined;
  /** Takes out the slots that are gone by. */
  takePassed(now: number): Slot[];
  clear(): void;
  /** The `index`-th of them. */
  at(index: number): Slot | undefined;
  readonly length: number;
}

/** Timers have a grain of 1 ms; waiting for the rest of one would only make the start late. */
const earlyMs = 0.6;

export function createSlotLine(): SlotLine {
  let slots: Slot[] = [];
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
    takePassed(now) {
      const firstLeft = slots.findIndex(({ at, toleratedMs }) => at + toleratedMs >= now);
      return slots.splice(0, firstLeft === -1 ? slots.length : firstLeft);
    },
    clear() {
      slots = [];
    },
    at: (index) => slots[index],
    get length() {
      return slots.length;
    },
  };
}
