/** Moments at which something arrived, kept exactly enough to name the busiest second there ever was. */
export interface ArrivalLog {
  /** `atMs` is a monotonic time; entries may come slightly out of order. */
  add(atMs: number): void;
  count(): number;
  first(): number | undefined;
  last(): number | undefined;
  /** The largest number of arrivals in any window of 1,000 ms, wherever it starts. */
  worstSecond(): number;
}

// 16 MB. A longer log is folded: the worst second so far is kept as a number, the last seconds as they are.
const foldAt = 2_097_152;
const keptWhenFoldingMs = 60_000;

export function createArrivalLog(): ArrivalLog {
  let times = new Float64Array(1024);
  let length = 0;
  let count = 0;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let worstOfFolded = 0;

  function makeRoom(): void {
    if (length >= foldAt) {
      const sorted = times.slice(0, length).sort();
      worstOfFolded = Math.max(worstOfFolded, worstWindow(sorted));
      const recent = sorted.filter((at) => at > last - keptWhenFoldingMs);
      if (recent.length < length / 2) {
        times.set(recent);
        length = recent.length;
        return;
      }
    }
    const larger = new Float64Array(times.length * 2);
    larger.set(times);
    times = larger;
  }

  return {
    add(atMs) {
      if (length === times.length) makeRoom();
      times[length++] = atMs;
      count++;
      if (atMs < first) first = atMs;
      if (atMs > last) last = atMs;
    },
    count: () => count,
    first: () => (count === 0 ? undefined : first),
    last: () => (count === 0 ? undefined : last),
    worstSecond: () => Math.max(worstOfFolded, worstWindow(times.slice(0, length).sort())),
  };
}

function worstWindow(sorted: Float64Array): number {
  let worst = 0;
  let oldest = 0;
  for (let newest = 0; newest < sorted.length; newest++) {
    const at = sorted[newest] as number;
    while (at - (sorted[oldest] as number) >= 1000) oldest++;
    worst = Math.max(worst, newest - oldest + 1);
  }
  return worst;
}
