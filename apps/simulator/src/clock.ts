import { createDueQueue } from "./due-queue.ts";

/** The simulator's own time: real time plus whatever was added by `advance`. Every timestamp on the wire comes from here. */
export interface SimClock {
  /** Simulated milliseconds since the epoch. */
  now(): number;
  /**
   * Runs `run` once the clock reaches `atMs`. It is given the due time, not the moment it happened to run, so that
   * timestamps stay exact when the clock jumps over many events at once.
   */
  schedule(atMs: number, run: (atMs: number) => void): void;
  /** Jumps forward and runs everything that fell due, in order of due time. Returns the new time. */
  advance(ms: number): number;
  /** Forgets everything scheduled and returns to real time. */
  reset(): void;
  close(): void;
}

// setTimeout fires at once when asked for more than 31 bits of milliseconds.
const longestTimerMs = 2_147_483_647;

export function createClock(): SimClock {
  const queue = createDueQueue<(atMs: number) => void>();
  let offsetMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let wakesAt = Number.POSITIVE_INFINITY;
  let running = false;
  let closed = false;

  const now = () => Date.now() + offsetMs;

  function sleep(): void {
    const due = queue.nextDue();
    if (closed || running || due === undefined || due >= wakesAt) return;
    clearTimeout(timer);
    wakesAt = due;
    timer = setTimeout(runDue, Math.min(Math.max(due - now(), 0), longestTimerMs));
  }

  function runDue(): void {
    wakesAt = Number.POSITIVE_INFINITY;
    running = true;
    try {
      for (let entry = queue.take(now()); entry !== undefined; entry = queue.take(now())) entry.value(entry.due);
    } finally {
      running = false;
      sleep();
    }
  }

  return {
    now,
    schedule(atMs, run) {
      if (closed) return;
      queue.add(atMs, run);
      sleep();
    },
    advance(ms) {
      offsetMs += ms;
      clearTimeout(timer);
      runDue();
      return now();
    },
    reset() {
      queue.clear();
      offsetMs = 0;
      clearTimeout(timer);
      wakesAt = Number.POSITIVE_INFINITY;
    },
    close() {
      closed = true;
      queue.clear();
      clearTimeout(timer);
    },
  };
}
