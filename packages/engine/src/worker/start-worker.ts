import type { Config, RouteConfig } from "@hikyaku/config";
import { pauseCampaign } from "@hikyaku/ledger";
import { createProducer, type Producer } from "@hikyaku/producer";
import { onFeederSignal, openSendQueue, openSendWorker, parkedOutcomes, redisEpoch } from "@hikyaku/queue";
import { createFeeder, type Feeder } from "../feeder/create-feeder.ts";
import { messagesPerJob } from "../feeder/messages-per-job.ts";
import { createHousekeeper } from "../housekeeping/create-housekeeper.ts";
import { createInboundApplier } from "../inbound/create-inbound-applier.ts";
import { inboundRulesOf } from "../inbound/inbound-rules.ts";
import type { ProcessParts } from "../process/run-process.ts";
import { within } from "../process/within.ts";
import { createReceiptApplier } from "../receipts/create-receipt-applier.ts";
import { openRoute, setLimits } from "../routes/open-route.ts";
import { retryPlans } from "../routes/retry-plans.ts";
import { createScheduleRunner } from "../schedules/create-schedule-runner.ts";
import { createCampaignCache } from "../sender/campaign-cache.ts";
import { createSender } from "../sender/create-sender.ts";
import { createRecorder } from "../sender/recorder.ts";
import { pickProbe } from "./pick-probe.ts";

export interface WorkerDeps extends Omit<ProcessParts, "ready"> {
  /** The clock by which delivery windows open and shut. Default the system's. */
  readonly now?: () => Date;
}

const refreshHoldMs = 1_000;
/** How long a closing process waits for something that only Redis can answer. */
const patienceMs = 2_000;

/** Starts everything a worker process does: sending and feeding for every route, and the chores of the ledger. */
export async function startWorker(
  deps: WorkerDeps,
): Promise<{ close(): Promise<void>; setLimits(config: Config): Promise<void> }> {
  const routes = await Promise.all(Object.values(deps.config.routes).map((route) => startRoute(deps, route)));
  const applier = createReceiptApplier(deps);
  const inboundApplier = createInboundApplier({ ...deps, rulesOf: inboundRulesOf(deps.config, deps.findProvider) });
  const signalAll = () => {
    for (const route of routes) route.feeder.signal();
  };
  const housekeeper = createHousekeeper({
    ledger: deps.ledger,
    parked: new Map(routes.map((route) => [route.name, route.parked])),
    worker: deps.worker,
    workerDeadAfterMs: deps.config.heartbeat.deadAfterMs,
    longestAttemptMs: longestAttemptMs(deps),
    routes: Object.values(deps.config.routes),
    lookUpRoutes: routes.filter(({ rules }) => rules.canLookUp).map(({ name }) => name),
    retentionDays: deps.config.retention.days,
    inboundDays: deps.config.retention.inboundDays,
    eventDays: deps.config.retention.eventDays,
    keepConsentMs: deps.config.retention.consentMs,
    capabilityMs: deps.config.retention.capabilityMs,
    onStarted: signalAll,
    log: deps.log,
  });
  const scheduleRunner = createScheduleRunner({
    ledger: deps.ledger,
    openProducer: () => openProducer(deps),
    log: deps.log,
    metrics: deps.metrics,
  });
  const stopSignals = await onFeederSignal(
    routes.map((route) => route.name),
    (name) => {
      for (const route of routes) if (route.name === name) route.feeder.signal();
    },
    { connections: deps.connections, prefix: deps.config.redisPrefix },
  );

  return {
    setLimits: (config) => setLimits(routes, config),
    async close() {
      // Take nothing new, finish what is in hand, then the rest: the housekeeper last, because it writes what was parked.
      await within(patienceMs, stopSignals());
      await scheduleRunner.close();
      await Promise.all(routes.map((route) => route.close()));
      await Promise.all([within(patienceMs, housekeeper.close()), applier.close(), inboundApplier.close()]);
    },
  };
}

function openProducer({ config, log }: WorkerDeps): Promise<Producer> {
  const { databaseUrl, redisUrl, redisPrefix } = config;
  if (databaseUrl === null || redisUrl === null) throw new Error("a worker has both URLs");
  const onError = (err: Error) => log.error({ err }, "Redis connection fault");
  return createProducer({ databaseUrl, redisUrl, redisPrefix, databaseConnections: 2, onError });
}

/** Longer than any attempt can take by itself: what is in flight beyond it is in doubt, whoever holds it. */
function longestAttemptMs(deps: WorkerDeps): number {
  const timeouts = Object.values(deps.config.routes).map((route) =>
    deps.findProvider(route.provider).longestCallMs(route.settings),
  );
  return Math.max(60_000, ...timeouts.map((ms) => ms * 2));
}

async function startRoute(deps: WorkerDeps, route: RouteConfig) {
  const { now = () => new Date() } = deps;
  const { classRules } = route;
  const { rules, log, throttle, client, hold } = openRoute(deps, route, {
    role: "send",
    onHoldChange: (held) => {
      void followLaneWish();
      if (!held) feeder.signal();
    },
  });
  const onError = (err: Error) => log.error({ err }, "Redis fault");
  const redis = { connections: deps.connections, prefix: deps.config.redisPrefix };
  const queue = openSendQueue({ ...redis, route: route.name, onError });
  const parked = parkedOutcomes(route.name, { redis: deps.connections.shared, prefix: deps.config.redisPrefix });
  const recorder = createRecorder({
    ledger: deps.ledger,
    parked,
    route: route.name,
    worker: deps.worker,
    log,
    metrics: deps.metrics,
  });
  // Jobs are taken only while they could be sent: not while the route is held, and not without a share of its
  // concurrency. Pausing waits for jobs in hand, and a resume in the middle of it would be undone by its end; so one at a
  // time, and the last wish wins.
  let laneState: "pause" | "resume" = "pause";
  let following = false;
  const laneWish = (): "pause" | "resume" => (hold.held || throttle.concurrency === 0 ? "pause" : "resume");
  const followLaneWish = async (): Promise<void> => {
    if (throttle.concurrency === 0) sender.giveBackWaiting();
    if (following) return;
    following = true;
    for (let wish = laneWish(); laneState !== wish; wish = laneWish()) {
      await Promise.all(lanes.map((lane) => lane[wish]())).catch(onError);
      laneState = wish;
    }
    following = false;
  };
  const sender = createSender({
    route: route.name,
    worker: deps.worker,
    ledger: deps.ledger,
    throttle,
    rules,
    client,
    campaigns: createCampaignCache({ ledger: deps.ledger, route: route.name, rules, classRules }),
    recorder,
    hold,
    retry: { maxAttempts: route.retry.maxAttempts, plans: retryPlans(route.retry) },
    receiptGraceMs: route.receiptGraceMs,
    onUnsendable: async (campaignId, reason) => {
      log.error({ campaignId, reason }, "campaign cannot be sent; it is paused");
      await pauseCampaign(deps.ledger.sql, { campaignId, reason });
    },
    onFatal: deps.onFatal,
    classRules,
    random: Math.random,
    now,
    log,
    metrics: deps.metrics,
  });
  // Enough jobs in hand that permits never wait for Redis, and no more: what waits here is not overtaken.
  const jobsInHand = (): number => {
    const { recipientsPerRequest } = rules;
    const size = messagesPerJob({ ratePerSecond: throttle.currentRate(), recipientsPerRequest }, deps.config.feed);
    return Math.max(2, Math.min(64, Math.ceil((2 * throttle.concurrency * recipientsPerRequest) / size) + 1));
  };
  const lanes = [
    openSendWorker({
      ...redis,
      route: route.name,
      lane: "single",
      autorun: false,
      concurrency: 100,
      handle: async ({ ids }) => {
        const left = await sender.take({ lane: "single", campaignId: null, ids });
        for (const id of left) await within(patienceMs, queue.addSingle(id));
      },
      onError,
    }),
    openSendWorker({
      ...redis,
      route: route.name,
      lane: "campaign",
      autorun: false,
      concurrency: jobsInHand(),
      handle: async ({ campaignId, ids }) => {
        const left = await sender.take({ lane: "campaign", campaignId, ids });
        if (campaignId && left.length > 0) {
          await within(patienceMs, queue.addCampaignJobs([{ campaignId, ids: left }]));
        }
      },
      onError,
    }),
  ];
  const stopFollowing = throttle.onConcurrencyChange(() => {
    lanes[1]?.setConcurrency(jobsInHand());
    void followLaneWish();
  });
  void followLaneWish();
  const feeder: Feeder = createFeeder({
    route: route.name,
    feeder: deps.worker,
    ledger: deps.ledger,
    queue,
    redisEpoch: () => redisEpoch(redis),
    throttle,
    rules,
    settings: deps.config.feed,
    canarySize: deps.config.campaigns.pauseAfterRejected,
    classRules,
    now,
    log,
  });

  let refreshing = false;
  const refresh = async (): Promise<void> => {
    if (refreshing) return;
    refreshing = true;
    try {
      await hold.refresh();
      if (!hold.held) return;
      const id = await pickProbe({ ledger: deps.ledger, route: route.name, classRules, now: now() });
      // Only who has something to probe with asks for the right: asking takes it.
      if (!id || !(await hold.takeProbe())) return;
      const outcome = await sender.probe(id);
      if (outcome?.kind === "accepted" || outcome?.kind === "rejected") await hold.release();
    } catch (err) {
      log.error({ err }, "the route's hold could not be read; trying again");
    } finally {
      refreshing = false;
    }
  };
  const refreshTimer = setInterval(() => {
    void refresh();
    const figures = throttle.figures();
    deps.metrics.rate.set({ route: route.name }, figures.rate ?? 0);
    deps.metrics.rateLimit.set({ route: route.name }, figures.tpsLimit ?? 0);
    deps.metrics.concurrency.set({ route: route.name }, figures.granted);
    deps.metrics.inFlight.set({ route: route.name }, figures.inUse);
  }, refreshHoldMs);

  return {
    name: route.name,
    rules,
    throttle,
    parked,
    feeder,
    async close(): Promise<void> {
      clearInterval(refreshTimer);
      stopFollowing();
      // The lanes wait for their jobs, and the jobs for the sender: both close together. Redis may be away, and nothing
      // that only talks to it may keep this process from finishing what it has in flight.
      const feederClosed = feeder.close();
      await Promise.all([...lanes.map((lane) => lane.close()), sender.close()]);
      await within(patienceMs, feederClosed);
      await client.close();
      await within(patienceMs, throttle.close());
      await within(patienceMs, queue.close());
    },
  };
}
