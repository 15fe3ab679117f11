import { newEventSecret, toldStateOf } from "@hikyaku/core";
import { enableEndpoint, findEndpoint, listEvents, listInbound, replayEvents, subscribeEvents } from "@hikyaku/ledger";
import { startRedis, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { type EventSink, startEventSink } from "./event-sink.ts";
import { plainNumber, startTestCampaign } from "./import-recipients.ts";
import { hookSecret, route, startSystem, type TestSystem } from "./start-system.ts";
import { waitForState } from "./wait-for-campaign.ts";

const secret = newEventSecret();

/** A system that tells its events to a sink; quick retries, so that no test waits for a long one. */
async function startTold(
  options: { events?: Record<string, unknown>; redis?: { url: string } } = {},
): Promise<{ system: TestSystem; sink: EventSink } & AsyncDisposable> {
  const stack = new AsyncDisposableStack();
  const sink = stack.use(await startEventSink(secret));
  const events = { url: sink.url, secret, retryBase: "100ms", retryCap: "1s", timeout: "2s", ...options.events };
  const { redis } = options;
  const system = stack.use(await startSystem({ config: { events }, ...(redis ? { redis } : {}) }));
  return { system, sink, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

function reply(to: string, text: string, msgId: string): string {
  return JSON.stringify({
    smsmessage: { msgId, smsNumber: "0005123456", smsText: text, timestamp: "2026-11-20T01:02:03.000Z" },
    messageContact: { userContact: to },
    Destination: "sms",
  });
}

async function post(url: string, kind: string, body: string): Promise<void> {
  const response = await fetch(`${url}/hooks/${route}/${hookSecret}/${kind}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json" },
  });
  expect(response.status).toBe(200);
}

/** Events written straight into the ledger, as the trigger does. */
async function givenEvents(system: TestSystem, count: number): Promise<string[]> {
  const rows = await system.ledger.sql<{ id: string }[]>`
    insert into event (at, route, type, recipient, state)
    select now(), ${route}, 'message.delivered', '+81700000' || lpad(n::text, 4, '0'), 'delivered'
    from generate_series(1, ${count}) as series (n)
    returning id`;
  return rows.map(({ id }) => id);
}

const allTaken = (sink: EventSink, count: number) =>
  waitFor(() => sink.taken.size === count, { what: `${count} events to be taken`, timeoutMs: 25_000 });

test("a reply is told with what it answers, signed, and the ledger knows that it was taken", async () => {
  await using told = await startTold();
  const { system, sink } = told;
  await Promise.all([system.start("worker"), system.start("poller")]);
  const { url } = await system.start("receiver");
  const to = plainNumber(1);
  const campaignId = await startTestCampaign(system, { recipients: [to], key: "2026-12-coupon" });
  await waitForState(system, campaignId, "finished");
  await post(url, "sms-mo", reply(to, "はい", "mo-1"));
  await post(url, "sms-mo", reply(to, "はい", "mo-1"));
  await allTaken(sink, 1);

  const [event] = [...sink.taken.values()];
  const [inbound] = await listInbound(system.ledger.sql, { limit: 10 });
  expect(event?.headers).toMatchObject({ "content-type": "application/json", "user-agent": "Hikyaku" });
  expect(event?.body).toEqual({
    type: "inbound.sms-mo",
    timestamp: "2026-11-20T01:02:03.000Z",
    data: {
      ...{ messageId: inbound?.messageId, campaignId, campaignKey: "2026-12-coupon", idempotencyKey: null },
      ...{ inboundId: inbound?.id, event: "sms-mo", route, recipient: to },
      ...{ at: "2026-11-20T01:02:03.000Z", receivedAt: inbound?.receivedAt.toISOString() },
      ...{ text: "はい", displayText: null, postbackData: null, button: null, smsNumber: inbound?.smsNumber },
      ...{ attachment: null, deviceSpecifics: null, linkedBy: "time", wordKind: null, word: null },
    },
  });
  await waitFor(async () => {
    const [row] = await listEvents(system.ledger.sql, { limit: 10 });
    return row && row.state === "delivered" && row.httpStatus === 204 && row.attempts === 1;
  });
});

test("changes of messages are told by the kinds that were asked for, each once", async () => {
  await using told = await startTold({ events: { kinds: ["message.accepted", "message.delivered"] } });
  const { system, sink } = told;
  await Promise.all([system.start("worker"), system.start("poller"), system.start("receiver")]);
  const recipients = Array.from({ length: 50 }, (_, n) => plainNumber(n));
  const campaignId = await startTestCampaign(system, { recipients, key: "told" });
  await waitForState(system, campaignId, "finished");
  await allTaken(sink, 100);

  const byType = Map.groupBy(sink.taken.values(), ({ body }) => body.type);
  expect([...byType.keys()].sort()).toEqual(["message.accepted", "message.delivered"]);
  for (const [type, events] of byType) {
    expect(events.map(({ body }) => body.data.recipient).sort()).toEqual([...recipients].sort());
    for (const { body } of events) {
      expect(body.data).toMatchObject({ campaignId, campaignKey: "told", route, state: type.slice(8), channel: "sms" });
    }
  }
});

test("one that fails is told again with the same id and a fresh signature, until it is taken", async () => {
  await using told = await startTold();
  const { system, sink } = told;
  sink.answer = (_, nth) =>
    nth < 4 ? { status: [500, 429, 302][nth - 1] ?? 500, headers: { location: sink.url } } : { status: 200 };
  await system.start("poller");
  const [id = ""] = await givenEvents(system, 1);
  await allTaken(sink, 1);

  expect(sink.posted.map((event) => event.id)).toEqual([id, id, id, id]);
  expect(new Set(sink.posted.map(({ raw }) => raw)).size).toBe(1);
  await waitFor(async () => (await listEvents(system.ledger.sql, { limit: 1 }))[0]?.deliveredAt);
  expect(await listEvents(system.ledger.sql, { limit: 1 })).toMatchObject([
    { attempts: 4, httpStatus: 200, error: null },
  ]);
});

test("what is never answered, broken off, or answered late counts as not taken", async () => {
  await using told = await startTold({ events: { timeout: "300ms" } });
  const { system, sink } = told;
  sink.answer = (_, nth) => (nth === 1 ? "drop" : { status: nth === 2 ? 503 : 204, afterMs: nth === 3 ? 1_000 : 0 });
  await system.start("poller");
  await givenEvents(system, 1);
  await waitFor(() => sink.posted.length >= 4, { what: "four attempts", timeoutMs: 20_000 });
  await waitFor(async () => (await listEvents(system.ledger.sql, { limit: 1 }))[0]?.deliveredAt);
  expect(await listEvents(system.ledger.sql, { limit: 1 })).toMatchObject([{ attempts: 4 }]);
});

test("events outlive a place that is down, a poller that is killed, and a Redis that is flushed", async () => {
  await using redis = await startRedis();
  await using told = await startTold({ redis });
  const { system, sink } = told;
  await sink.stop();
  const first = await system.start("poller");
  const ids = await givenEvents(system, 700);
  await waitFor(
    async () => (await listEvents(system.ledger.sql, { limit: 1_000 })).some(({ attempts }) => attempts > 0),
    {
      what: "a first attempt to fail",
    },
  );
  await first.kill("SIGKILL");
  const client = new Redis(redis.url);
  const keys = await client.keys("*");
  const stored = await Promise.all(
    keys
      .filter((key) => /events:/.test(key))
      .map((key) => client.type(key).then((type) => (type === "hash" ? client.hgetall(key) : null))),
  );
  // Ids only: no number, no text.
  expect(stored.length).toBeGreaterThan(10);
  expect(JSON.stringify(stored)).not.toContain("+81");
  await client.flushall();
  client.disconnect();

  await system.start("poller");
  await sink.listen();
  await allTaken(sink, ids.length);
  expect([...sink.taken.keys()].sort()).toEqual([...ids].sort());
}, 90_000);

test("a Redis that is flushed under a running poller loses nothing", async () => {
  await using redis = await startRedis();
  await using told = await startTold({ redis });
  const { system, sink } = told;
  sink.answer = () => ({ status: 503 });
  const poller = await system.start("poller");
  const ids = await givenEvents(system, 50);
  await waitFor(() => new Set(sink.posted.map(({ id }) => id)).size === 50, { what: "all to fail once" });
  const client = new Redis(redis.url);
  await client.flushall();
  client.disconnect();
  sink.answer = () => ({ status: 204 });
  await allTaken(sink, ids.length);
  await waitFor(() => /Redis lost its jobs: events are handed over again from the ledger/.test(poller.stdout), {
    what: "the loss to be told",
  });
}, 60_000);

test("410 gives a place up at once; its events wait, and go out when somebody enables it", async () => {
  await using told = await startTold();
  const { system, sink } = told;
  const { sql } = system.ledger;
  sink.answer = () => ({ status: 410 });
  const poller = await system.start("poller");
  await givenEvents(system, 3);
  await waitFor(async () => (await findEndpoint(sql, { name: "*" }))?.disabledAt, { what: "the place to be given up" });
  await poller.ready(/a place takes no events any more: it gets nothing until it is enabled/);
  expect(poller.stdout).not.toContain("geheim");
  const metrics = async () => (await fetch(`${poller.url}/metrics`)).text();
  await waitFor(async () => /hikyaku_event_endpoint_disabled\{[^}]*endpoint="\*"[^}]*\} 1/.test(await metrics()), {
    what: "the poller to know it",
  });
  sink.answer = () => ({ status: 204 });
  const posted = sink.posted.length;
  await givenEvents(system, 3);
  expect(sink.posted.length).toBe(posted);

  await enableEndpoint(sql, { name: "*" });
  await allTaken(sink, 6);
});

test("an event that fails for too long is given up, listed, and told once more when somebody asks", async () => {
  await using told = await startTold();
  const { system, sink } = told;
  const { sql } = system.ledger;
  sink.answer = () => ({ status: 400 });
  const poller = await system.start("poller");
  await waitFor(async () => (await findEndpoint(sql, { name: "*" })) !== null);
  const [id = ""] = await givenEvents(system, 1);
  await sql`update event set asked_at = now() - interval '73 hours'`;
  await waitFor(async () => (await listEvents(sql, { limit: 10, state: "failed" })).length === 1, {
    what: "giving up",
  });
  await waitFor(() => poller.stdout.includes("events were given up; they can be replayed by hand"));

  sink.answer = () => ({ status: 204 });
  expect(await replayEvents(sql, { state: "failed" })).toBe(1);
  await allTaken(sink, 1);
  expect([...sink.taken.keys()]).toEqual([id]);
});

test("while a secret is replaced both sign", async () => {
  const next = newEventSecret();
  await using told = await startTold({ events: { secret: next, previousSecret: secret } });
  await told.system.start("poller");
  await givenEvents(told.system, 1);
  await allTaken(told.sink, 1);
  expect(String(told.sink.posted[0]?.headers["webhook-signature"]).split(" ")).toHaveLength(2);
});

test("a route may have a place of its own, which no other one holds up", async () => {
  await using shared = await startEventSink(secret);
  await using own = await startEventSink(secret);
  shared.answer = () => ({ status: 204, afterMs: 1_500 });
  await using system = await startSystem({
    config: { events: { url: shared.url, secret, concurrency: 1 } },
    routeConfig: { events: { url: own.url, secret } },
  });
  await system.start("poller");
  await givenEvents(system, 5);
  await allTaken(own, 5);
  expect(shared.posted).toEqual([]);
});

test("starting with fewer kinds ends the telling of the others", async () => {
  await using told = await startTold({ events: { kinds: ["message.failed"] } });
  const { sql } = told.system.ledger;
  await subscribeEvents(sql, [
    { route, states: ["message.delivered", "message.failed"].map((kind) => toldStateOf(kind as "message.sent")) },
  ]);
  await told.system.start("poller");
  expect(await sql`select state from event_subscription`).toEqual([{ state: "failed" }]);
});
