import type { ClassRules, ProviderRules } from "@hikyaku/core";
import {
  findRoute,
  holdFeederLease,
  type Ledger,
  orphanSingles,
  releaseFeederLease,
  rewindRoute,
  takeDue,
} from "@hikyaku/ledger";
import type { LaneDepth, SendQueue, Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import { createCampaignFeeder } from "./create-campaign-feeder.ts";
import { type FeedSettings, messagesPerJob } from "./messages-per-job.ts";

export interface FeederDeps {
  readonly route: string;
  /** This process, as the holder of the route's feeder lease. */
  readonly feeder: string;
  readonly ledger: Ledger;
  readonly queue: Pick<SendQueue, "addCampaignJobs" | "addSingle" | "depth">;
  /** The present life of Redis; another answer means that its jobs are gone. */
  readonly redisEpoch: () => Promise<string>;
  readonly throttle: Pick<Throttle, "currentRate">;
  readonly rules: Pick<ProviderRules, "recipientsPerRequest" | "canLookUp">;
  readonly settings: FeedSettings;
  /** Messages of a campaign that go first, alone, until one of them is accepted. */
  readonly canarySize: number;
  readonly classRules: ClassRules;
  readonly now: () => Date;
  readonly log: Logger;
}

const leaseMs = 3_000;
const idleTickMs = 1_000;
/** While a campaign's first messages are under way, their answer is looked for this often. */
const canaryTickMs = 50;
/** A retry or a single message handed to the queue is taken again from the ledger when nothing came of it by then. */
const handedOutMs = 60_000;
const orphanAfterMs = 10_000;
const orphanLookMs = 5_000;
const singlesAtOnce = 500;
/** Without a limit the window is a number of messages instead of a time. */
const unlimitedWindow = 5_000;
/** … that makes at least so many requests. */
const unlimitedRequests = 200;

/**
 * Keeps a window of jobs in a route's queue, taken from the ledger: single messages and retries first, then the running
 * campaigns. Any number of processes run one; the lease on the route's row lets one act.
 */
export function createFeeder(deps: FeederDeps) {
  const sql = deps.ledger.sql;
  const { recipientsPerRequest, canLookUp } = deps.rules;
  let knownEpoch: string | null = null;
  let closing = false;
  let wake: (() => void) | null = null;
  let orphansLookedAt = Number.NEGATIVE_INFINITY;
  let wasHeld = false;

  const addJobs = async (campaignId: string, ids: string[]): Promise<void> => {
    const pace = { ratePerSecond: deps.throttle.currentRate(), recipientsPerRequest };
    const size = messagesPerJob(pace, deps.settings);
    const jobs: { campaignId: string; ids: string[] }[] = [];
    for (let at = 0; at < ids.length; at += size) jobs.push({ campaignId, ids: ids.slice(at, at + size) });
    await deps.queue.addCampaignJobs(jobs);
  };

  const campaignFeeder = createCampaignFeeder({
    route: deps.route,
    ledger: deps.ledger,
    canarySize: deps.canarySize,
    canLookUp,
    windowSeconds: deps.settings.windowSeconds,
    classRules: deps.classRules,
    addJobs,
    now: deps.now,
    log: deps.log,
  });

  const windowSize = (): number => {
    const rate = deps.throttle.currentRate();
    if (rate === null) return Math.max(unlimitedWindow, unlimitedRequests * recipientsPerRequest);
    return Math.max(50, Math.ceil(rate * recipientsPerRequest * deps.settings.windowSeconds));
  };

  /** Redis that lost its memory has lost its jobs: everything still queued is fed again. The claim sorts out doubles. */
  const noticeRedisLoss = async (): Promise<void> => {
    const epoch = await deps.redisEpoch();
    if (epoch === knownEpoch) return;
    if (knownEpoch !== null) deps.log.warn({ route: deps.route }, "Redis lost its jobs: feeding again from the ledger");
    await rewindRoute(sql, { route: deps.route });
    knownEpoch = epoch;
  };

  /** Single messages whose retry is due, and those whose job may be lost; they never wait for room in the window. */
  const feedSingles = async (olderThanMs: number): Promise<number> => {
    const due = await takeDue(sql, {
      route: deps.route,
      limit: singlesAtOnce,
      leaseMs: handedOutMs,
      campaigns: [],
      singles: true,
    });
    const ids = due.map((row) => row.id);
    if (performance.now() - orphansLookedAt > orphanLookMs || olderThanMs === 0) {
      orphansLookedAt = performance.now();
      ids.push(...(await orphanSingles(sql, { route: deps.route, olderThanMs, limit: singlesAtOnce })));
    }
    for (const id of ids) await deps.queue.addSingle(id);
    return ids.length;
  };

  const feedRetries = async (campaigns: readonly { id: string }[], room: number): Promise<number> => {
    if (campaigns.length === 0) return 0;
    const due = await takeDue(sql, {
      route: deps.route,
      limit: room,
      leaseMs: handedOutMs,
      campaigns: campaigns.map(({ id }) => id),
      singles: false,
    });
    for (const [campaignId, rows] of Map.groupBy(due, (row) => row.campaignId)) {
      const ids = rows.map((row) => row.id);
      if (campaignId !== null) await addJobs(campaignId, ids);
    }
    return due.length;
  };

  /** One round; answers when the next should come. */
  const tick = async (): Promise<number> => {
    if (!(await holdFeederLease(sql, { route: deps.route, feeder: deps.feeder, ttlMs: leaseMs }))) return idleTickMs;
    const route = await findRoute(sql, deps.route);
    if (route?.heldAt) {
      wasHeld = true;
      return idleTickMs;
    }
    await noticeRedisLoss();
    // The jobs of single messages were dropped while the route was held: all of them are looked for at once.
    const singles = await feedSingles(wasHeld ? 0 : orphanAfterMs);
    wasHeld = false;
    const { campaign, single } = await deps.queue.depth();
    const waiting = campaign.waitingMessages + single.waitingMessages;
    const target = windowSize();
    const room = target - waiting;
    if (room < target / 3) return deps.settings.intervalMs;
    const open = await campaignFeeder.openCampaigns();
    const retries = await feedRetries(open, room);
    const { fed, unproven } = await campaignFeeder.feed(open, room - retries, isIdle(campaign));
    if (unproven) return canaryTickMs;
    return singles + retries + fed + waiting > 0 ? deps.settings.intervalMs : idleTickMs;
  };

  /** What fails here may work in another process, which looks before this one does again. */
  const letOthersFeed = async (): Promise<void> => {
    await releaseFeederLease(sql, { route: deps.route, feeder: deps.feeder }).catch((err) =>
      deps.log.debug({ err, route: deps.route }, "the feeding was not given to others"),
    );
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      let waitMs = idleTickMs;
      try {
        waitMs = await tick();
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "feeding failed; trying again");
        await letOthersFeed();
      }
      if (closing) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const running = loop();

  return {
    /** Work has come: look now instead of at the next tick. */
    signal(): void {
      wake?.();
    },
    async close(): Promise<void> {
      closing = true;
      wake?.();
      await running;
    },
  };
}

/** No job waits and none is in a worker's hands. */
function isIdle(lane: LaneDepth): boolean {
  return lane.waiting + lane.active + lane.delayed === 0;
}

export type Feeder = ReturnType<typeof createFeeder>;
