import type { RouteConfig } from "@hikyaku/config";
import {
  advanceCampaigns,
  deleteCapabilities,
  deleteEvents,
  deleteFinished,
  deleteInbound,
  expireQueued,
  forgetWorkers,
  type Ledger,
  purgeConsents,
  reapInFlight,
  settleUnknown,
  sweepCancelled,
} from "@hikyaku/ledger";
import type { ParkedList } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import { startSignalledLoop } from "../process/signalled-loop.ts";
import { drainParkedOutcomes } from "../sender/recorder.ts";
import { createDueStarter } from "./start-due-campaigns.ts";

export interface HousekeeperDeps {
  readonly ledger: Ledger;
  /** Outcomes the ledger could not take, by route. */
  readonly parked: ReadonlyMap<string, ParkedList>;
  readonly worker: string;
  /** A worker silent for this long is dead, and what it had in flight is in doubt. */
  readonly workerDeadAfterMs: number;
  readonly longestAttemptMs: number;
  /** What becomes of unknown outcomes, route by route. */
  readonly routes: readonly Pick<RouteConfig, "name" | "unknown">[];
  /** Those whose carrier can be asked what became of a message. */
  readonly lookUpRoutes: readonly string[];
  readonly retentionDays: number | null;
  readonly inboundDays: number;
  readonly eventDays: number;
  /** How long a record of consent is kept after the last advertising to its recipient. */
  readonly keepConsentMs: number;
  readonly capabilityMs: number;
  readonly onStarted: () => void;
  readonly log: Logger;
}

interface Chore {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (isClosing: () => boolean) => Promise<void>;
}

const batch = 5_000;
const longestGapMs = 2_500;
const neverMs = 1e12;

/**
 * The chores that keep the ledger true, each in small batches that skip rows another process works on. Every worker
 * process runs them; doing one twice changes nothing.
 */
export function createHousekeeper(deps: HousekeeperDeps) {
  const sql = deps.ledger.sql;
  // Only who could reach the ledger without a gap may call others silent: when the ledger itself was away, nobody could
  // write a heartbeat, and everybody would look dead.
  let reachedAt = Number.NEGATIVE_INFINITY;
  let reachedSince = performance.now();
  const mayJudge = async (): Promise<boolean> => {
    await sql`select 1`;
    const now = performance.now();
    if (now - reachedAt > longestGapMs) reachedSince = now;
    reachedAt = now;
    return now - reachedSince > deps.workerDeadAfterMs + 1_000;
  };

  const startDue = createDueStarter({ sql, log: deps.log });
  const chores: Chore[] = [
    {
      name: "put what a dead worker had in flight in doubt",
      everyMs: 1_000,
      run: async () => {
        const { unknown } = await reapInFlight(sql, {
          deadAfterMs: (await mayJudge()) ? deps.workerDeadAfterMs : neverMs,
          longestAttemptMs: deps.longestAttemptMs,
          lookUpRoutes: deps.lookUpRoutes,
          limit: batch,
        });
        if (unknown.length > 0) {
          deps.log.error({ count: unknown.length }, "messages in doubt: their worker died between POST and record");
        }
      },
    },
    {
      name: "write parked outcomes",
      everyMs: 1_000,
      run: async () => {
        for (const [route, parked] of deps.parked) {
          const count = await drainParkedOutcomes({ ledger: deps.ledger, parked, worker: deps.worker });
          if (count > 0) deps.log.warn({ route, count }, "parked outcomes written to the ledger");
        }
      },
    },
    {
      name: "start scheduled campaigns",
      everyMs: 1_000,
      run: async () => {
        if ((await startDue()) > 0) deps.onStarted();
      },
    },
    {
      name: "advance campaigns",
      everyMs: 1_000,
      run: async () => {
        const { dispatched, finished } = await advanceCampaigns(sql);
        for (const campaignId of dispatched) deps.log.info({ campaignId }, "campaign dispatched");
        for (const campaignId of finished) deps.log.info({ campaignId }, "campaign finished");
      },
    },
    {
      name: "mark messages of cancelled campaigns",
      everyMs: 1_000,
      run: async (isClosing) => {
        while (!isClosing() && (await sweepCancelled(sql, { limit: batch })) === batch);
      },
    },
    {
      name: "expire what is past its validity",
      everyMs: 2_000,
      run: async (isClosing) => {
        while (!isClosing() && (await expireQueued(sql, { limit: batch })) === batch);
      },
    },
    {
      name: "settle what stayed unknown",
      everyMs: 30_000,
      run: async () => {
        for (const { name: route, unknown } of deps.routes) {
          const { resent } = await settleUnknown(sql, { route, ...unknown, limit: batch });
          if (resent > 0) deps.log.warn({ route, count: resent }, "unknown messages queued again by policy");
        }
      },
    },
    {
      name: "forget processes that are long gone",
      everyMs: 3_600_000,
      run: async () => {
        await forgetWorkers(sql);
      },
    },
    {
      name: "delete old campaigns",
      everyMs: 3_600_000,
      run: async (isClosing) => {
        if (deps.retentionDays === null) return;
        let campaigns = 0;
        while (!isClosing()) {
          const deleted = await deleteFinished(sql, { olderThanDays: deps.retentionDays, limit: batch });
          campaigns += deleted.campaigns;
          if (deleted.campaigns + deleted.messages === 0) break;
        }
        if (campaigns > 0) deps.log.info({ campaigns }, "campaigns past their retention deleted");
      },
    },
    {
      name: "delete old replies and events",
      everyMs: 3_600_000,
      run: async (isClosing) => {
        while (!isClosing() && (await deleteInbound(sql, { olderThanDays: deps.inboundDays, limit: batch })) > 0);
        let undelivered = 0;
        while (!isClosing()) {
          const deleted = await deleteEvents(sql, { olderThanDays: deps.eventDays, limit: batch });
          undelivered += deleted.undelivered;
          if (deleted.events === 0) break;
        }
        if (undelivered > 0) {
          deps.log.error({ count: undelivered }, "events past their retention deleted that nobody ever took");
        }
      },
    },
    {
      name: "delete old records of consent",
      everyMs: 3_600_000,
      run: async (isClosing) => {
        let count = 0;
        while (!isClosing()) {
          const { seen, deleted } = await purgeConsents(sql, { keepForMs: deps.keepConsentMs, limit: batch });
          count += deleted;
          if (seen < batch) break;
        }
        if (count > 0) deps.log.info({ count }, "records of consent past their time deleted");
      },
    },
    {
      name: "delete old answers about capability",
      everyMs: 60_000,
      run: async (isClosing) => {
        while (!isClosing() && (await deleteCapabilities(sql, { olderThanMs: deps.capabilityMs, limit: batch })) > 0);
      },
    },
  ];

  const loops = chores.map(({ name, everyMs, run }) =>
    startSignalledLoop({
      run,
      tickMs: everyMs,
      onError: (err) => deps.log.error({ err, chore: name }, "a chore failed; trying again"),
    }),
  );

  return {
    async close(): Promise<void> {
      await Promise.all(loops.map((loop) => loop.close()));
    },
  };
}

export type Housekeeper = ReturnType<typeof createHousekeeper>;
