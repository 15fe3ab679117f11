import { type Ledger, recordChecks, takeDueChecks } from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import type { StatusAsker } from "./ask-status.ts";
import { roundSize } from "./round-size.ts";

export interface PollerDeps {
  readonly route: string;
  readonly ledger: Ledger;
  readonly throttle: Pick<Throttle, "currentRate">;
  readonly asker: StatusAsker;
  readonly hold: RouteHold;
  readonly intervalMs: number;
  readonly batchSize: number;
  /** Share of the route's rate that status checks may use. */
  readonly tpsShare: number;
  readonly log: Logger;
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
  let closing = false;
  let wake: (() => void) | null = null;

  const round = async (): Promise<boolean> => {
    await deps.hold.refresh();
    if (deps.hold.held) return false;
    const limit = roundSize(deps);
    const due = await takeDueChecks(sql, { route: deps.route, limit, leaseMs: takenForMs });
    if (due.length === 0) return false;
    const asked = await Promise.all(due.map(deps.asker.ask));
    await recordChecks(
      sql,
      asked.map(({ result }) => result),
    );
    return due.length === limit;
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      let more = false;
      try {
        more = await round();
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "a round of status checks failed; trying again");
      }
      if (more || closing) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, deps.intervalMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();

  return {
    /** Takes no further checks and waits for those in hand. */
    async close(): Promise<void> {
      closing = true;
      wake?.();
      await running;
    },
  };
}

export type Poller = ReturnType<typeof createPoller>;
