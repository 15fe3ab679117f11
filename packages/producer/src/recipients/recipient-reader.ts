import { setImmediate } from "node:timers/promises";

/** Rows of a source, a handful at a time; the source is read no faster than they are taken. */
export interface RecipientReader<Row> {
  /** `count` rows, and fewer only at the end. Throws the signal's reason when it is aborted. */
  read(count: number): Promise<Row[]>;
  /** Lets the source go: a stream that was not read to its end is destroyed. */
  close(): Promise<void>;
}

/** Rows read in one go; then the event loop has its turn, also when the source never waits for anything. */
export const rowsPerRead = 1_000;

export function openRecipients<Row>(
  source: Iterable<Row> | AsyncIterable<Row>,
  signal?: AbortSignal,
): RecipientReader<Row> {
  let iterator: Iterator<Row> | AsyncIterator<Row> | undefined;
  let ended = false;
  let reading: Promise<unknown> = Promise.resolve();

  function keep(next: IteratorResult<Row>, rows: Row[]): void {
    if (next.done) ended = true;
    else rows.push(next.value);
  }

  async function readRows(count: number): Promise<Row[]> {
    await setImmediate();
    const rows: Row[] = [];
    // Waiting for a value that is there already would double the cost of reading an array.
    if (Symbol.asyncIterator in source) {
      const from = source[Symbol.asyncIterator];
      iterator ??= from.call(source);
      while (!ended && rows.length < count) keep(await iterator.next(), rows);
    } else {
      const values = (iterator ?? source[Symbol.iterator]()) as Iterator<Row>;
      iterator = values;
      while (!ended && rows.length < count) keep(values.next(), rows);
    }
    return rows;
  }

  return {
    async read(count) {
      signal?.throwIfAborted();
      if (ended) return [];
      const rows = readRows(count);
      reading = rows;
      return await (signal ? orAborted(rows, signal) : rows);
    },
    async close() {
      // Only matters after an abort: nobody waits for the source any more, and its end is nobody's news.
      reading.catch(() => {});
      if (ended || !iterator?.return) return;
      const returned = Promise.resolve(iterator.return()).catch(() => {});
      if (!signal?.aborted) await returned;
    },
  };
}

/**
 * The rows, or the signal's reason as soon as it is aborted. One listener for each wait: a promise that lasts for the whole
 * import would keep every batch that was ever raced against it.
 */
async function orAborted<T>(rows: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    stop = () => signal.removeEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([rows, aborted]);
  } finally {
    stop();
  }
}
