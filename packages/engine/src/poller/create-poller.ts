import { type Ledger, takeDueChecks } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { startSignalledLoop } from "../process/signalled-loop.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import type { StatusAsker } from "./ask-status.ts";
import type { LookUps } from "./look-up.ts";
import { recordAsked } from "./record-asked.ts";
import { roundSize } from "./round-size.ts";

export interface PollerDeps {
  readonly route: string;
  readonly ledger: Ledger;
  readonly throttle: Pick<Throttle, "currentRate">;
  readonly asker: StatusAsker;
  readonly lookUps: LookUps;
  /** Messages that one status call tells of at most. */
  readonly perCall: number;
  readonly hold: RouteHold;
  readonly intervalMs: number;
  readonly batchSize: number;
  /** Share of the route's rate that status checks may use. */
  readonly tpsShare: number;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A check taken and not answered within this time is taken again, by any poller. */
const takenForMs = 120_000;

/**
 * Asks the carrier about messages of one route that stay silent, until they have their final answer or the carrier no
 * longer knows. Any number of processes may run one: a due check is taken by exactly one of them.
 *
 * A check that fails is tried again later and never marks a message.
 */
export function createPoller(deps: PollerDeps) {
  const sql = deps.ledger.sql;

  const round = async (): Promise<boolean> => {
    await deps.hold.refresh();
    if (deps.hold.held) return false;
    const limit = roundSize(deps);
    const { route, perCall } = deps;
    const due = await takeDueChecks(sql, { route, limit, leaseMs: takenForMs, perCall });
    if (due.length === 0) return false;
    const [sought, checks] = [due.filter(deps.lookUps.isSought), due.filter((each) => !deps.lookUps.isSought(each))];
    const asking = deps.asker.askAll(checks).then((asked) => recordAsked(deps, asked));
    await Promise.all([asking, deps.lookUps.lookUp(sought)]);
    return due.length >= limit;
  };

  const loop = startSignalledLoop({
    async run(isClosing) {
      while (!isClosing() && (await round()));
    },
    tickMs: deps.intervalMs,
    onError: (err) => deps.log.error({ err, route: deps.route }, "a round of status checks failed; trying again"),
  });

  return {
    /** Takes no further checks and waits for those in hand. */
    close: (): Promise<void> => loop.close(),
  };
}

export type Poller = ReturnType<typeof createPoller>;
