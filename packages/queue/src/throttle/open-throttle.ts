import { type AdaptiveRateSettings, isStorm } from "@hikyaku/core";
import type { RedisConnections } from "../connection.ts";
import { defaultPrefix, throttleKey } from "../names.ts";
import { createLateStarts } from "./late-starts.ts";
import { createSlotLease, type SlotLease } from "./lease.ts";
import { openPacerConnection } from "./pacer.ts";
import { createLocalPermits } from "./permits.ts";
import { createRedisClock } from "./redis-clock.ts";
import { joinShare, type ThrottleRole } from "./share.ts";
import { defaultStatusShare } from "./share-script.ts";
import { createStartLog } from "./start-log.ts";
import type { RouteLimits, Throttle } from "./throttle.ts";

export interface ThrottleOptions {
  connections: RedisConnections;
  route: string;
  limits: RouteLimits;
  /** `send` for workers; `status` for the poller, which may take `statusShare` of either limit. */
  role: ThrottleRole;
  /** Above 0, at most 1; the same in all processes of a route. Default 0.2. */
  statusShare?: number;
  /** How the rate falls at a 503 and climbs again. Defaults of the core. */
  adaptive?: Omit<AdaptiveRateSettings, "tps">;
  /** Default `hikyaku`. */
  prefix?: string;
  onError?(error: Error): void;
}

/**
 * From its slot's beginning in Redis's time to the start: what a claim may take. All processes of a route add the same,
 * so it moves the pace as a whole and does not bend it.
 */
export const leadMs = 20;

/** Longest that one lease may last: who waits in another process waits for the whole of it. */
const leaseMs = 10;
/** Leases are asked for so far ahead that a loop that stands still for a moment leaves no hole in the pace. */
const horizonMs = 30;

/** Joins the throttle of a route. Returns at once; the first permits come when Redis has answered. */
export function openThrottle(options: ThrottleOptions): Throttle {
  const { connections, route, role, statusShare = defaultStatusShare, prefix = defaultPrefix } = options;
  checkLimits(options.limits);
  if (!(statusShare > 0 && statusShare <= 1)) {
    throw new RangeError(`statusShare: ${statusShare} must be a number above 0 and at most 1`);
  }
  const key = throttleKey(prefix, route);
  const clock = createRedisClock();
  const listeners = new Set<(concurrency: number) => void>();
  let concurrency = 0;
  let throttled = 0;
  const throttledLog = createStartLog();
  let statusTokens = 0;
  let closed = false;
  const onError = (error: Error): void => {
    // Closing cuts off what is under way; that is no news.
    if (!closed) options.onError?.(error);
  };

  const lateChannel = `${key}:late`;
  const lateStarts = createLateStarts((notes) => {
    connections.impatient().publish(lateChannel, notes).catch(onError);
  });
  const listening = connections.subscribe(lateChannel, lateStarts.hear).catch((error: Error) => {
    onError(error);
    return async () => {};
  });

  const permits = createLocalPermits({
    route,
    allowance: () => ({ granted: share.granted(), tps: share.limits().tps, notBefore: share.notBefore() }),
    statusCeiling: {
      free: () => statusTokens,
      take(count) {
        statusTokens -= count;
      },
      // Never saved up: many at once would be a burst.
      want(count) {
        if (statusTokens === 0) leases().status.want(count);
      },
    },
    wantSlots: (count) => leases().main.want(count),
    onSent: ({ paceAt }, lateMs) => lateStarts.tell(paceAt, lateMs),
    wantConcurrency: () => share.wantMore(),
  });

  const share = joinShare({
    connections,
    clock,
    key,
    role,
    limits: options.limits,
    statusShare,
    adaptive: options.adaptive ?? {},
    need: () => ({
      inUse: permits.counts().inUse,
      demand: permits.demand(),
    }),
    onNews({ anew }) {
      if (anew) {
        opened?.main.forget();
        permits.clearSlots();
      }
      // As soon as Redis's time is known, so that the first rest of a new pace passes together with that of the grants.
      if (!closed && share.limits().tps !== null && share.notBefore() !== Infinity) leases();
      if (concurrency !== share.granted()) {
        concurrency = share.granted();
        for (const listener of listeners) listener(concurrency);
      }
      permits.review();
    },
    onError,
  });

  // A route without a pace needs no limiter, until its limits change.
  let opened: { main: SlotLease; status: SlotLease; close(): void } | undefined;
  function leases(): { main: SlotLease; status: SlotLease } {
    if (opened !== undefined) return opened;
    const connection = openPacerConnection(connections, clock, onError);
    const slotsIn = (ms: number, intervalMs: number): number => Math.max(1, Math.round(ms / intervalMs));
    const main = createSlotLease({
      pacer: connection.pacer(key, () => share.intervals().main),
      size: () => slotsIn(leaseMs, share.intervals().main),
      ahead() {
        const { main: intervalMs } = share.intervals();
        const lasts = slotsIn(leaseMs, intervalMs) * intervalMs;
        return Math.min(3, Math.max(1, Math.ceil(horizonMs / lasts / share.participants())));
      },
      onLease({ startsAt, intervalMs, count }) {
        permits.addSlots(
          Array.from({ length: count }, (_, index) => {
            const paceAt = startsAt + index * intervalMs;
            const at = clock.toLocal(paceAt) + leadMs;
            return { at, dueAt: at + lateStarts.delayOf(paceAt, intervalMs), paceAt };
          }),
        );
      },
      onError,
    });
    const status = createSlotLease({
      pacer: connection.pacer(`${key}:status`, () => share.intervals().status),
      size: () => slotsIn(leaseMs / statusShare, share.intervals().status),
      ahead: () => 1,
      onLease({ count }) {
        statusTokens += count;
        permits.review();
      },
      onError,
    });
    opened = {
      main,
      status,
      close() {
        main.close();
        status.close();
        connection.close();
      },
    };
    return opened;
  }

  return {
    acquire: (kind, max, signal) => permits.acquire(kind, max, signal),
    throttled(retryAfterMs, startedAt) {
      throttled++;
      const now = performance.now();
      throttledLog.add(now);
      const counts = { throttled: throttledLog.count(now), started: permits.startsInLastSecond() };
      if (!closed) share.slowDown(retryAfterMs, startedAt, isStorm(counts, options.adaptive ?? {}));
    },
    async setLimits(limits) {
      checkLimits(limits);
      await share.configure(limits);
    },
    currentRate: () => share.rate(),
    get concurrency() {
      return concurrency;
    },
    onConcurrencyChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    figures() {
      const limits = share.limits();
      const notBefore = share.notBefore();
      return {
        ...permits.counts(),
        tpsLimit: limits.tps,
        rate: share.rate(),
        concurrencyLimit: limits.concurrency,
        granted: share.granted(),
        throttled,
        heldForMs: notBefore === Infinity ? 0 : Math.max(0, Math.ceil(notBefore - performance.now())),
        connected: notBefore !== Infinity,
      };
    },
    async close() {
      if (closed) return;
      closed = true;
      permits.close();
      opened?.close();
      lateStarts.close();
      // Not awaited: without Redis nobody hears.
      void listening.then((stop) => stop());
      await share.leave();
    },
  };
}

function checkLimits({ tps, concurrency }: RouteLimits): void {
  if (tps !== null && !(Number.isFinite(tps) && tps > 0)) {
    throw new RangeError(`limits.tps: ${tps} must be a number above 0, or null for no limit`);
  }
  if (!(Number.isInteger(concurrency) && concurrency >= 1)) {
    throw new RangeError(`limits.concurrency: ${concurrency} must be a whole number of at least 1`);
  }
}
