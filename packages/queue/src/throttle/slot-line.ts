/** Moments (local ms) at which this process may start one request each, in their order. */
export interface SlotLine {
  add(slots: readonly number[]): void;
  /** Takes a slot that is due at `now`, if there is one. */
  takeDue(now: number): boolean;
  /** Forgets the slots that are gone by, and says how many. */
  dropPassed(now: number): number;
  clear(): void;
  /** When the next may be used; undefined when there is none. */
  next(): number | undefined;
  /** The `index`-th of them, to tell a permit its likely start. */
  at(index: number): number | undefined;
  readonly length: number;
}

/**
 * How late a start may come. A gateway that counts any sliding second sees a late start in windows that do not hold its
 * slot, so lateness is paid from the distance between pace and limit (`paceShare`); what comes later must wait for another slot.
 */
export const toleratedLatenessMs = 6;

/** Timers have a grain of 1 ms; waiting for the rest of one would only make the start late. */
const earlyMs = 0.6;

export function createSlotLine(): SlotLine {
  let slots: number[] = [];
  return {
    add(more) {
      const last = slots.at(-1) ?? -Infinity;
      slots.push(...more);
      // Answers of Redis may refine the clock between two leases; then their edges may overlap.
      if ((more[0] ?? Infinity) < last) slots.sort((a, b) => a - b);
    },
    takeDue(now) {
      const [first] = slots;
      if (first === undefined || first > now + earlyMs) return false;
      slots.shift();
      return true;
    },
    dropPassed(now) {
      let passed = 0;
      while ((slots[passed] ?? Infinity) < now - toleratedLatenessMs) passed++;
      if (passed > 0) slots = slots.slice(passed);
      return passed;
    },
    clear() {
      slots = [];
    },
    next: () => slots[0],
    at: (index) => slots[index],
    get length() {
      return slots.length;
    },
  };
}
