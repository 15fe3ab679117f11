import { type Ledger, type RecordedResult, recordOutcomes } from "@hikyaku/ledger";
import type { ParkedList } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";

interface Waiting {
  readonly result: RecordedResult;
  readonly kept: () => void;
}

/** More than this in one statement gains nothing and holds row locks longer. */
const batchLimit = 200;
const retryMs = 500;

/**
 * Writes what attempts came to into the ledger, many in one statement: while one statement runs, the next batch gathers.
 *
 * `add` resolves once the result is safe: in the ledger, or, when the ledger does not take it, parked in Redis, from
 * where {@link drainParkedOutcomes} writes it later. With both stores away it goes on trying; an accepted message is
 * never forgotten and never sent again.
 */
export function createRecorder(deps: {
  ledger: Ledger;
  parked: ParkedList;
  route: string;
  worker: string;
  log: Logger;
  metrics: Metrics;
}) {
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;

  const record = async (batch: readonly Waiting[]): Promise<void> => {
    const results = batch.map((entry) => entry.result);
    for (;;) {
      try {
        const { conflicting } = await recordOutcomes(deps.ledger.sql, { worker: deps.worker, results });
        for (const conflict of conflicting) {
          deps.log.error({ route: deps.route, ...conflict }, "a late answer names another id than the adopted one");
        }
        return;
      } catch (err) {
        deps.log.error({ err, route: deps.route, count: results.length }, "ledger did not take outcomes");
      }
      try {
        for (const result of results) await deps.parked.park(JSON.stringify(result));
        deps.metrics.parkedOutcomes.inc({ route: deps.route }, results.length);
        return;
      } catch (err) {
        deps.log.error(
          { err, route: deps.route, count: results.length },
          "outcomes could not be parked in Redis either",
        );
      }
      await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
  };

  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchLimit);
      waiting = waiting.slice(batchLimit);
      await record(batch);
      for (const entry of batch) entry.kept();
    }
    running = null;
  };

  return {
    add(result: RecordedResult): Promise<void> {
      return new Promise((kept) => {
        waiting.push({ result, kept });
        // Starting in a microtask lets all results of one turn of the event loop share a statement.
        running ??= Promise.resolve().then(run);
      });
    },
    /** Resolves when nothing waits to be written. */
    async drain(): Promise<void> {
      while (running) await running;
    },
  };
}

export type Recorder = ReturnType<typeof createRecorder>;

/**
 * Brings parked outcomes of a route into the ledger; answers how many. Safe to run in any number of processes and to
 * repeat: recording the same outcome again changes nothing.
 */
export async function drainParkedOutcomes(deps: {
  ledger: Ledger;
  parked: ParkedList;
  worker: string;
}): Promise<number> {
  let written = 0;
  for (;;) {
    const taken = await deps.parked.take(batchLimit);
    if (taken.length === 0) return written;
    await recordOutcomes(deps.ledger.sql, { worker: deps.worker, results: taken.map(({ json }) => revived(json)) });
    await deps.parked.drop(taken);
    written += taken.length;
  }
}

function revived(json: string): RecordedResult {
  const result = JSON.parse(json) as RecordedResult;
  const { at, reservedAt } = result;
  return {
    ...result,
    ...(at ? { at: new Date(at) } : {}),
    ...(reservedAt ? { reservedAt: new Date(reservedAt) } : {}),
  };
}
