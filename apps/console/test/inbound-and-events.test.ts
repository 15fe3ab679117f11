import { newEventSecret } from "@hikyaku/core";
import {
  applyInbound,
  listEvents,
  newId,
  noteEndpointFailure,
  openEndpoint,
  recordDeliveries,
  storeReceipts,
  type UnreadInbound,
} from "@hikyaku/ledger";
import { connectRedis, openEventQueue } from "@hikyaku/queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole, user } from "./start-test-console.ts";

const events = { url: "https://crm.example/hook?token=geheim", secret: newEventSecret(), kinds: ["message.delivered"] };

let site: TestConsole;
let cookie: string;
let messageId: string;
beforeAll(async () => {
  site = await startTestConsole({ config: { events } });
  cookie = await site.signIn();
  const body = { route, to: "090-1234-5678", text: "ご予約は明日です" };
  messageId = (await site.call("POST", "/v1/messages", { headers: { "idempotency-key": "m-1" }, body })).json().id;
});
afterAll(() => site[Symbol.asyncDispose]());

/** Something an end user did, stored as the receiver does and brought in as the worker does. */
async function given(recipient: string | null, read: Partial<UnreadInbound>, receivedAt = new Date()): Promise<string> {
  const id = newId(receivedAt);
  const nothing = { displayText: null, postbackData: null, smsNumber: null, attachment: null, deviceSpecifics: null };
  await storeReceipts(site.ledger.sql, [
    {
      ...{
        id,
        route,
        kind: "inbound.sms-mo",
        dedupeKey: id,
        body: '{"raw": true}',
        recipient,
        status: "unread",
        receivedAt,
      },
      read: { event: "sms-mo", text: null, ...nothing, ...read },
    },
  ]);
  await applyInbound(site.ledger.sql, {
    limit: 10,
    rulesOf: () => ({
      ...{ linkWithinMs: 86_400_000, isSentFrom: () => null, isTold: true },
      readReference: (data) => ({ messageId: data, button: "chip1" }),
      findWord: ([text]) => (text === "停止" ? { kind: "opt-out", word: "停止", scope: route } : null),
    }),
  });
  return id;
}

async function page(url: string): Promise<string> {
  const response = await site.browse(url, { cookie });
  expect(response.statusCode, url).toBe(200);
  return response.body;
}

async function post(url: string, form: Record<string, string | string[]>): Promise<string> {
  const response = await site.browse(url, { cookie, form });
  expect(response.statusCode, response.body).toBeLessThan(400);
  return response.statusCode === 303 ? page(response.headers.location ?? "") : response.body;
}

describe("replies", () => {
  test("are listed page by page by every filter, and shown with their raw body", async () => {
    const tap = await given("+819012345678", {
      event: "response",
      text: "<はい>",
      displayText: "<はい>",
      postbackData: messageId,
    });
    const refusal = await given("+819087654321", { text: "停止" });
    const place = {
      kind: "location",
      latitude: 35.6,
      longitude: 139.7,
      position: "35.6 139.7",
      label: "東京駅",
      radius: null,
    } as const;
    await given(null, { event: "message", attachment: place });

    const first = (await site.call("GET", "/v1/inbound?limit=2")).json();
    expect(first.items).toMatchObject([
      { event: "message", attachment: { label: "東京駅" }, recipient: null },
      { id: refusal },
    ]);
    const second = (await site.call("GET", `/v1/inbound?limit=2&cursor=${first.nextCursor}`)).json();
    expect(second).toMatchObject({
      items: [{ id: tap, messageId, linkedBy: "reference", button: "chip1" }],
      nextCursor: null,
    });
    const found = async (query: string) =>
      (await site.call("GET", `/v1/inbound?${query}`)).json().items.map(({ id }: { id: string }) => id);
    expect(await found("to=090-8765-4321")).toEqual([refusal]);
    expect(await found("word=opt-out")).toEqual([refusal]);
    expect(await found("event=response&route=coupon-sms")).toEqual([tap]);
    expect(await found("since=2100-01-01T00:00:00Z")).toEqual([]);
    expect((await site.call("GET", "/v1/inbound?campaign=nobody")).json()).toMatchObject({
      type: "/problems/campaign-not-found",
    });
    expect((await site.call("GET", "/v1/inbound?to=110")).json()).toMatchObject({ type: "/problems/invalid-number" });
    expect((await site.call("GET", `/v1/inbound/${tap}`)).json()).toMatchObject({ seen: 1, rawBody: '{"raw": true}' });
    expect((await site.call("GET", `/v1/inbound/${newId()}`)).json()).toMatchObject({
      type: "/problems/inbound-not-found",
    });
    expect((await site.call("GET", `/v1/messages/${messageId}`)).json()).toMatchObject({
      history: expect.arrayContaining([expect.objectContaining({ what: "inbound" })]),
      inbound: [{ id: tap, text: "<はい>" }],
    });
  });

  test("are on pages of their own: numbers masked, what people wrote escaped, who reads them logged", async () => {
    const list = await page("/inbound");
    expect(list).toContain("&lt;はい&gt;");
    expect(list).toContain("+8190****5678");
    expect(list).not.toContain("+819012345678");
    expect(list).toMatch(/state suppressed">opt-out/);
    expect(site.logged).toContainEqual(expect.objectContaining({ msg: "replies read by a person", user: user.name }));
    expect(await page("/inbound?word=opt-out")).not.toContain("&lt;はい&gt;");
    expect(await page("/inbound?event=new-user")).toContain("Nobody answered");

    const [, id] = /href="\/inbound\/([0-9a-f-]{36})"/.exec(await page("/inbound?event=response")) ?? [];
    expect(await page(`/inbound/${id}`)).not.toContain("&quot;raw");
    const revealed = await post(`/inbound/${id}`, {});
    expect(revealed).toContain("+819012345678");
    expect(revealed).toContain("{&quot;raw&quot;: true}");
    expect(site.logged).toContainEqual(
      expect.objectContaining({ msg: "reply shown in full to a person", inboundId: id }),
    );
    expect((await site.browse("/inbound/nobody", { cookie })).statusCode).toBe(404);
  });

  test("stand in the history of their recipient, and under the message they answer once that is shown", async () => {
    expect(await post("/recipients", { to: "090-1234-5678" })).toContain("What they answered");
    expect(await page(`/messages/${messageId}`)).not.toContain("&lt;はい&gt;");
    expect(await post(`/messages/${messageId}`, {})).toContain("&lt;はい&gt;");
  });
});

describe("events", () => {
  test("are listed, shown with their body, and told again by id or by state", async () => {
    const [newest] = await listEvents(site.ledger.sql, { limit: 1 });
    const gaveUp = { id: newest?.id ?? "", outcome: "gave-up", httpStatus: 500, error: "answered 500" } as const;
    await recordDeliveries(site.ledger.sql, { results: [gaveUp], leaseMs: 1 });
    const { items } = (await site.call("GET", "/v1/events?state=failed")).json();
    expect(items).toMatchObject([
      { id: newest?.id, error: "answered 500", httpStatus: 500, attempts: 1, state: "failed" },
    ]);
    const first = (await site.call("GET", "/v1/events?limit=1")).json();
    expect((await site.call("GET", `/v1/events?limit=5&cursor=${first.nextCursor}`)).json().items).toHaveLength(2);
    expect((await site.call("GET", "/v1/events?type=inbound.response")).json().items).toMatchObject([{ messageId }]);
    expect((await site.call("GET", `/v1/events?messageId=${newId()}`)).json().items).toEqual([]);
    expect((await site.call("GET", `/v1/events/${newest?.id}`)).json()).toMatchObject({
      body: { type: newest?.type, data: { event: "message" } },
    });
    expect((await site.call("GET", `/v1/events/${newId()}`)).json()).toMatchObject({
      type: "/problems/event-not-found",
    });

    const replay = (body: object) => site.call("POST", "/v1/events/replay", { body });
    expect((await replay({})).statusCode).toBe(400);
    expect((await replay({ ids: [newId()], state: "failed" })).statusCode).toBe(400);
    expect((await replay({ state: "failed", route: "other" })).json()).toEqual({ events: 0 });
    expect((await replay({ state: "failed" })).json()).toEqual({ events: 1 });
    expect((await replay({ ids: [newest?.id] })).json()).toEqual({ events: 1 });
  });

  test("a place that was given up is told on every page, and enabled by a click or a call", async () => {
    const { sql } = site.ledger;
    expect(await page("/events")).toContain("no <code>events.url</code> is configured");
    await openEndpoint(sql, { name: "*", url: events.url });
    await noteEndpointFailure(sql, { name: "*", error: "answered 410", disableAfterMs: 1, disableNow: true });
    expect((await site.call("GET", "/v1/event-endpoints")).json().items).toMatchObject([
      {
        name: "*",
        origin: "https://crm.example",
        routes: [route],
        pending: 3,
        disabledAt: expect.any(String),
        lastError: "answered 410",
      },
    ]);
    const list = await page("/events");
    expect(list).toContain("Given up");
    expect(list).not.toContain("geheim");
    expect(await page("/routes")).toContain("Events are not told");
    expect(await post("/events/enable", { endpoint: "*" })).toContain("Events go there again");
    await noteEndpointFailure(sql, { name: "*", error: "answered 410", disableAfterMs: 1, disableNow: true });
    expect((await site.call("POST", "/v1/event-endpoints/*/enable")).json()).toMatchObject({ disabledAt: null });
    expect((await site.call("POST", "/v1/event-endpoints/nobody/enable")).statusCode).toBe(404);
  });

  test("are told again from their page after a question", async () => {
    const [event] = await listEvents(site.ledger.sql, { limit: 1 });
    const gaveUp = {
      id: event?.id ?? "",
      outcome: "gave-up",
      httpStatus: null,
      error: "no answer within 15000 ms",
    } as const;
    await recordDeliveries(site.ledger.sql, { results: [gaveUp], leaseMs: 1 });
    expect(await page("/events?state=failed")).toContain("no answer within 15000 ms");
    expect(await page(`/events/${event?.id}`)).not.toContain("東京駅");
    expect(await post(`/events/${event?.id}`, {})).toContain("東京駅");
    expect(await post("/events/replay", { what: "selected", id: event?.id ?? "" })).toContain("Tell again: 1 event");
    expect(await post("/events/replay", { what: "failed" })).toContain("Tell again: all that failed");
    expect(await post("/events/replay", { what: "failed", sure: "yes" })).toContain("1 event will be told again");
    expect(site.logged).toContainEqual(expect.objectContaining({ msg: "events told again by a person", events: 1 }));
    expect((await site.browse("/events/replay", { cookie, form: { what: "selected" } })).statusCode).toBe(400);
  });

  test("have a queue of their own in Bull Board, whose jobs lead to their pages", async () => {
    await using stack = new AsyncDisposableStack();
    const connections = connectRedis({ url: site.redisUrl });
    stack.defer(() => connections.closeAll());
    const queue = openEventQueue({ connections, endpoint: "*", prefix: site.redisPrefix });
    stack.defer(() => queue.close());
    const [event] = await listEvents(site.ledger.sql, { limit: 1 });
    await queue.add([event?.id ?? ""]);
    const board = await site.browse("/queues/api/queues?activeQueue=events&status=latest", { cookie });
    const shown = board.json().queues.find(({ name }: { name: string }) => name === "events");
    expect(shown).toMatchObject({ displayName: "events", jobs: [{ externalUrl: { href: `/events/${event?.id}` } }] });
    expect(shown.jobs[0].data).toEqual({ id: event?.id });
  });
});

test("the connection test of each notification URL stands with its route", async () => {
  const id = newId();
  const receivedAt = new Date("2026-11-20T01:02:03Z");
  const read = { hook: "sms-result", from: "203.0.113.7" };
  const receipt = {
    id,
    route,
    kind: "connection-test",
    dedupeKey: id,
    body: "{}",
    status: "unread",
    receivedAt,
    read,
  } as const;
  await storeReceipts(site.ledger.sql, [receipt]);
  await applyInbound(site.ledger.sql, { limit: 10, rulesOf: () => Promise.reject() as never });
  expect((await site.call("GET", "/v1/routes")).json().items).toMatchObject([
    {
      hooks: [
        { kind: "sms-result", testedAt: "2026-11-20T01:02:03.000Z", testedFrom: "203.0.113.7", unrecognisedAt: null },
      ],
    },
  ]);
  expect(await page("/routes")).toMatch(
    /sms-result: answered 200 at <time[^>]*>2026-11-20 10:02:03<\/time>, from 203\.0\.113\.7 \(an empty notification looks the same\)/,
  );
});
