import { type Ledger, type NewReceipt, storeReceipts } from "@hikyaku/ledger";
import type { ParkedList } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";

interface Waiting {
  readonly receipts: readonly NewReceipt[];
  readonly resolve: () => void;
  readonly reject: (err: unknown) => void;
}

/** Thrown when neither store took a notification; the carrier must be asked to send it again. */
export class NoStoreError extends Error {
  readonly code = "NO_STORE";
  constructor(cause: unknown) {
    super("neither PostgreSQL nor Redis took the notification", { cause });
    this.name = "NoStoreError";
  }
}

const batchLimit = 500;
/** After the ledger failed or was late, notifications go to Redis at once for this long before it is tried again. */
const ledgerRestMs = 1_000;

/**
 * Makes notifications durable inside the carrier's time: in the ledger, many in one statement, or, when the ledger does
 * not answer within its share of the budget, in a Redis list that is drained to the ledger later. A notification that
 * reaches both is recognised as a repeat.
 */
export function createReceiptStore(deps: {
  ledger: Ledger;
  parked: ParkedList;
  ledgerBudgetMs: number;
  log: Logger;
  now?: () => number;
}) {
  const now = deps.now ?? Date.now;
  let waiting: Waiting[] = [];
  let running = false;
  let restUntil = 0;

  const run = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, batchLimit);
      waiting = waiting.slice(batchLimit);
      try {
        await storeReceipts(
          deps.ledger.sql,
          batch.flatMap((entry) => entry.receipts),
        );
        for (const entry of batch) entry.resolve();
      } catch (err) {
        for (const entry of batch) entry.reject(err);
      }
    }
    running = false;
  };

  const intoLedger = (receipts: readonly NewReceipt[]): Promise<void> =>
    new Promise((resolve, reject) => {
      waiting.push({ receipts, resolve, reject });
      if (!running) void run();
    });

  const inTime = async (work: Promise<void>): Promise<void> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`the ledger did not answer within ${deps.ledgerBudgetMs} ms`)),
        deps.ledgerBudgetMs,
      );
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    /** Resolves once the notification is durable; answers where. Rejects with {@link NoStoreError}. */
    async store(receipts: readonly NewReceipt[]): Promise<"ledger" | "redis"> {
      let ledgerFault: unknown = new Error("the ledger is resting after a fault");
      if (now() >= restUntil) {
        const work = intoLedger(receipts);
        // When Redis has answered first, nobody waits for this any more; its failure is no news then.
        work.catch(() => {});
        try {
          await inTime(work);
          return "ledger";
        } catch (err) {
          ledgerFault = err;
          restUntil = now() + ledgerRestMs;
          deps.log.error({ err }, "notification kept in Redis: the ledger did not take it in time");
        }
      }
      try {
        await deps.parked.park(JSON.stringify(receipts));
        return "redis";
      } catch (err) {
        throw new NoStoreError(new AggregateError([ledgerFault, err]));
      }
    },
  };
}

export type ReceiptStore = ReturnType<typeof createReceiptStore>;

/** Brings notifications kept in Redis into the ledger; answers how many. Safe in any number of processes. */
export async function drainParkedReceipts(deps: { ledger: Ledger; parked: ParkedList }): Promise<number> {
  let written = 0;
  for (;;) {
    const taken = await deps.parked.take(batchLimit);
    if (taken.length === 0) return written;
    const receipts = taken.flatMap(({ json }) => (JSON.parse(json) as NewReceipt[]).map(revived));
    await storeReceipts(deps.ledger.sql, receipts);
    await deps.parked.drop(taken);
    written += receipts.length;
  }
}

function revived(receipt: NewReceipt): NewReceipt {
  return {
    ...receipt,
    receivedAt: new Date(receipt.receivedAt),
    eventAt: receipt.eventAt ? new Date(receipt.eventAt) : null,
  };
}
