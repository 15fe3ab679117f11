import { parseConfig } from "@hikyaku/config";
import { connectLedger, holdRoute, type Ledger, migrate, publishRoutes } from "@hikyaku/ledger";
import { findProvider, routeSchemas } from "@hikyaku/providers";
import { connectRedis, type RedisConnections } from "@hikyaku/queue";
import { createDatabase, createRedis } from "@hikyaku/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type CheckedCapability, openQuestions } from "../../src/index.ts";
import { startAskedGateway } from "./asked-gateway.ts";

const stack = new AsyncDisposableStack();
let ledger: Ledger;
let connections: RedisConnections;
let prefix: string;
beforeAll(async () => {
  const database = stack.use(await createDatabase());
  const redis = stack.use(await createRedis());
  await migrate(database.url);
  ledger = connectLedger(database.url, { max: 4 });
  stack.defer(() => ledger.close());
  connections = connectRedis({ url: redis.url });
  stack.defer(() => connections.closeAll());
  prefix = redis.redisPrefix;
});
afterAll(() => stack.disposeAsync());
beforeEach(async () => {
  await ledger.sql`truncate capability, capability_proof, route`;
});

let routes = 0;

/** Questions to a gateway over a route of the test's own. */
async function ask(baseUrl: string, { tokens = true, limits = { tps: 500, concurrency: 50 }, fullRate = false } = {}) {
  const name = `plus-${routes++}`;
  const text = JSON.stringify({
    redisPrefix: prefix,
    routes: {
      [name]: {
        ...{ provider: "kddi", baseUrl, botId: "b", basicAuth: { user: "u", password: "p" }, smsNumber: "0312345678" },
        tokens: tokens ? { au: "a", docomo: "d", softbank: "s" } : "smsonly",
        limits,
      },
    },
  });
  const read = parseConfig({ text, file: null, env: {}, routeSchemas });
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const route = read.config.routes[name];
  if (!route) throw new Error("no route");
  const faults: unknown[] = [];
  const deps = {
    config: read.config,
    findProvider,
    ledger,
    connections,
    onError: (error: unknown) => faults.push(error),
  };
  return { name, faults, open: () => openQuestions(deps, route, { fullRate }) };
}

const numberOf = (nth: number) => `+8190${String(12_340_000 + nth)}`;
const numbers = (count: number) => Array.from({ length: count }, (_, nth) => numberOf(nth));
const yes = { status: 200, body: { capabilities: ["chat", "chatBotCommunication"] } };
const no = { status: 404 };
const isEven = (number: string | null) => Number(number?.at(-1)) % 2 === 0;
const signal = new AbortController().signal;
const day = 86_400_000;

async function all(checked: AsyncIterable<CheckedCapability>): Promise<CheckedCapability[]> {
  const found: CheckedCapability[] = [];
  for await (const one of checked) found.push(one);
  return found;
}

describe("the capability of many numbers", () => {
  test("is asked once each, answered in their order, and then known", async () => {
    await using gateway = await startAskedGateway(({ number }, nth) => ({
      ...(isEven(number) ? yes : no),
      delayMs: nth % 3 === 0 ? 20 : 0,
    }));
    const { open, faults } = await ask(gateway.baseUrl);
    await using questions = await open();
    const recipients = numbers(150);
    const first = await all(questions.capabilities({ recipients, maxAgeMs: day, signal }));
    expect(first.map(({ recipient }) => recipient)).toEqual(recipients);
    // Before the first capable answer came in, a 404 said nothing: those were asked again.
    expect(first.map(({ capable }) => capable)).toEqual(recipients.map(isEven));
    const asked = gateway.asked.length;
    expect(asked).toBeGreaterThanOrEqual(150);
    expect(asked).toBeLessThan(200);

    const second = await all(questions.capabilities({ recipients, maxAgeMs: day, signal }));
    expect(second.map(({ capable, cached }) => [capable, cached])).toEqual(
      recipients.map((each) => [isEven(each), true]),
    );
    expect(gateway.asked).toHaveLength(asked);
    expect(second[0]).toEqual({
      ...{ recipient: numberOf(0), capable: true, said: "chat chatBotCommunication", cached: true },
      checkedAt: expect.any(Date),
    });
    const third = await all(questions.capabilities({ recipients: [numberOf(1)], maxAgeMs: 0, signal }));
    expect(third).toMatchObject([{ capable: false, cached: false, said: "HTTP 404" }]);
    expect(faults).toEqual([]);
  });

  test("is no verdict while nobody was found, and is one for all as soon as somebody is", async () => {
    await using gateway = await startAskedGateway(({ number }) => (number === numberOf(7) ? yes : no));
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    const capableOf = async (recipients: string[]) =>
      (await all(questions.capabilities({ recipients, maxAgeMs: day, signal }))).map(({ capable }) => capable);
    expect(await capableOf(numbers(3))).toEqual([null, null, null]);
    expect(await capableOf(numbers(9))).toEqual([...Array(7).fill(false), true, false]);
    expect(await capableOf([numberOf(20)])).toEqual([false]);
  });

  test("is asked once for a number that comes twice", async () => {
    await using gateway = await startAskedGateway(() => ({ ...yes, delayMs: 20 }));
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    const recipients = [numberOf(1), numberOf(2), numberOf(1)];
    expect(await all(questions.capabilities({ recipients, maxAgeMs: day, signal }))).toHaveLength(3);
    expect(gateway.asked.map(({ number }) => number)).toEqual([numberOf(1), numberOf(2)]);
  });

  test("keeps to the share that status checks have, unless the whole rate is asked for", async () => {
    await using gateway = await startAskedGateway(() => yes);
    const limits = { tps: 20, concurrency: 50 };
    const lasted = async (fullRate: boolean, from: number) => {
      const { open } = await ask(gateway.baseUrl, { limits, fullRate });
      await using questions = await open();
      const before = gateway.asked.length;
      await all(questions.capabilities({ recipients: numbers(from + 10).slice(from), maxAgeMs: day, signal }));
      const times = gateway.asked.slice(before).map(({ at }) => at);
      return (times.at(-1) ?? 0) - (times[0] ?? 0);
    };
    // Nine steps of 250 ms at a fifth of 20 a second; of 50 ms at the whole.
    const share = await lasted(false, 0);
    expect(share).toBeGreaterThan(9 * 250 * 0.9);
    const whole = await lasted(true, 100);
    expect(whole).toBeGreaterThan(9 * 50 * 0.9);
    expect(whole).toBeLessThan(share);
  });

  test("is asked again after a 503, more slowly", async () => {
    await using gateway = await startAskedGateway((_, nth) => (nth <= 3 ? { status: 503 } : yes));
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    const checked = await all(questions.capabilities({ recipients: numbers(5), maxAgeMs: day, signal }));
    expect(checked.map(({ capable }) => capable)).toEqual([true, true, true, true, true]);
    expect(gateway.asked).toHaveLength(8);
  });

  test("is no longer asked after the signal; what was in flight is kept", async () => {
    const stop = new AbortController();
    await using gateway = await startAskedGateway((_, nth) => {
      if (nth === 20) stop.abort();
      return { ...yes, delayMs: 50 };
    });
    const { open, name } = await ask(gateway.baseUrl, { limits: { tps: 200, concurrency: 100 } });
    await using questions = await open();
    const checked = await all(questions.capabilities({ recipients: numbers(400), maxAgeMs: day, signal: stop.signal }));
    expect(checked.length).toBeLessThan(25);
    const [kept] = await ledger.sql`select count(*)::int as count from capability where route = ${name}`;
    expect(kept?.count).toBe(gateway.asked.length);
    expect(gateway.asked.length).toBeLessThan(25);
  });

  test.each([
    ["the path is wrong", { status: 405 }, "not-offered", 1],
    ["nobody is ever found", no, "not-proven", 100],
    ["the credentials are refused", { status: 401 }, "refused", 1],
    ["the address is refused", { status: 403 }, "refused", 1],
    ["it fails and fails", { status: 500 }, "failing", 20],
  ] as const)("ends when %s, after few questions", async (_, answer, fault, least) => {
    await using gateway = await startAskedGateway(() => answer);
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    const asking = all(questions.capabilities({ recipients: numbers(1_000), maxAgeMs: day, signal }));
    await expect(asking).rejects.toMatchObject({ name: "QuestionError", fault });
    expect(gateway.asked.length).toBeGreaterThanOrEqual(least);
    expect(gateway.asked.length).toBeLessThan(least + 60);
  });

  test("can't be asked on a route without tokens, and nothing goes out", async () => {
    await using gateway = await startAskedGateway(() => yes);
    const { open } = await ask(gateway.baseUrl, { tokens: false });
    await using questions = await open();
    const asking = all(questions.capabilities({ recipients: numbers(3), maxAgeMs: day, signal }));
    await expect(asking).rejects.toMatchObject({ fault: "not-offered", message: expect.stringContaining("smsonly") });
    expect(gateway.asked).toEqual([]);
  });
});

describe("the list of subscribers", () => {
  test("is read page by page, and a page that fails once is asked for again", async () => {
    const pages = [
      { subscribers: [numberOf(1), { userContact: numberOf(2) }, "nobody"], next: "p2" },
      { subscribers: [numberOf(3)] },
    ];
    await using gateway = await startAskedGateway(({ path }, nth) =>
      nth === 1 ? { status: 500 } : { status: 200, body: path.includes("next=p2") ? pages[1] : pages[0] },
    );
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    const first = await questions.subscribers({ signal });
    expect(first).toMatchObject({ recipients: [numberOf(1), numberOf(2)], unreadable: 1 });
    const second = await questions.subscribers({ cursor: first?.next ?? "", signal });
    expect(second).toMatchObject({ recipients: [numberOf(3)], next: null });
    expect(gateway.asked.map(({ method, path }) => `${method} ${path.slice(path.lastIndexOf("/"))}`)).toEqual([
      ...["GET /subscribers", "GET /subscribers", "GET /subscribers?next=p2"],
    ]);
  });

  test.each([
    [404, "not-offered"],
    [401, "refused"],
    [500, "failing"],
  ])("is refused by a %i as %s", async (status, fault) => {
    await using gateway = await startAskedGateway(() => ({ status }));
    const { open } = await ask(gateway.baseUrl);
    await using questions = await open();
    await expect(questions.subscribers({ signal })).rejects.toMatchObject({ fault });
  });
});

test("a held route is asked nothing", async () => {
  await using gateway = await startAskedGateway(() => yes);
  const { name, open } = await ask(gateway.baseUrl);
  await publishRoutes(ledger.sql, [{ name, provider: "kddi", settings: {} }]);
  await holdRoute(ledger.sql, { route: name, cause: "operator", reason: "maintenance", probeInMs: day });
  await expect(open()).rejects.toMatchObject({ fault: "held", message: expect.stringContaining("maintenance") });
});
