import {
  areOpen,
  type ClassRules,
  defaultClassRules,
  type FirstLeg,
  type ProviderRules,
  windowsInForce,
} from "@hikyaku/core";
import {
  type CampaignRow,
  type FallbackCandidate,
  fallbackCampaigns,
  type Ledger,
  type MessageRow,
  settleFallbacks,
  takeDueFallbacks,
} from "@hikyaku/ledger";
import type { Throttle } from "@hikyaku/queue";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import type { StatusAsker } from "../poller/ask-status.ts";
import { recordAsked } from "../poller/record-asked.ts";
import { roundSize } from "../poller/round-size.ts";
import { startSignalledLoop } from "../process/signalled-loop.ts";
import type { RouteHold } from "../sender/route-hold.ts";
import { createSecondLegContents } from "./second-leg-contents.ts";

export interface FallbackSweepDeps {
  /** Of the first legs. */
  readonly route: string;
  readonly ledger: Ledger;
  readonly throttle: Pick<Throttle, "currentRate">;
  readonly asker: StatusAsker;
  readonly hold: RouteHold;
  readonly rulesOf: (route: string) => ProviderRules | null;
  /** What the operator has set for messages by their class, on the route their second legs go over; null as in `rulesOf`. */
  readonly classRulesOf: (route: string) => ClassRules | null;
  /** Second legs wait in the ledger: tells the feeder of their route. Best effort, a feeder looks by itself too. */
  readonly wakeFeeder: (route: string) => Promise<void>;
  readonly intervalMs: number;
  readonly batchSize: number;
  /** Share of the route's rate that status checks may use. */
  readonly tpsShare: number;
  /** By which delivery windows open and shut. */
  readonly now: () => Date;
  readonly log: Logger;
  readonly metrics: Metrics;
}

/**
 * What is taken and not decided within this time is taken again, by any process: whoever took it may have died. Two that decide about the
 * same message do no harm, so this need not outlast the slowest status call.
 */
const takenForMs = 30_000;

/**
 * Begins the second legs of one route's messages when they are due: after the deadline, unless the first leg has arrived by then, and at
 * once where it ended without arriving. At the deadline the carrier is asked first, so that a notification that was lost does not cost an
 * SMS. Any number of processes may run one: a message is decided about by one of them, and its second leg begins once.
 *
 * Only while the route is not held, and inside the campaign's windows: what is decided late is decided with what is known by then.
 */
export function createFallbackSweep(deps: FallbackSweepDeps) {
  const sql = deps.ledger.sql;
  const contents = createSecondLegContents(deps);

  /** Asks about those that the carrier may know more of, and writes down what it says. */
  const askAbout = async (due: readonly MessageRow[]): Promise<Map<string, FirstLeg["asked"]>> => {
    const isUnderway = ({ state, providerMessageId }: MessageRow) =>
      (state === "accepted" || state === "sent") && providerMessageId !== null;
    const underway = due.filter(isUnderway);
    const answers = await deps.asker.askAll(underway.map((message) => ({ ...message, sentInPlaceOf: null })));
    await recordAsked(deps, answers);
    const asked = new Map(due.map(({ id }): [string, FirstLeg["asked"]] => [id, "impossible"]));
    for (const [index, answer] of answers.entries()) asked.set(underway[index]?.id ?? "", answer.asked);
    return asked;
  };

  const mayBegin = (campaign: CampaignRow): boolean => {
    const classRules = deps.classRulesOf(campaign.fallback?.route ?? deps.route) ?? defaultClassRules;
    return areOpen(windowsInForce(campaign, classRules), deps.now());
  };

  const round = async (): Promise<boolean> => {
    await deps.hold.refresh();
    if (deps.hold.held) return false;
    const campaigns = await fallbackCampaigns(sql, { route: deps.route });
    contents.forgetAllBut(campaigns);
    // Of one that was cancelled nothing begins any more, whatever the time.
    const open = campaigns.filter((each) => each.state === "cancelled" || mayBegin(each));
    const limit = roundSize(deps);
    const due = await takeDueFallbacks(sql, {
      route: deps.route,
      limit,
      leaseMs: takenForMs,
      campaigns: open.map(({ id }) => id),
    });
    if (due.length === 0) return false;
    const byId = new Map<string, CampaignRow>(open.map((campaign) => [campaign.id, campaign]));
    const asked = await askAbout(due);
    const candidates = due.flatMap((message): FallbackCandidate[] => {
      const campaign = message.campaignId === null ? null : byId.get(message.campaignId);
      if (campaign === undefined) return [];
      return [{ id: message.id, asked: asked.get(message.id) ?? "not-yet", ...contents.of(message, campaign) }];
    });
    const { begun, needless } = await settleFallbacks(sql, candidates);
    await tell(begun, needless);
    return due.length === limit && ![...asked.values()].includes("not-yet");
  };

  const tell = async (begun: readonly { route: string }[], needless: ReadonlyMap<string, number>): Promise<void> => {
    for (const [why, count] of needless) {
      deps.metrics.secondLegs.inc({ route: deps.route, result: "none" }, count);
      deps.log.debug({ route: deps.route, why, count }, "no second leg");
    }
    if (begun.length === 0) return;
    deps.metrics.secondLegs.inc({ route: deps.route, result: "begun" }, begun.length);
    deps.log.info({ route: deps.route, count: begun.length }, "second legs begun");
    // Not waited for: without Redis it would wait with it.
    for (const route of new Set(begun.map((leg) => leg.route))) {
      deps.wakeFeeder(route).catch((err) => deps.log.warn({ err, route }, "the feeder was not told of second legs"));
    }
  };

  const loop = startSignalledLoop({
    async run(isClosing) {
      while (!isClosing() && (await round()));
    },
    tickMs: deps.intervalMs,
    onError: (err) => deps.log.error({ err, route: deps.route }, "a round of second legs failed; trying again"),
  });

  return {
    /** Takes no further messages and decides about those in hand. */
    close: (): Promise<void> => loop.close(),
  };
}

export type FallbackSweep = ReturnType<typeof createFallbackSweep>;
