/** A moment at which this process may start one request. */
export interface Slot {
  /** Its place in the pace, local ms. */
  at: number;
  /** Not to be started before, local ms: later than `at` where it follows a start that was late (`late-starts.ts`). */
  dueAt: number;
  /** `at` by Redis's time, by which all processes know it. */
  paceAt: number;
}

/** The slots of this process, in the order in which they are due. */
export interface SlotLine {
  add(slots: readonly Slot[]): void;
  /** Takes the first slot if it is due at `now`. */
  takeDue(now: number): Slot | undefined;
  /** Takes out the slots that are gone by for good. */
  takePassed(now: number): Slot[];
  /** Slots that wait for longer than their own time. */
  delayed(now: number): number;
  clear(): void;
  /** The `index`-th of them. */
  at(index: number): Slot | undefined;
  readonly length: number;
}

/** Timers have a grain of 1 ms; waiting for the rest of one would only make the start late. */
const earlyMs = 0.6;

/** @param latestMs a slot that is not used for so long after its own time is gone */
export function createSlotLine({ latestMs }: { latestMs: number }): SlotLine {
  let slots: Slot[] = [];
  return {
    add(more) {
      const last = slots.at(-1)?.dueAt ?? -Infinity;
      slots.push(...more);
      if (more.some(({ dueAt }, index) => dueAt < (more[index - 1]?.dueAt ?? last)))
        slots.sort((a, b) => a.dueAt - b.dueAt);
    },
    takeDue(now) {
      const [first] = slots;
      return first !== undefined && first.dueAt <= now + earlyMs ? slots.shift() : undefined;
    },
    takePassed(now) {
      const isPassed = ({ at }: Slot): boolean => at + latestMs < now;
      const passed = slots.filter(isPassed);
      if (passed.length > 0) slots = slots.filter((slot) => !isPassed(slot));
      return passed;
    },
    delayed: (now) => slots.reduce((count, { at, dueAt }) => (dueAt > at && dueAt > now ? count + 1 : count), 0),
    clear() {
      slots = [];
    },
    at: (index) => slots[index],
    get length() {
      return slots.length;
    },
  };
}
