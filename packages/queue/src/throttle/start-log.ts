/** The starts of this process in the last second: the last guard against a burst, whatever clocks and timers do. */
export interface StartLog {
  add(now: number): void;
  /** Starts in the second that ends now. */
  count(now: number): number;
}

export function createStartLog(): StartLog {
  let starts: number[] = [];
  let first = 0;
  function forget(now: number): void {
    while ((starts[first] ?? Infinity) <= now - 1_000) first++;
    // Moving the rest down now and then is cheaper than shifting each.
    if (first > 1_024 && first > starts.length / 2) {
      starts = starts.slice(first);
      first = 0;
    }
  }
  return {
    add(now) {
      forget(now);
      starts.push(now);
    },
    count(now) {
      forget(now);
      return starts.length - first;
    },
  };
}
