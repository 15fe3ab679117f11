import type { Config, RouteConfig } from "@hikyaku/config";
import { rulesOfRoute } from "@hikyaku/core";
import { signalFeeder } from "@hikyaku/queue";
import { createAccountMirror } from "../account/create-account-mirror.ts";
import { startEventDelivery } from "../events/start-event-delivery.ts";
import { createFallbackSweep } from "../fallback/create-fallback-sweep.ts";
import type { ProcessParts } from "../process/run-process.ts";
import { openRoute, setLimits } from "../routes/open-route.ts";
import { retryPlans } from "../routes/retry-plans.ts";
import { createCampaignCache } from "../sender/campaign-cache.ts";
import { createStatusAsker } from "./ask-status.ts";
import { createPoller } from "./create-poller.ts";
import { createReservationWatch } from "./create-reservation-watch.ts";
import { createLookUps } from "./look-up.ts";
import { createQuestions } from "./questions.ts";

export interface PollerDeps extends Omit<ProcessParts, "ready" | "onFatal"> {
  /** The clock by which delivery windows open and shut. Default the system's. */
  readonly now?: () => Date;
}

/**
 * Starts, for every route of the configuration, its status poller, the sweep that begins its second legs and, where its carrier has
 * templates or takes reservations, what keeps the copy of the ones and asks about the others, and tells events to the user's own systems: here, because neither sending nor the carrier's notifications may ever wait for such
 * a system.
 */
export async function startPoller(
  deps: PollerDeps,
): Promise<{ close(): Promise<void>; setLimits(config: Config): Promise<void> }> {
  const { config, connections, findProvider, ledger, metrics, worker } = deps;
  const { intervalMs, batchSize, tpsShare, templatesIntervalMs } = config.poller;
  const now = () => new Date();
  const redis = { connections, prefix: config.redisPrefix };
  const rulesOf = ({ provider, settings }: RouteConfig) => rulesOfRoute(findProvider(provider), settings);
  const routes = Object.values(config.routes).map((route) => {
    const { name, rules, log, throttle, client, hold } = openRoute(deps, route, { role: "status" });
    const questions = createQuestions({ throttle, client });
    const asking = { route: name, throttle, questions, rules, hold, now, log, metrics };
    const asker = createStatusAsker({
      ...asking,
      schedule: {
        graceMs: route.receiptGraceMs,
        plan: route.statusChecks.afterMinutes,
        lastCheckMarginMs: route.statusChecks.lastCheckMarginMs,
      },
    });
    const lookUps = createLookUps({
      ...asking,
      ...{ worker, ledger, receiptGraceMs: route.receiptGraceMs },
      campaigns: createCampaignCache({ ledger, route: name, rules, classRules: route.classRules }),
      retry: { maxAttempts: route.retry.maxAttempts, plans: retryPlans(route.retry) },
      wakeFeeder: () => signalFeeder(name, redis),
    });
    const shared = { route: name, ledger, throttle, asker, hold, intervalMs, batchSize, tpsShare, log, metrics };
    const poller = createPoller({ ...shared, lookUps, perCall: rules.recipientsPerRequest });
    const fallbackSweep = createFallbackSweep({
      ...shared,
      rulesOf: (other) => (config.routes[other] ? rulesOf(config.routes[other]) : null),
      classRulesOf: (other) => config.routes[other]?.classRules ?? null,
      wakeFeeder: (other) => signalFeeder(other, redis),
      now: deps.now ?? now,
    });
    const account = createAccountMirror({ ...shared, questions, rules, everyMs: templatesIntervalMs });
    const reservations = createReservationWatch({ ...shared, questions, rules, now });
    return { name, throttle, client, questions, poller, fallbackSweep, account, reservations };
  });

  const events = await startEventDelivery(deps);

  return {
    setLimits: (changed) => setLimits(routes, changed),
    async close() {
      for (const route of routes) route.questions.close();
      await Promise.all([
        ...routes.flatMap(({ poller, fallbackSweep, account, reservations }) =>
          [poller, fallbackSweep, account, reservations].map((part) => part?.close()),
        ),
        events.close(),
      ]);
      await Promise.all(
        routes.map(async (route) => {
          await route.client.close();
          await route.throttle.close();
        }),
      );
    },
  };
}
