import { setTimeout as delay } from "node:timers/promises";
import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { queueRedis } from "../../test/queue-redis.ts";
import { mostInASecond } from "../../test/starts.ts";
import { openThrottle, type ThrottleOptions } from "./open-throttle.ts";
import { type PermitKind, type Throttle, ThrottleClosedError } from "./throttle.ts";

/** Throttles of one route, closed at the end of the test. */
async function routeOf(limits: ThrottleOptions["limits"]) {
  const redis = await queueRedis();
  const opened: Throttle[] = [];
  return {
    clear: redis.clear,
    /** Moves the times that the throttle has written. */
    async setAhead(ms: number) {
      const key = `${redis.prefix}:throttle:r`;
      const move = `
        redis.call('HINCRBY', KEYS[1], 'createdAt', ARGV[1])
        redis.call('HINCRBY', KEYS[1], 'beatAt', ARGV[1])
        redis.call('HINCRBYFLOAT', KEYS[2], 'nextRequest', ARGV[1])`;
      await redis.connections.shared.eval(move, 2, `${key}:state`, `b_${key}_settings`, ms);
    },
    join(role: ThrottleOptions["role"] = "send", own: ThrottleOptions["limits"] = limits, statusShare = 0.2): Throttle {
      const throttle = openThrottle({
        // Deep cuts and slow climbs, so that what a 503 does can be told from noise.
        adaptive: { loneCutTo: 0.5, climbEveryMs: 10_000 },
        ...redis,
        route: "r",
        role,
        limits: own,
        statusShare,
      });
      opened.push(throttle);
      return throttle;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(opened.map((throttle) => throttle.close()));
      await redis[Symbol.asyncDispose]();
    },
  };
}

/** Starts of one kind, one after the other in `lines` lines, each in flight for `latencyMs`, until the throttle closes. */
function startForEver(throttle: Throttle, kind: PermitKind, { lines = 5, max = 5, latencyMs = 10 } = {}) {
  const state = { starts: [] as number[], inFlight: 0, most: 0 };
  const line = async (): Promise<void> => {
    for (;;) {
      const permits = await throttle.acquire(kind, max);
      await Promise.all(
        permits.map(async (permit) => {
          if (await permit.ready()) {
            state.starts.push(performance.now());
            permit.sent();
            permit.sent();
            state.inFlight++;
            state.most = Math.max(state.most, state.inFlight);
            await delay(latencyMs);
            state.inFlight--;
          }
          permit.release();
        }),
      );
    }
  };
  for (let index = 0; index < lines; index++) {
    line().catch((error: unknown) => {
      if (!(error instanceof ThrottleClosedError)) throw error;
    });
  }
  return state;
}

test.concurrent("the grants of all processes together never exceed the limit, whoever comes, goes or wants more", async () => {
  const concurrency = 7;
  await using route = await routeOf({ tps: null, concurrency });
  const running: { throttle: Throttle; state: ReturnType<typeof startForEver> }[] = [];
  const come = () => {
    const throttle = route.join(running.length % 3 === 2 ? "status" : "send");
    const kind = running.length % 3 === 2 ? "status" : "campaign";
    running.push({ throttle, state: startForEver(throttle, kind, { latencyMs: 5 + 20 * running.length }) });
  };
  let most = 0;
  let looks = 0;
  const look = () => {
    looks++;
    most = Math.max(
      most,
      running.reduce((sum, { throttle, state }) => sum + Math.max(throttle.concurrency, state.inFlight), 0),
    );
  };
  const timer = setInterval(look, 1);

  for (const count of [1, 2, 5, 9]) {
    while (running.length < count) come();
    await waitFor(() => running.slice(0, 6).every(({ state }) => state.starts.length >= count), {
      timeoutMs: 20_000,
      what: `all of ${count} to start something`,
    });
  }
  await Promise.all(running.splice(0, 5).map(({ throttle }) => throttle.close()));
  const before = running.map(({ state }) => state.starts.length);
  await waitFor(() => running.every(({ state }, index) => state.starts.length > (before[index] ?? 0) + 10), {
    timeoutMs: 20_000,
    what: "the others to go on",
  });
  clearInterval(timer);

  expect(looks).toBeGreaterThan(100);
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(concurrency);
});

test.concurrent("when Redis loses everything, the grants still never exceed the limit, and all go on", async () => {
  const concurrency = 6;
  await using route = await routeOf({ tps: null, concurrency });
  const all = Array.from({ length: 3 }, () => {
    const throttle = route.join();
    return { throttle, state: startForEver(throttle, "campaign", { latencyMs: 300 }) };
  });
  await waitFor(() => all.every(({ throttle }) => throttle.concurrency === 2));
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(
      most,
      all.reduce((sum, { throttle, state }) => sum + Math.max(throttle.concurrency, state.inFlight), 0),
    );
  }, 1);

  for (let round = 1; round <= 3; round++) {
    const before = all.map(({ state }) => state.starts.length);
    await route.clear();
    await waitFor(() => all.every(({ state }, index) => state.starts.length > (before[index] ?? 0) + 10));
  }
  clearInterval(timer);

  expect(most).toBe(concurrency);
});

test.concurrent("a lease of many slots takes as much of the pace as its slots", async () => {
  await using route = await routeOf({ tps: 400, concurrency: 100 });
  const all = [1, 2].map(() => startForEver(route.join(), "campaign", { lines: 20, latencyMs: 1 }));

  await waitFor(() => all.every(({ starts }) => starts.length >= 300));

  expect(mostInASecond(all.flatMap(({ starts }) => starts).sort((a, b) => a - b))).toBeLessThanOrEqual(410);
});

test.concurrent("with a limit of one connection a sender keeps it, shares it with the poller, and leaves it to the next sender", async () => {
  await using route = await routeOf({ tps: null, concurrency: 1 });
  const [one, two] = [route.join(), route.join()];
  const all = [
    startForEver(one, "campaign"),
    startForEver(two, "campaign"),
    startForEver(route.join("status"), "status"),
  ];
  const [first, second, poller] = all;

  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(
      most,
      all.reduce((sum, { inFlight }) => sum + inFlight, 0),
    );
  }, 1);
  const started = (each: (typeof all)[number] | undefined) => each?.starts.length ?? 0;
  await waitFor(() => started(poller) >= 10 && Math.max(started(first), started(second)) >= 10, {
    timeoutMs: 45_000,
    what: "a sender and the poller to start",
  });
  const [holder, other] = started(first) > started(second) ? [one, second] : [two, first];
  expect(started(other)).toBe(0);
  // Up to here: whoever closes with a request in flight has left, and the next one begins beside it.
  clearInterval(timer);
  expect(most).toBe(1);
  await holder.close();
  await waitFor(() => started(other) >= 10, { timeoutMs: 30_000, what: "the other sender to start" });
}, 90_000);

test.concurrent("a process alone gets the whole limit, also after another one came and went", async () => {
  await using route = await routeOf({ tps: null, concurrency: 10 });
  const one = route.join();
  startForEver(one, "campaign", { lines: 20 });
  await waitFor(() => one.concurrency === 10);

  const two = route.join();
  startForEver(two, "campaign", { lines: 20 });
  await waitFor(() => one.concurrency === 5 && two.concurrency === 5);
  await two.close();

  await waitFor(() => one.concurrency === 10);
});

test.concurrent("a single message starts before campaign messages that were there first", async () => {
  await using route = await routeOf({ tps: 20, concurrency: 10 });
  const throttle = route.join();
  const campaign = startForEver(throttle, "campaign", { lines: 20 });
  await waitFor(() => campaign.starts.length >= 5);

  for (let round = 0; round < 5; round++) {
    const before = campaign.starts.length;
    const [permit] = await throttle.acquire("single", 1);
    expect(await permit?.ready()).toBe(true);
    permit?.release();
    // Two slots may have come while it was asked for; twenty campaign messages were waiting for theirs.
    expect(campaign.starts.length - before).toBeLessThanOrEqual(3);
  }
});

test.concurrent("a 503 lowers the rate for all processes, once for a burst", async () => {
  await using route = await routeOf({ tps: 100, concurrency: 10 });
  const [one, two] = [route.join(), route.join()];
  await waitFor(() => one.figures().connected && two.figures().connected);

  one.throttled();
  one.throttled();
  await waitFor(() => [one, two].every((each) => (each.currentRate() ?? 0) < 60), { what: "both to hear of it" });
  two.throttled();

  expect(one.currentRate()).toBeGreaterThanOrEqual(50);
  expect(one.currentRate()).toBeLessThan(55);
  expect(two.currentRate()).toBeCloseTo(one.currentRate() ?? 0, 0);
  const { starts } = startForEver(two, "campaign", { lines: 10 });
  await waitFor(() => starts.length >= 60);
  expect(mostInASecond(starts)).toBeLessThanOrEqual(55);
});

test.concurrent("a 503 on a request from before the last cut is no reason for another cut", async () => {
  await using route = await routeOf({ tps: 100, concurrency: 10 });
  const throttle = route.join();
  await waitFor(() => throttle.figures().connected);
  const startedAt = performance.now() - 100;
  throttle.throttled();
  await waitFor(() => performance.now() - startedAt > 1_200);

  throttle.throttled(undefined, startedAt);

  expect(throttle.currentRate()).toBeGreaterThanOrEqual(50);
});

test.concurrent.each([100, null])(
  "Retry-After keeps every process from starting until it has passed (tps %s)",
  async (tps) => {
    await using route = await routeOf({ tps, concurrency: 10 });
    const [one, two] = [route.join(), route.join()];
    const { starts } = startForEver(two, "campaign", { lines: 20 });
    await waitFor(() => starts.length >= 5 && one.figures().connected);

    const heldAt = performance.now();
    one.throttled(1_500);
    await waitFor(() => two.figures().heldForMs > 0, { what: "the other to hear of it" });
    const heardAt = performance.now();
    await waitFor(() => (starts.at(-1) ?? 0) > heldAt + 1_500, { what: "starts after the hold" });

    expect(starts.filter((at) => at > heardAt && at < heldAt + 1_490)).toEqual([]);
  },
);

test.concurrent("a permit that is ready while the route is held for long is told to go back", async () => {
  await using route = await routeOf({ tps: null, concurrency: 10 });
  const throttle = route.join();
  const [permit] = await throttle.acquire("campaign", 1);
  throttle.throttled(60_000);
  const askedAt = performance.now();

  expect(await permit?.ready()).toBe(false);
  expect(performance.now() - askedAt).toBeLessThan(3_000);
});

test.concurrent("a Retry-After of days holds the route for an hour at most, in every process", async () => {
  await using route = await routeOf({ tps: 100, concurrency: 10 });
  const [one, two] = [route.join(), route.join()];
  await waitFor(() => one.figures().connected && two.figures().connected);

  one.throttled(10 * 86_400_000);

  const held = [one, two].map((throttle) => () => throttle.figures().heldForMs);
  await waitFor(() => held.every((heldForMs) => heldForMs() > 3_500_000));
  for (const heldForMs of held) expect(heldForMs()).toBeLessThanOrEqual(3_600_100);
});

test.concurrent.each([
  { share: 0.2, starts: 22 },
  { share: 0.6, starts: 64 },
])("status checks get at most their share of the rate: $share of 100/s", async ({ share, starts: most }) => {
  const limits = { tps: 100, concurrency: 20 };
  await using route = await routeOf(limits);
  // A worker without anything to send beats too, and writes the same pace.
  route.join("send", limits, share);
  const { starts } = startForEver(route.join("status", limits, share), "status", { lines: 10 });

  await waitFor(() => starts.length >= 3 * most, { timeoutMs: 15_000 });

  expect(mostInASecond(starts)).toBeLessThanOrEqual(most);
  expect(mostInASecond(starts)).toBeGreaterThan(0.8 * 100 * share);
});

test.concurrent.each([
  { share: 0.2, concurrency: 10, checks: 2 },
  { share: 0.5, concurrency: 10, checks: 5 },
  { share: 1, concurrency: 10, checks: 9 },
])("status checks get $checks of $concurrency connections with a share of $share", async (each) => {
  const limits = { tps: null, concurrency: each.concurrency };
  await using route = await routeOf(limits);
  const sender = route.join("send", limits, each.share);
  const poller = route.join("status", limits, each.share);
  startForEver(sender, "campaign", { lines: 20, latencyMs: 5 });
  startForEver(poller, "status", { lines: 20, latencyMs: 5 });

  await waitFor(() => poller.concurrency === each.checks && sender.concurrency === each.concurrency - each.checks);
});

test.concurrent("new limits hold for all processes, and the last ones win", async () => {
  await using route = await routeOf({ tps: 100, concurrency: 10 });
  const [one, two] = [route.join(), route.join()];
  const changes: number[] = [];
  two.onConcurrencyChange((concurrency) => changes.push(concurrency));
  startForEver(two, "campaign", { lines: 20 });
  await waitFor(() => two.figures().granted > 0);

  await one.setLimits({ tps: 200, concurrency: 4 });
  await one.setLimits({ tps: 20, concurrency: 3 });
  await waitFor(() => two.figures().tpsLimit === 20 && two.figures().concurrencyLimit === 3);
  await waitFor(() => two.concurrency <= 3 && changes.length > 1);
  const { starts } = startForEver(two, "campaign");
  const late = route.join("send", { tps: 30, concurrency: 3 });
  await waitFor(() => starts.length >= 5);
  await waitFor(() => one.figures().tpsLimit === 30);

  expect(late.currentRate()).toBe(30);
  expect(changes.at(-1)).toBe(two.concurrency);
});

test.concurrent("without a TPS limit there are as many permits at once as places are free", async () => {
  await using route = await routeOf({ tps: null, concurrency: 40 });
  const throttle = route.join();
  await waitFor(() => throttle.concurrency === 40);

  const permits = await throttle.acquire("campaign", 30);

  expect(permits).toHaveLength(30);
  expect(await Promise.all(permits.map((permit) => permit.ready()))).toEqual(permits.map(() => true));
  expect(throttle.figures().inUse).toBe(30);
  for (const permit of permits) permit.release();
  for (const permit of permits) permit.release();
  expect(throttle.figures().inUse).toBe(0);
});

test.concurrent("a permit that is given back without a start lets another one start at its slot", async () => {
  await using route = await routeOf({ tps: 10, concurrency: 1 });
  const throttle = route.join();
  const [unneeded] = await throttle.acquire("campaign", 1);
  const next = throttle.acquire("campaign", 1);

  unneeded?.release();
  const [permit] = await next;

  expect(await permit?.ready()).toBe(true);
  expect(throttle.figures()).toMatchObject({ started: 1, inUse: 1, reserved: 0 });
});

test.concurrent("releasing twice changes nothing for those who wait", async () => {
  await using route = await routeOf({ tps: null, concurrency: 1 });
  const throttle = route.join();
  const [first] = await throttle.acquire("campaign", 1);
  await first?.ready();
  first?.release();
  const [second] = await throttle.acquire("campaign", 1);
  await second?.ready();
  const [third] = await throttle.acquire("campaign", 1);
  const ready = third?.ready();

  first?.release();
  expect(throttle.figures()).toMatchObject({ inUse: 1, reserved: 1 });
  second?.release();

  expect(await ready).toBe(true);
});

test.concurrent("Redis's clock set back by an hour stops nobody for long", async () => {
  await using route = await routeOf({ tps: 50, concurrency: 10 });
  const state = startForEver(route.join(), "campaign");
  await waitFor(() => state.starts.length >= 10);

  // Seen from a clock set back, everything written so far is an hour ahead.
  await route.setAhead(3_600_000);
  const before = state.starts.length;

  await waitFor(() => state.starts.length >= before + 30);
});

test.concurrent("closing and aborting end the waiting", async () => {
  await using route = await routeOf({ tps: 1, concurrency: 1 });
  const throttle = route.join();
  const abort = new AbortController();
  const aborted = throttle.acquire("campaign", 1, abort.signal);
  const closed = expect(throttle.acquire("campaign", 1)).rejects.toThrow(ThrottleClosedError);
  abort.abort(new Error("enough"));
  await expect(aborted).rejects.toThrow("enough");

  await throttle.close();

  await closed;
  await expect(throttle.acquire("single", 1)).rejects.toThrow("The throttle of route r is closed");
});

test.concurrent.each([
  [{ tps: 0, concurrency: 1 }, 0.2, "limits.tps: 0 must be a number above 0"],
  [{ tps: null, concurrency: 0 }, 0.2, "limits.concurrency: 0 must be a whole number"],
  [{ tps: null, concurrency: 1 }, 0, "statusShare: 0 must be a number above 0 and at most 1"],
])("limits %j with a status share of %s are refused", async (limits, statusShare, message) => {
  await using redis = await queueRedis();
  expect(() =>
    openThrottle({
      // Deep cuts and slow climbs, so that what a 503 does can be told from noise.
      adaptive: { loneCutTo: 0.5, climbEveryMs: 10_000 },
      ...redis,
      route: "r",
      role: "send",
      limits,
      statusShare,
    }),
  ).toThrow(message);
});
