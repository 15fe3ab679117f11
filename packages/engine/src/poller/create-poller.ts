import { awaitsCheck, type DueCheck, type Ledger, takeDueChecks, takeNextCheck } from "@hikyaku/ledger";
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
/** Workers look each second whether they can probe by a message, so by then none could. */
const probeOverdueMs = 5_000;

/**
 * Asks the carrier about messages of one route that stay silent, until they have their final answer or the carrier no
 * longer knows. Any number of processes may run one: a due check is taken by exactly one of them.
 *
 * A check that fails is tried again later and never marks a message. A held route with nothing to send is probed by one of them.
 */
export function createPoller(deps: PollerDeps) {
  const { route, perCall } = deps;
  const { sql } = deps.ledger;

  const ask = async (due: readonly DueCheck[]): Promise<{ isAnswered: boolean }> => {
    const [sought, checks] = [due.filter(deps.lookUps.isSought), due.filter((each) => !deps.lookUps.isSought(each))];
    const askChecks = async () => {
      const asked = await deps.asker.askAll(checks);
      await recordAsked(deps, asked);
      return asked.some((each) => each.asked === "answered");
    };
    const answered = await Promise.all([askChecks(), deps.lookUps.lookUp(sought)]);
    return { isAnswered: answered.includes(true) };
  };

  /** Without this a fault that only questions met would end with the next message that is sent, be it in a week. */
  const probe = async (): Promise<void> => {
    if (!(await awaitsCheck(sql, { route })) || !(await deps.hold.takeProbe(probeOverdueMs))) return;
    const check = await takeNextCheck(sql, { route, leaseMs: takenForMs });
    if (check !== null && (await ask([check])).isAnswered) await deps.hold.release();
  };

  const round = async (): Promise<boolean> => {
    await deps.hold.refresh();
    if (deps.hold.held) {
      await probe();
      return false;
    }
    const limit = roundSize(deps);
    const due = await takeDueChecks(sql, { route, limit, leaseMs: takenForMs, perCall });
    if (due.length === 0) return false;
    await ask(due);
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
