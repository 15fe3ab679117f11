import { claimDueRun, deleteUnusedLists, type Ledger, type OpenRun, takeOpenRun } from "@hikyaku/ledger";
import type { Producer } from "@hikyaku/producer";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { startSignalledLoop } from "../process/signalled-loop.ts";
import { createCampaignMaker } from "./make-campaign.ts";

export interface ScheduleRunnerDeps {
  readonly ledger: Ledger;
  /** Opened with the first run, closed with the runner. */
  readonly openProducer: () => Promise<Producer>;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const everyMs = 1_000;
const sweepEveryMs = 3_600_000;
/** A large list must not keep a small one waiting. */
const runsAtOnce = 4;
/** A run whose process has died is taken up by another so long after; whoever works on one renews it three times as often. */
export const leaseMs = 15_000;

/**
 * Makes and starts the campaigns of schedules when they are due. Any number of processes may run one: a run is claimed in the ledger once,
 * is worked on by one of them at a time, and its campaign has one key, so that whoever goes on with it makes no second one.
 */
export function createScheduleRunner(deps: ScheduleRunnerDeps) {
  const { log, metrics } = deps;
  const sql = deps.ledger.sql;
  const closing = new AbortController();
  const underWay = new Set<Promise<void>>();
  let sweptAt = performance.now();
  let producer: Promise<Producer> | undefined;

  const openProducer = (): Promise<Producer> => {
    producer ??= deps.openProducer();
    producer.catch(() => {
      producer = undefined;
    });
    return producer;
  };
  const makeCampaign = createCampaignMaker({ sql, openProducer, leaseMs, signal: closing.signal, log, metrics });

  const claim = async (): Promise<void> => {
    for (let run = await claimDueRun(sql); run !== null; run = await claimDueRun(sql)) {
      if (run.missed === null) continue;
      metrics.scheduleRuns.inc({ result: "missed" });
      log.error({ schedule: run.code, day: run.day, dueAt: run.dueAt, why: run.missed }, "a scheduled run was missed");
    }
  };

  const work = async (): Promise<void> => {
    while (underWay.size < runsAtOnce && !closing.signal.aborted) {
      const run: OpenRun | null = await takeOpenRun(sql, { leaseMs });
      if (run === null) return;
      const making: Promise<void> = makeCampaign(run).finally(() => {
        underWay.delete(making);
        loop.signal();
      });
      underWay.add(making);
    }
  };

  const round = async (): Promise<void> => {
    await claim();
    await work();
    if (performance.now() - sweptAt < sweepEveryMs) return;
    await deleteUnusedLists(sql);
    sweptAt = performance.now();
  };

  const loop = startSignalledLoop({
    run: round,
    tickMs: everyMs,
    onError: (err) => log.error({ err }, "a round of schedules failed; trying again"),
  });

  return {
    /** Takes no further run. One that is being imported is left to others where it is: what is in stays. */
    async close(): Promise<void> {
      closing.abort(new Error("this process ends"));
      await loop.close();
      await Promise.all(underWay);
      await producer?.then((open) => open.close()).catch(() => {});
    },
  };
}

export type ScheduleRunner = ReturnType<typeof createScheduleRunner>;
