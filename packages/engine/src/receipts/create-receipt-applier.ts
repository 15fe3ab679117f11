import type { Config } from "@hikyaku/config";
import { applyReceipts, type Ledger } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { type SignalledLoop, startSignalledLoop } from "../process/signalled-loop.ts";

const batchLimit = 500;
const tickMs = 1_000;
const parkRetryMs = 500;
/** The longest that carriers try a phone. */
const leastAdoptWithinMs = 72 * 3_600_000;

/**
 * Applies stored notifications to their messages: at once when told that some came, and once a second for those that
 * were parked or left behind by a process that died. Any number of processes may run one.
 */
export function createReceiptApplier(deps: {
  config: Pick<Config, "retention" | "routes">;
  ledger: Ledger;
  log: Logger;
  metrics: Metrics;
  tickMs?: number;
}) {
  const waits = {
    // A receipt for a message that is not known yet (protocol notes §8.2 rule 6).
    parkForMs: deps.config.retention.unmatchedReceiptsMs,
    parkRetryMs,
    // As long as a message of unknown outcome waits for proof, a proof must find it.
    adoptWithinMs: Math.max(
      leastAdoptWithinMs,
      ...Object.values(deps.config.routes).map((route) => route.unknown.reconcileAfterMs),
    ),
  };

  const applyAll = async (isClosing: () => boolean): Promise<void> => {
    while (!isClosing()) {
      const done = await applyReceipts(deps.ledger.sql, { ...waits, limit: batchLimit });
      deps.metrics.receiptsApplied.inc({ result: "applied" }, done.applied);
      deps.metrics.receiptsApplied.inc({ result: "stale" }, done.stale);
      deps.metrics.receiptsApplied.inc({ result: "parked" }, done.parked);
      deps.metrics.receiptsApplied.inc({ result: "adopted" }, done.adopted);
      for (const delayMs of done.delaysMs) deps.metrics.receiptDelaySeconds.observe(delayMs / 1_000);
      if (done.taken < batchLimit) return;
    }
  };
  return startSignalledLoop({
    run: applyAll,
    tickMs: deps.tickMs ?? tickMs,
    onError: (err) => deps.log.error({ err }, "receipts could not be applied; trying again"),
  });
}

export type ReceiptApplier = SignalledLoop;
