import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type AdaptiveRate,
  type AdaptiveRateSettings,
  fullRate,
  maxRetryAfterMs,
  onThrottled,
  tpsAt,
} from "@hikyaku/core";
import type { RedisConnections } from "../connection.ts";
import { marginMs } from "./late-starts.ts";
import { paceSettingsKey } from "./pacer.ts";
import type { RedisClock } from "./redis-clock.ts";
import { beatScript, slowDownScript } from "./share-script.ts";
import type { RouteLimits } from "./throttle.ts";

export type ThrottleRole = "send" | "status";

export interface ShareOptions {
  connections: RedisConnections;
  clock: RedisClock;
  /** Begins all keys, and is bottleneck's id of the main pace. */
  key: string;
  role: ThrottleRole;
  limits: RouteLimits;
  /** The part of both limits that status checks may take; the same in all processes. */
  statusShare: number;
  /** How the rate falls and climbs. */
  adaptive: Omit<AdaptiveRateSettings, "tps">;
  /** What this process has in flight and what it would like to have, now. */
  need(): { inUse: number; demand: number };
  /** Anything below may have changed. `anew` when the shared state was lost and begun again. */
  onNews(news: { anew: boolean }): void;
  onError(error: Error): void;
}

/** This process's part in what all processes of a route share: limits, rate, and the grants of concurrency. */
export interface Share {
  granted(): number;
  limits(): RouteLimits;
  /** Starts per second allowed now; null = not limited. */
  rate(): number | null;
  /** Participants that want something; at least 1. */
  participants(): number;
  /** Local ms; Infinity while Redis is silent. */
  notBefore(): number;
  /** Ms from slot to slot of the main and of the status pace, by what is known here. */
  intervals(): { main: number; status: number };
  /** More could be used than is granted. */
  wantMore(): void;
  /** `storm`: the 503s of this process say that the limit is lower than what is sent. */
  slowDown(retryAfterMs: number | undefined, startedAt: number | undefined, storm: boolean): void;
  configure(limits: RouteLimits): Promise<void>;
  /** Stops beating and gives the grant back. */
  leave(): Promise<void>;
}

interface PendingLimits {
  limits: RouteLimits;
  done: PromiseWithResolvers<void>;
}

const beatEveryMs = 400;
/** Beats on demand keep this distance. */
const beatGapMs = 40;
/** Without a successful beat for so long nobody starts: before the others may take this share (`silentMs`). */
const freshForMs = 2_500;
const clockProbes = 10;
/** A route without a pace can't be slowed, only stopped for a moment. */
const unpacedHoldMs = 500;

export function joinShare(options: ShareOptions): Share {
  const { connections, clock, key, role, statusShare, adaptive, need, onNews, onError } = options;
  const beatWith = beatScript(statusShare);
  const redis = connections.impatient();
  const id = randomUUID();
  const channel = `${key}:news`;
  const paceKeys = [paceSettingsKey(key), paceSettingsKey(`${key}:status`)] as const;
  let limits = options.limits;
  let version = "0";
  let rate: AdaptiveRate = fullRate;
  let createdAt = "";
  let granted = 0;
  let participants = 1;
  let notBefore = 0;
  let beatenAt = -Infinity;
  /** Limits that Redis has not heard of yet. */
  let pending: PendingLimits | undefined = { limits, done: Promise.withResolvers() };
  let wantTold = 0;
  let beating = false;
  let again = false;
  let left = false;
  let timer: NodeJS.Timeout | undefined;
  let dueAt = Infinity;
  let lastAskedAt = -Infinity;

  const rateNow = (): number | null =>
    limits.tps === null ? null : tpsAt(rate, clock.now(), { ...adaptive, tps: limits.tps });
  function intervalsOf(tps: number | null, at: AdaptiveRate): { main: number; status: number } {
    if (tps === null) return { main: 0, status: 0 };
    const main = (1_000 + marginMs) / tpsAt(at, clock.now(), { ...adaptive, tps });
    return { main, status: main / statusShare };
  }

  function beatIn(ms: number): void {
    if (left) return;
    const at = performance.now() + ms;
    if (at >= dueAt) return;
    clearTimeout(timer);
    dueAt = at;
    timer = setTimeout(() => {
      dueAt = Infinity;
      void beat();
    }, ms);
    timer.unref();
  }
  const beatSoon = (): void => beatIn(Math.max(0, lastAskedAt + beatGapMs - performance.now()));

  async function beat(): Promise<void> {
    if (left) return;
    if (beating) {
      again = true;
      return;
    }
    beating = true;
    const askedAt = performance.now();
    lastAskedAt = askedAt;
    const configuring = pending;
    const { inUse, demand } = need();
    const known = configuring === undefined ? { limits, rate } : { limits: configuring.limits, rate: fullRate };
    const { main, status } = intervalsOf(known.limits.tps, known.rate);
    wantTold = demand;
    let urgent = false;
    try {
      const reply = await beatWith.run(
        redis,
        [`${key}:state`, `${key}:grants`, ...paceKeys],
        [
          id,
          role,
          configuring === undefined ? "beat" : "configure",
          granted,
          inUse,
          Math.min(demand, 1_000_000),
          version,
          known.limits.tps ?? "",
          known.limits.concurrency,
          known.rate.factor,
          known.rate.changedAt,
          main.toFixed(3),
          status.toFixed(3),
          channel,
          known.rate.stormAt,
        ],
      );
      if (left) return;
      urgent = hear(reply as string[], askedAt, inUse);
      beatenAt = askedAt;
      if (configuring !== undefined && configuring === pending) pending = undefined;
      configuring?.done.resolve();
    } catch (error) {
      if (redis.status === "ready") onError(error as Error);
      else redis.off("ready", beatSoon).once("ready", beatSoon);
    } finally {
      beating = false;
    }
    if (again || urgent || pending !== undefined) beatSoon();
    again = false;
    beatIn(beatEveryMs * (0.9 + Math.random() / 5));
    review();
  }

  /** The first answers come while the process is busy starting; a few more tell Redis's time much better. */
  async function probeClock(): Promise<void> {
    try {
      for (let probe = 0; probe < clockProbes && !left; probe++) {
        const askedAt = performance.now();
        const [seconds, microseconds] = await redis.time();
        clock.observe(Number(seconds) * 1_000 + Number(microseconds) / 1_000, askedAt, performance.now());
        await delay(25, undefined, { ref: false });
      }
    } catch (error) {
      onError(error as Error);
    }
  }

  let anew = false;
  function review(): void {
    const news = { anew };
    anew = false;
    onNews(news);
  }

  /** Takes in a reply; says whether the next beat should come soon. */
  function hear(reply: string[], askedAt: number, inUse: number): boolean {
    const [
      now,
      created = "",
      newVersion = "0",
      tps,
      concurrency,
      factor,
      changedAt,
      held,
      grant,
      live,
      starved,
      stormAt,
    ] = reply;
    clock.observe(Number(now), askedAt, performance.now());
    if (createdAt === "") void probeClock();
    anew ||= createdAt !== "" && createdAt !== created;
    createdAt = created;
    const outdated = version !== newVersion || String(rate.factor) !== factor || String(rate.changedAt) !== changedAt;
    version = newVersion;
    limits = { tps: tps === "" ? null : Number(tps), concurrency: Number(concurrency) };
    rate = { factor: Number(factor), changedAt: Number(changedAt), stormAt: Number(stormAt) };
    participants = Math.max(1, Number(live));
    if (Number(held) > clock.now()) notBefore = Math.max(notBefore, clock.toLocal(Number(held)));
    const lowered = Number(grant) < granted;
    granted = Number(grant);
    // Outdated: the pace in Redis may wait for this process. Lowered: what was given back should be known at once.
    return outdated || (lowered && inUse <= granted) || (starved === "1" && inUse > granted);
  }

  const heard = connections
    .subscribe(channel, () => beatSoon())
    .catch((error: Error) => {
      onError(error);
      return async () => {};
    });
  void beat();

  return {
    granted: () => granted,
    limits: () => limits,
    rate: rateNow,
    participants: () => participants,
    notBefore: () => (performance.now() - beatenAt > freshForMs ? Infinity : notBefore),
    intervals: () => intervalsOf(limits.tps, rate),
    wantMore() {
      // Said already: the others will give back, and a message on the channel will tell.
      if (granted < limits.concurrency && wantTold <= granted) beatSoon();
    },
    slowDown(retryAfterMs, startedAt, storm) {
      const at = clock.now();
      const { tps } = limits;
      const sinceCut = startedAt === undefined || clock.toRedis(startedAt) > rate.changedAt;
      const next = tps === null || !sinceCut ? rate : onThrottled(rate, Math.ceil(at), { ...adaptive, tps }, storm);
      const holdMs = Math.ceil(Math.min(maxRetryAfterMs, retryAfterMs ?? (tps === null ? unpacedHoldMs : 0)));
      if (next === rate && holdMs === 0) return;
      if (holdMs > 0) notBefore = Math.max(notBefore, performance.now() + holdMs);
      const known = rate;
      const { main, status } = intervalsOf(tps, next);
      slowDownScript
        .run(
          redis,
          [`${key}:state`, ...paceKeys],
          [
            tps ?? "",
            known.factor,
            known.changedAt,
            next === known ? "" : next.factor,
            next.changedAt,
            main.toFixed(3),
            status.toFixed(3),
            holdMs,
            channel,
            next.stormAt,
          ],
        )
        .then(beatSoon, onError);
      // A burst of 503s is one cut, here before Redis has answered.
      rate = next;
      review();
    },
    async configure(next) {
      const mine = { limits: next, done: Promise.withResolvers<void>() };
      // Whoever waits for older limits waits for these.
      if (pending !== undefined) mine.done.promise.then(pending.done.resolve);
      pending = mine;
      beatSoon();
      await mine.done.promise;
    },
    async leave() {
      if (left) return;
      left = true;
      clearTimeout(timer);
      redis.off("ready", beatSoon);
      granted = 0;
      pending?.done.resolve();
      // Not awaited: without Redis nobody hears, and nothing has to be undone.
      void heard.then((stop) => stop());
      await beatWith
        .run(
          redis,
          [`${key}:state`, `${key}:grants`, ...paceKeys],
          [id, role, "leave", ...Array<number>(10).fill(0), channel],
        )
        .catch(() => {});
    },
  };
}
