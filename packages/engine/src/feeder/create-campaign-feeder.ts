import { areOpen, type ClassRules, canaryStep, deficitRoundRobin, startOfRound, windowsInForce } from "@hikyaku/core";
import {
  advanceCursor,
  type CampaignCounts,
  campaignCounts,
  type FeedableCampaign,
  feedable,
  type Ledger,
  nextToFeed,
  pauseCampaign,
  rewindCursor,
} from "@hikyaku/ledger";
import type { Logger } from "../observing/create-logger.ts";

/** A campaign fed to its end that still has queued messages is fed again from the start after this time. */
const refeedAfterMs = 30_000;
const idleAfterMs = 2_000;
/** For so long an unknown outcome counts as under way where the carrier can be asked; look-ups take a minute or so. */
const lookUpPatienceMs = 15 * 60_000;

/** What a round found and did. */
export interface FeedRound {
  fed: number;
  /** Some campaign's first messages are under way and have still to prove it: look again soon. */
  unproven: boolean;
}

/** Hands out the messages of a route's running campaigns, each in the order of its import, shared by priority. */
export function createCampaignFeeder(deps: {
  readonly route: string;
  readonly ledger: Ledger;
  /** Messages of a campaign that go first, alone, until one of them is accepted. */
  readonly canarySize: number;
  /** Whether the carrier can be asked what became of messages of unknown outcome. */
  readonly canLookUp: boolean;
  readonly windowSeconds: number;
  readonly classRules: ClassRules;
  readonly addJobs: (campaignId: string, ids: string[]) => Promise<void>;
  readonly now: () => Date;
  readonly log: Logger;
}) {
  const sql = deps.ledger.sql;
  let turn = startOfRound;
  const proven = new Set<string>();
  const wasOpen = new Map<string, boolean>();

  const forgetAllBut = (campaigns: readonly FeedableCampaign[]): void => {
    const present = new Set(campaigns.map(({ id }) => id));
    for (const id of proven) if (!present.has(id)) proven.delete(id);
    for (const id of wasOpen.keys()) if (!present.has(id)) wasOpen.delete(id);
  };

  /** Nothing of the campaign can be under way any more: waiting longer would wait for nothing. */
  const isQuiet = (campaign: FeedableCampaign, queueIsEmpty: boolean): boolean =>
    (campaign.sinceFedMs ?? Number.POSITIVE_INFINITY) >
    (queueIsEmpty ? idleAfterMs : Math.max(idleAfterMs, 2_000 * deps.windowSeconds));

  /** What is still to be looked up proves nothing against the campaign, and nothing for it. */
  const underWay = ({ sinceFedMs }: FeedableCampaign, counts: CampaignCounts): CampaignCounts =>
    deps.canLookUp && (sinceFedMs ?? 0) < lookUpPatienceMs
      ? { ...counts, sending: counts.sending + counts.unknown, unknown: 0 }
      : counts;

  /** How many messages of the campaign may be handed out now: few while its first ones have not proven it. */
  const allowance = async (
    campaign: FeedableCampaign,
    queueIsEmpty: boolean,
  ): Promise<{ available: number; unproven: boolean }> => {
    if (proven.has(campaign.id)) return { available: campaign.queued, unproven: false };
    const counts = underWay(campaign, await campaignCounts(sql, { campaignId: campaign.id }));
    // Only second legs are left: they are due by themselves, and there is nothing to protect from what the first came to.
    if (counts.queued === 0) return { available: 0, unproven: false };
    const step = canaryStep({
      counts,
      triedBefore: campaign.triedBefore,
      canarySize: deps.canarySize,
      fed: campaign.feedCursor !== null,
      idle: counts.sending === 0 && isQuiet(campaign, queueIsEmpty),
    });
    switch (step.kind) {
      case "go":
        proven.add(campaign.id);
        return { available: campaign.queued, unproven: false };
      case "canary":
        return { available: step.size, unproven: true };
      case "wait":
        return { available: 0, unproven: true };
      case "pause":
        await pauseCampaign(sql, { campaignId: campaign.id, reason: step.reason });
        deps.log.error({ campaignId: campaign.id, reason: step.reason }, "campaign paused itself");
        return { available: 0, unproven: false };
      default:
        return step satisfies never;
    }
  };

  /** Fed to the end, yet messages are still queued: their jobs are lost or were dropped. Begin again, gently. */
  const refeedWhenStuck = async (campaign: FeedableCampaign, queueIsEmpty: boolean): Promise<void> => {
    if (campaign.feedCursor === null) return;
    const waitMs = queueIsEmpty ? idleAfterMs : refeedAfterMs;
    if ((campaign.sinceFedMs ?? waitMs) >= waitMs) await rewindCursor(sql, { campaignId: campaign.id });
  };

  return {
    /**
     * The route's running campaigns whose windows are open, and those of other routes whose second legs go over this one. One whose
     * window has just opened begins again, because its jobs were dropped while it was shut.
     */
    async openCampaigns(): Promise<FeedableCampaign[]> {
      const now = deps.now();
      const campaigns = await feedable(sql, { route: deps.route });
      forgetAllBut(campaigns);
      const open: FeedableCampaign[] = [];
      for (const campaign of campaigns) {
        const isOpenNow = areOpen(windowsInForce(campaign, deps.classRules), now);
        if (campaign.isOwn && isOpenNow && wasOpen.get(campaign.id) === false) {
          campaign.version = (await rewindCursor(sql, { campaignId: campaign.id })) ?? campaign.version;
          campaign.feedCursor = null;
        }
        wasOpen.set(campaign.id, isOpenNow);
        if (isOpenNow) open.push(campaign);
      }
      return open;
    },

    /** Hands out up to `room` messages of these campaigns. */
    async feed(campaigns: readonly FeedableCampaign[], room: number, queueIsEmpty: boolean): Promise<FeedRound> {
      const result: FeedRound = { fed: 0, unproven: false };
      const left = new Map<string, { campaign: FeedableCampaign; available: number }>();
      for (const campaign of campaigns) {
        // Second legs from elsewhere are due, and handed out with the retries; its cursor is the other route's.
        if (!campaign.isOwn) continue;
        const { available, unproven } = await allowance(campaign, queueIsEmpty);
        result.unproven ||= unproven;
        if (available > 0) left.set(campaign.id, { campaign, available });
      }
      // A campaign that has nothing behind its cursor drops out, and its share goes to the others.
      while (left.size > 0 && result.fed < room) {
        const candidates = [...left].map(([id, { campaign, available }]) => ({
          id,
          priority: campaign.priority,
          available,
        }));
        const shares = deficitRoundRobin(turn, candidates, room - result.fed);
        turn = shares.state;
        for (const [id, limit] of shares.take) {
          const entry = left.get(id);
          if (!entry || limit === 0) continue;
          const { campaign } = entry;
          const ids = await nextToFeed(sql, { campaignId: id, after: campaign.feedCursor, limit });
          const last = ids.at(-1);
          if (last === undefined) await refeedWhenStuck(campaign, queueIsEmpty);
          else {
            // Jobs first, cursor second: a crash between the two feeds twice, which is harmless; the other order would
            // lose. A cursor that somebody rewound meanwhile stays where they put it.
            await deps.addJobs(id, ids);
            const version = await advanceCursor(sql, { campaignId: id, version: campaign.version, cursor: last });
            result.fed += ids.length;
            entry.available -= ids.length;
            if (version === null) left.delete(id);
            else Object.assign(campaign, { feedCursor: last, version });
          }
          if (ids.length < limit || entry.available <= 0) left.delete(id);
        }
      }
      return result;
    },
  };
}

export type CampaignFeeder = ReturnType<typeof createCampaignFeeder>;
