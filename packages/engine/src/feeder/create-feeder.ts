import { canaryStep, deficitRoundRobin, type FeedCandidate, isOpen, startOfRound } from "@hikyaku/core";
import {
  advanceCursor,
  campaignCounts,
  type FeedableCampaign,
  feedable,
  findRoute,
  holdFeederLease,
  type Ledger,
  nextToFeed,
  orphanSingles,
  pauseCampaign,
  rewindCursor,
  takeDue,
} from "@hikyaku/ledger";
import type { LaneDepth, SendQueue, Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";

export interface FeederDeps {
  readonly route: string;
  /** This process, as the holder of the route's feeder lease. */
  readonly feeder: string;
  readonly ledger: Ledger;
  readonly queue: Pick<SendQueue, "addCampaignJobs" | "addSingle" | "depth">;
  /** The present life of Redis; another answer means that its jobs are gone. */
  readonly redisEpoch: () => Promise<string>;
  readonly throttle: Pick<Throttle, "currentRate">;
  readonly settings: FeedSettings;
  /** Messages of a campaign that go first, alone, until one of them is accepted. */
  readonly canarySize: number;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface FeedSettings {
  readonly windowSeconds: number;
  readonly jobSpanMs: number;
  readonly maxJobMessages: number;
  readonly intervalMs: number;
}

const leaseMs = 3_000;
const idleTickMs = 1_000;
/** While a campaign's first messages are under way, their answer is looked for this often. */
const canaryTickMs = 50;
/** A retry or a single message handed to the queue is taken again from the ledger when nothing came of it by then. */
const handedOutMs = 60_000;
const orphanAfterMs = 10_000;
/** A campaign fed to its end that still has queued messages is fed again from the start after this time. */
const refeedAfterMs = 30_000;
const unlimitedWindow = 5_000;

/** Messages in one job: what the route sends in the configured span, so that a job neither costs much nor waits long. */
export function messagesPerJob(
  ratePerSecond: number | null,
  settings: Pick<FeedSettings, "jobSpanMs" | "maxJobMessages">,
): number {
  if (ratePerSecond === null) return settings.maxJobMessages;
  return Math.max(1, Math.min(settings.maxJobMessages, Math.round((ratePerSecond * settings.jobSpanMs) / 1_000)));
}

/**
 * Keeps a window of jobs in a route's queue, taken from the ledger: due retries first, then the running campaigns by
 * deficit round-robin. Any number of processes run one; the lease on the route's row lets one act.
 */
export function createFeeder(deps: FeederDeps) {
  const sql = deps.ledger.sql;
  let round = startOfRound;
  const proven = new Set<string>();
  const openLast = new Map<string, boolean>();
  let knownEpoch: string | null = null;
  let closing = false;
  let wake: (() => void) | null = null;
  let orphansAt = 0;
  /** Whether some campaign's first messages were still to prove it when this round looked. */
  let unproven = false;

  const windowSize = (): number => {
    const rate = deps.throttle.currentRate();
    return rate === null ? unlimitedWindow : Math.max(50, Math.ceil(rate * deps.settings.windowSeconds));
  };

  /** Redis that lost its memory has lost its jobs: everything still queued is fed again. The claim sorts out doubles. */
  const noticeRedisLoss = async (): Promise<void> => {
    const epoch = await deps.redisEpoch();
    if (epoch === knownEpoch) return;
    if (knownEpoch !== null) deps.log.warn({ route: deps.route }, "Redis lost its jobs: feeding again from the ledger");
    await rewindCursor(sql, { route: deps.route });
    knownEpoch = epoch;
  };

  const feedDue = async (room: number): Promise<number> => {
    const due = await takeDue(sql, { route: deps.route, limit: room, leaseMs: handedOutMs });
    const byCampaign = new Map<string, string[]>();
    for (const row of due) {
      if (row.campaignId === null) await deps.queue.addSingle(row.id);
      else byCampaign.set(row.campaignId, [...(byCampaign.get(row.campaignId) ?? []), row.id]);
    }
    for (const [campaignId, ids] of byCampaign) await addJobs(campaignId, ids);
    return due.length;
  };

  const feedOrphans = async (room: number): Promise<number> => {
    if (deps.now().getTime() < orphansAt) return 0;
    orphansAt = deps.now().getTime() + 5_000;
    const ids = await orphanSingles(sql, { route: deps.route, olderThanMs: orphanAfterMs, limit: room });
    for (const id of ids) await deps.queue.addSingle(id);
    return ids.length;
  };

  const addJobs = async (campaignId: string, ids: string[]): Promise<void> => {
    const size = messagesPerJob(deps.throttle.currentRate(), deps.settings);
    const jobs: { campaignId: string; ids: string[] }[] = [];
    for (let at = 0; at < ids.length; at += size) jobs.push({ campaignId, ids: ids.slice(at, at + size) });
    await deps.queue.addCampaignJobs(jobs);
  };

  const sinceFedMs = (campaign: FeedableCampaign): number => deps.now().getTime() - (campaign.fedAt?.getTime() ?? 0);

  /** How many messages of the campaign may be handed out now: none while its first ones have not proven it. */
  const allowance = async (campaign: FeedableCampaign, queueIsEmpty: boolean): Promise<number> => {
    if (proven.has(campaign.id)) return campaign.queued;
    const counts = await campaignCounts(sql, { campaignId: campaign.id });
    const step = canaryStep({
      counts,
      triedBefore: campaign.triedBefore,
      canarySize: deps.canarySize,
      fed: campaign.feedCursor !== null,
      idle: queueIsEmpty && counts.sending === 0 && sinceFedMs(campaign) > 2_000,
    });
    if (step.kind === "go") {
      proven.add(campaign.id);
      return campaign.queued;
    }
    unproven = true;
    if (step.kind === "pause") {
      await pauseCampaign(sql, { campaignId: campaign.id, reason: step.reason });
      deps.log.error({ campaignId: campaign.id, reason: step.reason }, "campaign paused itself");
      return 0;
    }
    return step.kind === "canary" ? step.size : 0;
  };

  /** Sendable campaigns; one whose window has just opened begins again, because its jobs were dropped while it was shut. */
  const openCampaigns = async (): Promise<FeedableCampaign[]> => {
    const now = deps.now();
    const open: FeedableCampaign[] = [];
    for (const campaign of await feedable(sql, { route: deps.route })) {
      const isOpenNow = !campaign.deliveryWindow || isOpen(campaign.deliveryWindow, now);
      if (isOpenNow && openLast.get(campaign.id) === false) {
        await rewindCursor(sql, { campaignId: campaign.id });
        campaign.feedCursor = null;
      }
      openLast.set(campaign.id, isOpenNow);
      if (isOpenNow) open.push(campaign);
    }
    return open;
  };

  const feedCampaigns = async (room: number, queueIsEmpty: boolean): Promise<number> => {
    unproven = false;
    const candidates: FeedCandidate[] = [];
    const byId = new Map<string, FeedableCampaign>();
    for (const campaign of await openCampaigns()) {
      const available = await allowance(campaign, queueIsEmpty);
      if (available === 0) continue;
      byId.set(campaign.id, campaign);
      candidates.push({ id: campaign.id, priority: campaign.priority, available });
    }
    let fed = 0;
    const shares = deficitRoundRobin(round, candidates, room);
    round = shares.state;
    for (const [id, limit] of shares.take) {
      const campaign = byId.get(id);
      if (!campaign || limit === 0) continue;
      const ids = await nextToFeed(sql, { campaignId: id, after: campaign.feedCursor, limit });
      const last = ids.at(-1);
      if (last === undefined) {
        await refeedWhenStuck(campaign, queueIsEmpty);
        continue;
      }
      // Jobs first, cursor second: a crash between the two feeds twice, which is harmless; the other order would lose.
      await addJobs(id, ids);
      await advanceCursor(sql, { campaignId: id, cursor: last });
      fed += ids.length;
    }
    return fed;
  };

  /** Fed to the end, yet messages are still queued: their jobs are lost or were dropped. Begin again, gently. */
  const refeedWhenStuck = async (campaign: FeedableCampaign, queueIsEmpty: boolean): Promise<void> => {
    if (campaign.feedCursor === null) return;
    if (sinceFedMs(campaign) > (queueIsEmpty ? 2_000 : refeedAfterMs))
      await rewindCursor(sql, { campaignId: campaign.id });
  };

  /** One round; answers when the next should come. */
  const tick = async (): Promise<number> => {
    if (!(await holdFeederLease(sql, { route: deps.route, feeder: deps.feeder, ttlMs: leaseMs }))) return idleTickMs;
    const route = await findRoute(sql, deps.route);
    if (route?.heldAt) return idleTickMs;
    await noticeRedisLoss();
    const { campaign, single } = await deps.queue.depth();
    const waiting = campaign.waitingMessages + single.waitingMessages;
    const target = windowSize();
    let room = target - waiting;
    if (room < target / 3) return deps.settings.intervalMs;
    const due = await feedDue(room);
    room -= due + (await feedOrphans(room));
    const fed = room > 0 ? await feedCampaigns(room, isIdle(campaign)) : 0;
    if (unproven) return canaryTickMs;
    return due + fed > 0 || waiting > 0 ? deps.settings.intervalMs : idleTickMs;
  };

  const loop = async (): Promise<void> => {
    while (!closing) {
      let waitMs = idleTickMs;
      try {
        waitMs = await tick();
      } catch (err) {
        deps.log.error({ err, route: deps.route }, "feeding failed; trying again");
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
