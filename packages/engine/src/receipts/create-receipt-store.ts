import { setTimeout as delay } from "node:timers/promises";
import { type Ledger, type NewReceipt, rehearseReceipts, storeReceipts } from "@hikyaku/ledger";
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

class LateError extends Error {
  constructor(budgetMs: number) {
    super(`the ledger did not answer within ${budgetMs} ms`);
    this.name = "LateError";
  }
}

const batchLimit = 500;
/** After the ledger refused or was late, it is tried again so often, and notifications go to Redis at once until it takes one in time. */
const ledgerRestMs = 1_000;
/** More than this waiting for a ledger that hangs would only fill the memory; the rest goes to Redis at once. */
const waitingLimit = 2_000;

/**
 * Makes notifications durable inside the carrier's time: in the ledger, many in one statement, or, when the ledger does
 * not answer within its share of the budget, in a Redis list that is drained to the ledger later.
 *
 * A ledger that is late goes on storing what it was given, and what it has stored is taken out of Redis again: so a
 * Redis that is lost in such a moment takes nothing with it.
 */
export function createReceiptStore(deps: { ledger: Ledger; parked: ParkedList; ledgerBudgetMs: number; log: Logger }) {
  let waiting: Waiting[] = [];
  let running = false;
  let isResting = false;
  /** The newest that came meanwhile: one that the ledger would never take must not keep it away for ever. */
  let rehearsed: readonly NewReceipt[] = [];
  let closed = false;

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
      timer = setTimeout(() => reject(new LateError(deps.ledgerBudgetMs)), deps.ledgerBudgetMs);
    });
    try {
      await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };

  /**
   * One rehearsal at a time asks for a ledger that was away; no notification waits for that. Else an outage would
   * cost each of them the whole budget: a driver that connects again and again refuses nothing, it is only late.
   */
  const restLedger = async (): Promise<void> => {
    if (isResting) return;
    isResting = true;
    while (!closed) {
      await delay(ledgerRestMs, undefined, { ref: false });
      const askedAt = performance.now();
      const isTaken = await rehearseReceipts(deps.ledger.sql, asProbes(rehearsed)).then(
        () => true,
        () => false,
      );
      if (isTaken && performance.now() - askedAt < deps.ledgerBudgetMs) break;
    }
    isResting = false;
  };

  return {
    /**
     * As `store`, with nothing kept: for who only wants to know whether it would be taken, and how fast. Answers where it would
     * be. Rejects with {@link NoStoreError}.
     */
    async rehearse(receipts: readonly NewReceipt[]): Promise<"ledger" | "redis"> {
      try {
        await inTime(rehearseReceipts(deps.ledger.sql, asProbes(receipts)));
        return "ledger";
      } catch (ledgerFault) {
        try {
          await deps.parked.count();
          return "redis";
        } catch (err) {
          throw new NoStoreError(new AggregateError([ledgerFault, err]));
        }
      }
    },

    /** Resolves once the notification is durable; answers where. Rejects with {@link NoStoreError}. */
    async store(receipts: readonly NewReceipt[]): Promise<"ledger" | "redis"> {
      let ledgerFault: unknown = new Error("the ledger is resting after a fault, or has too much to do");
      let inLedger: Promise<void> | null = null;
      if (!isResting && waiting.length < waitingLimit) {
        inLedger = intoLedger(receipts);
        try {
          await inTime(inLedger);
          return "ledger";
        } catch (err) {
          ledgerFault = err;
          void restLedger();
          deps.log.warn({ err }, "notification kept in Redis: the ledger did not take it in time");
        }
      }
      rehearsed = receipts;
      const json = JSON.stringify(receipts);
      const parking = deps.parked.park(json);
      inLedger?.then(
        () => parking.then(() => deps.parked.drop([{ json }])).catch(() => {}),
        // The ledger's failure is no news: Redis has it, or the carrier was asked to repeat.
        () => {},
      );
      try {
        await parking;
        return "redis";
      } catch (err) {
        throw new NoStoreError(new AggregateError([ledgerFault, err]));
      }
    },

    /** Asks no longer for a ledger that is away. */
    close(): void {
      closed = true;
    },
  };
}

/** What is stored and taken out again in one transaction, and repeats nothing that is there. */
function asProbes(receipts: readonly NewReceipt[]): NewReceipt[] {
  return receipts.map((receipt) => ({ ...receipt, dedupeKey: `probe:${receipt.id}` }));
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
