import type { Config, RouteConfig } from "@hikyaku/config";
import { type BackoffCause, type BackoffPlan, backoffPlans, type Provider } from "@hikyaku/core";
import { feedable, type Ledger, nextToFeed, orphanSingles, takeDue } from "@hikyaku/ledger";
import {
  onFeederSignal,
  openSendQueue,
  openSendWorker,
  openThrottle,
  parkedOutcomes,
  type RedisConnections,
  redisEpoch,
} from "@hikyaku/queue";
import { createFeeder, type Feeder, messagesPerJob } from "../feeder/create-feeder.ts";
import { createHousekeeper } from "../housekeeping/create-housekeeper.ts";
import type { Logger } from "../observing/create-logger.ts";
import type { Metrics } from "../observing/create-metrics.ts";
import { createReceiptApplier } from "../receipts/create-receipt-applier.ts";
import { createCampaignCache } from "../sender/campaign-cache.ts";
import { createClientHolder } from "../sender/client-holder.ts";
import { createSender } from "../sender/create-sender.ts";
import { createRecorder } from "../sender/recorder.ts";
import { createRouteHold } from "../sender/route-hold.ts";

export interface WorkerDeps {
  readonly config: Config;
  readonly findProvider: (name: string) => Provider;
  /** This process's id in the ledger; its heartbeat is kept by the caller. */
  readonly worker: string;
  readonly ledger: Ledger;
  readonly connections: RedisConnections;
  readonly log: Logger;
  readonly metrics: Metrics;
}

const refreshHoldMs = 1_000;

/** Starts everything a worker process does: sending and feeding for every route, and the chores of the ledger. */
export async function startWorker(
  deps: WorkerDeps,
): Promise<{ close(): Promise<void>; setLimits(config: Config): Promise<void> }> {
  const routes = await Promise.all(Object.values(deps.config.routes).map((route) => startRoute(deps, route)));
  const applier = createReceiptApplier(deps);
  const signalAll = () => {
    for (const route of routes) route.feeder.signal();
  };
  const housekeeper = createHousekeeper({
    ledger: deps.ledger,
    parked: new Map(routes.map((route) => [route.name, route.parked])),
    worker: deps.worker,
    workerDeadAfterMs: deps.config.heartbeat.deadAfterMs,
    longestAttemptMs: longestAttemptMs(deps),
    reconcileAfterMs: deps.config.unknown.reconcileAfterMs,
    retentionDays: deps.config.retention.days,
    onStarted: signalAll,
    log: deps.log,
  });
  const stopSignals = await onFeederSignal(
    routes.map((route) => route.name),
    (name) => {
      for (const route of routes) if (route.name === name) route.feeder.signal();
    },
    { connections: deps.connections, prefix: deps.config.redisPrefix },
  );

  return {
    async setLimits(config) {
      for (const route of routes) {
        const changed = config.routes[route.name];
        if (changed) await route.throttle.setLimits(changed.limits);
      }
    },
    async close() {
      // Take nothing new, finish what is in hand, then the rest: the housekeeper last, because it writes what was parked.
      await stopSignals();
      await Promise.all(routes.map((route) => route.close()));
      await Promise.all([housekeeper.close(), applier.close()]);
    },
  };
}

/** Longer than any attempt can take by itself: what is in flight beyond it is in doubt, whoever holds it. */
function longestAttemptMs(deps: WorkerDeps): number {
  const timeouts = Object.values(deps.config.routes).map((route) =>
    deps.findProvider(route.provider).longestCallMs(route.settings),
  );
  return Math.max(60_000, ...timeouts.map((ms) => ms * 2));
}

async function startRoute(deps: WorkerDeps, route: RouteConfig) {
  const provider = deps.findProvider(route.provider);
  const rules = provider.rules(provider.publicSettings(route.settings));
  const log = deps.log.child({ route: route.name });
  const onError = (err: Error) => log.error({ err }, "Redis fault");
  const throttle = openThrottle({
    connections: deps.connections,
    route: route.name,
    limits: route.limits,
    role: "send",
    prefix: deps.config.redisPrefix,
    onError,
  });
  const redis = { connections: deps.connections, prefix: deps.config.redisPrefix };
  const queue = openSendQueue({ ...redis, route: route.name, onError });
  const parked = parkedOutcomes(route.name, { redis: deps.connections.shared, prefix: deps.config.redisPrefix });
  const client = createClientHolder({
    connect: (connections) => provider.connect(route.settings, { routeName: route.name, connections }),
    throttle,
    onCloseError: (err) => log.warn({ err }, "closing sockets failed"),
  });
  const recorder = createRecorder({
    ledger: deps.ledger,
    parked,
    route: route.name,
    worker: deps.worker,
    log,
    metrics: deps.metrics,
  });
  const hold = createRouteHold({
    ledger: deps.ledger,
    route: route.name,
    log,
    metrics: deps.metrics,
    credentialsProbeMs: deps.config.hold.probeEveryMs,
    faultProbeMs: { base: Math.min(5_000, deps.config.hold.probeEveryMs), cap: deps.config.hold.probeEveryMs },
    onChange: (held) => {
      for (const lane of lanes) {
        void (held ? lane.pause() : lane.resume()).catch(onError);
      }
      if (!held) feeder.signal();
    },
  });
  const sender = createSender({
    route: route.name,
    worker: deps.worker,
    ledger: deps.ledger,
    throttle,
    rules,
    client,
    campaigns: createCampaignCache({ ledger: deps.ledger, rules }),
    recorder,
    hold,
    retry: { maxAttempts: route.retry.maxAttempts, plans: retryPlans(route.retry) },
    receiptGraceMs: route.receiptGraceMs,
    random: Math.random,
    now: () => new Date(),
    log,
    metrics: deps.metrics,
  });
  // Enough jobs in hand that permits never wait for Redis, and no more: what waits here is not overtaken.
  const jobsInHand = (): number => {
    const size = messagesPerJob(throttle.currentRate(), deps.config.feed);
    return Math.max(2, Math.min(64, Math.ceil((2 * throttle.concurrency) / size) + 1));
  };
  const lanes = [
    openSendWorker({
      ...redis,
      route: route.name,
      lane: "single",
      concurrency: 100,
      handle: async ({ ids }) => {
        const left = await sender.take({ lane: "single", campaignId: null, ids });
        for (const id of left) await queue.addSingle(id);
      },
      onError,
    }),
    openSendWorker({
      ...redis,
      route: route.name,
      lane: "campaign",
      concurrency: jobsInHand(),
      handle: async ({ campaignId, ids }) => {
        const left = await sender.take({ lane: "campaign", campaignId, ids });
        if (campaignId && left.length > 0) await queue.addCampaignJobs([{ campaignId, ids: left }]);
      },
      onError,
    }),
  ];
  const stopFollowing = throttle.onConcurrencyChange(() => lanes[1]?.setConcurrency(jobsInHand()));
  const feeder: Feeder = createFeeder({
    route: route.name,
    feeder: deps.worker,
    ledger: deps.ledger,
    queue,
    redisEpoch: () => redisEpoch(redis),
    throttle,
    settings: deps.config.feed,
    canarySize: deps.config.campaigns.pauseAfterRejected,
    now: () => new Date(),
    log,
  });

  const pickProbe = async (): Promise<string | null> => {
    const sql = deps.ledger.sql;
    for (const campaign of await feedable(sql, { route: route.name })) {
      const [id] = await nextToFeed(sql, { campaignId: campaign.id, after: null, limit: 1 });
      if (id) return id;
    }
    const [due] = await takeDue(sql, { route: route.name, limit: 1, leaseMs: 60_000 });
    if (due) return due.id;
    const [single] = await orphanSingles(sql, { route: route.name, olderThanMs: 0, limit: 1 });
    return single ?? null;
  };

  let refreshing = Promise.resolve();
  const refresh = async (): Promise<void> => {
    try {
      if (!(await hold.refresh())) return;
      const id = await pickProbe();
      const outcome = id ? await sender.probe(id) : null;
      if (outcome && (outcome.kind === "accepted" || outcome.kind === "rejected")) await hold.release();
    } catch (err) {
      log.error({ err }, "the route's hold could not be read; trying again");
    }
  };
  const refreshTimer = setInterval(() => {
    refreshing = refreshing.then(refresh);
    const figures = throttle.figures();
    deps.metrics.rate.set({ route: route.name }, figures.rate ?? 0);
    deps.metrics.rateLimit.set({ route: route.name }, figures.tpsLimit ?? 0);
    deps.metrics.concurrency.set({ route: route.name }, figures.granted);
    deps.metrics.inFlight.set({ route: route.name }, figures.inUse);
  }, refreshHoldMs);

  return {
    name: route.name,
    throttle,
    parked,
    feeder,
    async close(): Promise<void> {
      clearInterval(refreshTimer);
      stopFollowing();
      await feeder.close();
      // The lanes wait for their jobs, and the jobs for the sender: both close together.
      await Promise.all([...lanes.map((lane) => lane.close()), sender.close()]);
      await refreshing;
      await client.close();
      await throttle.close();
      await queue.close();
    },
  };
}

/** The waits for retries, with what the configuration says of them; the wait after a 503 keeps its own, short plan, because it costs no attempt. */
function retryPlans(retry: {
  baseMs?: number | undefined;
  capMs?: number | undefined;
}): Record<BackoffCause, BackoffPlan> {
  const configured = (plan: BackoffPlan): BackoffPlan => ({
    baseMs: retry.baseMs ?? plan.baseMs,
    capMs: retry.capMs ?? plan.capMs,
  });
  return {
    throttled: backoffPlans.throttled,
    "server-error": configured(backoffPlans["server-error"]),
    "bad-gateway": configured(backoffPlans["bad-gateway"]),
    "not-reached": configured(backoffPlans["not-reached"]),
    unreachable: configured(backoffPlans.unreachable),
  };
}
