import { type Ledger, recordCarrierLegs, recordChecks } from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { AskedStatus } from "./ask-status.ts";

/** More than this in one transaction gains nothing and holds row locks longer. */
const batchLimit = 500;

/**
 * Writes what questions about messages came to. A second leg that the carrier sent stands there before its first is over, so that its
 * campaign is never taken for finished in between, and a crash leaves nothing that is not asked again.
 */
export async function recordAsked(
  deps: { route: string; ledger: Pick<Ledger, "sql">; log: Logger; metrics: Metrics },
  asked: readonly AskedStatus[],
): Promise<void> {
  const { route } = deps;
  const { sql } = deps.ledger;
  let count = 0;
  for (let from = 0; from < asked.length; from += batchLimit) {
    const batch = asked.slice(from, from + batchLimit);
    const legs = batch.flatMap(({ carrierLeg }) => carrierLeg ?? []);
    const recorded = await recordCarrierLegs(
      sql,
      legs.map(({ leg }) => leg),
    );
    const begun = new Set(recorded);
    count += begun.size;
    const ofLegs = legs.flatMap(({ leg, result }) => (result !== null && begun.has(leg.id) ? result : []));
    await recordChecks(sql, [...batch.map(({ result }) => result), ...ofLegs]);
  }
  if (count === 0) return;
  deps.metrics.secondLegs.inc({ route, result: "by-carrier" }, count);
  deps.log.info({ route, count }, "second legs sent by the carrier");
}
