export interface DueEntry<T> {
  readonly due: number;
  readonly order: number;
  readonly value: T;
}

/** Values by due time, the earliest first; values of the same time keep their order. A binary heap: 100,000 messages wait in it. */
export interface DueQueue<T> {
  add(due: number, value: T): void;
  nextDue(): number | undefined;
  /** The earliest entry, if it is due at `now`. */
  take(now: number): DueEntry<T> | undefined;
  clear(): void;
}

export function createDueQueue<T>(): DueQueue<T> {
  const heap: DueEntry<T>[] = [];
  let order = 0;

  function siftUp(entry: DueEntry<T>): void {
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const above = (index - 1) >> 1;
      const parent = heap[above] as DueEntry<T>;
      if (!isBefore(entry, parent)) break;
      heap[index] = parent;
      index = above;
    }
    heap[index] = entry;
  }

  function siftDown(entry: DueEntry<T>): void {
    let index = 0;
    for (;;) {
      let below = 2 * index + 1;
      if (below >= heap.length) break;
      const right = below + 1;
      if (right < heap.length && isBefore(heap[right] as DueEntry<T>, heap[below] as DueEntry<T>)) below = right;
      const child = heap[below] as DueEntry<T>;
      if (!isBefore(child, entry)) break;
      heap[index] = child;
      index = below;
    }
    heap[index] = entry;
  }

  return {
    add(due, value) {
      siftUp({ due, order: order++, value });
    },
    nextDue: () => heap[0]?.due,
    take(now) {
      const first = heap[0];
      if (first === undefined || first.due > now) return undefined;
      const last = heap.pop() as DueEntry<T>;
      if (heap.length > 0) siftDown(last);
      return first;
    },
    clear() {
      heap.length = 0;
    },
  };
}

function isBefore(a: { due: number; order: number }, b: { due: number; order: number }): boolean {
  return a.due < b.due || (a.due === b.due && a.order < b.order);
}
