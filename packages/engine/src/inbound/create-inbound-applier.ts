import { applyInbound, type InboundRules, type Ledger } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { type SignalledLoop, startSignalledLoop } from "../process/signalled-loop.ts";

const batchLimit = 200;
const tickMs = 1_000;

/**
 * Brings what end users did from the stored notifications into its own table, with everything that follows from it: at once
 * when told that some came, and once a second for what was left behind by a process that died. Any number of processes may
 * run one. Beside the applier of receipts and not in it: neither waits for the other, nor for the other's fault.
 */
export function createInboundApplier(deps: {
  ledger: Ledger;
  rulesOf: (route: string) => InboundRules;
  log: Logger;
  metrics: Metrics;
}): SignalledLoop {
  return startSignalledLoop({
    async run(isClosing) {
      while (!isClosing()) {
        const { taken, applied } = await applyInbound(deps.ledger.sql, { limit: batchLimit, rulesOf: deps.rulesOf });
        for (const { route, event, wordKind } of applied) {
          deps.metrics.inbound.inc({ route, event });
          if (wordKind !== null) deps.metrics.replyWords.inc({ route, kind: wordKind });
        }
        if (taken < batchLimit) return;
      }
    },
    tickMs,
    onError: (err) => deps.log.error({ err }, "replies could not be applied; trying again"),
  });
}
