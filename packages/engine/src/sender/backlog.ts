import type { DeliveryWindow } from "@hikyaku/core";
import type { SendLane } from "./lane.ts";

/** One message that this process holds a job for and has not claimed yet. */
export interface BacklogEntry {
  readonly id: string;
  /** All must be open for it to go out; those of a single message are known when it is claimed. */
  readonly windows: readonly DeliveryWindow[];
  readonly lane: SendLane;
  /** Tells the entry's job that it is through with this message; `left` = untouched, to be queued again. */
  readonly settle: (how: "done" | "left") => void;
}

/**
 * What waits inside this process for a permit: single messages before campaign messages, each first come, first served.
 * Kept short on purpose (a few permits' worth), because what waits here cannot be overtaken by another process.
 */
export function createBacklog() {
  const lanes: Record<SendLane, BacklogEntry[]> = { single: [], campaign: [] };
  // Reading from a head index and compacting now and then: shift() on a long array costs as much as it is long.
  const heads: Record<SendLane, number> = { single: 0, campaign: 0 };
  let wake: (() => void) | null = null;

  const size = (lane: SendLane) => lanes[lane].length - heads[lane];
  const takeFrom = (lane: SendLane, max: number): BacklogEntry[] => {
    const taken = lanes[lane].slice(heads[lane], heads[lane] + max);
    heads[lane] += taken.length;
    if (heads[lane] > 512 && heads[lane] * 2 > lanes[lane].length) {
      lanes[lane] = lanes[lane].slice(heads[lane]);
      heads[lane] = 0;
    }
    return taken;
  };

  return {
    add(entries: readonly BacklogEntry[]): void {
      for (const entry of entries) lanes[entry.lane].push(entry);
      wake?.();
      wake = null;
    },
    get size(): number {
      return size("single") + size("campaign");
    },
    /** The lane the next taken entry comes from; null when nothing waits. */
    nextLane(): SendLane | null {
      if (size("single") > 0) return "single";
      return size("campaign") > 0 ? "campaign" : null;
    },
    take(max: number): BacklogEntry[] {
      const first = takeFrom("single", max);
      return first.length < max ? first.concat(takeFrom("campaign", max - first.length)) : first;
    },
    /** Resolves when something waits, or when `poke` is called. */
    async waiting(): Promise<void> {
      if (size("single") + size("campaign") > 0) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    },
    poke(): void {
      wake?.();
      wake = null;
    },
  };
}

export type Backlog = ReturnType<typeof createBacklog>;
