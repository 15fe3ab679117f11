import { toldStates } from "@hikyaku/core";
import { expect, test } from "vitest";
import {
  claim,
  givenReady,
  givenRunning,
  givenSingle,
  givenWorker,
  inboundRules,
  receipt,
  recipientOf,
  resultFor,
  route,
  send,
  unread,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  applyInbound,
  applyReceipts,
  cancelCampaign,
  deleteEvents,
  type EventRow,
  enableEndpoint,
  eventFigures,
  findEndpoint,
  findEvent,
  findMessage,
  listEvents,
  loadEvents,
  noteEndpointFailure,
  noteEndpointSuccess,
  openEndpoint,
  recordDeliveries,
  recordOutcomes,
  releaseTakenEvents,
  replayEvents,
  type Sql,
  storeReceipts,
  subscribeEvents,
  sweepCancelled,
  takeEvents,
} from "../index.ts";

const leaseMs = 600_000;

async function told(sql: Sql): Promise<string[]> {
  const events = await listEvents(sql, { limit: 1_000 });
  return events.reverse().map(({ type, recipient }) => `${type} ${Number(recipient?.slice(-2))}`);
}

const subscribe = (sql: Sql, states: readonly (typeof toldStates)[number][], on = route) =>
  subscribeEvents(sql, [{ route: on, states }]);

/** One event that waits. */
async function givenEvent(sql: Sql): Promise<EventRow> {
  await subscribe(sql, ["accepted"]);
  const { ids } = await givenRunning(sql, 1);
  await send(sql, ids, { to: "accepted" });
  const [event] = await listEvents(sql, { limit: 1 });
  if (!event) throw new Error("no event");
  return event;
}

test("nothing is told where nobody asked", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, ["accepted"], "other");
  const { ids } = await givenRunning(sql, 3);
  await send(sql, ids, { to: "accepted" });
  expect(await told(sql)).toEqual([]);
});

test("a change is told with what it is, when it was, and whose; only the states that were asked for", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, ["accepted", "rejected", "delivered"]);
  const { ids, campaignId } = await givenRunning(sql, 3);
  const { claim: token, worker } = await claim(sql, ids);
  const at = new Date("2026-12-01T00:00:00Z");
  const results = [
    resultFor(ids[0] ?? "", token, { to: "accepted", at }),
    resultFor(ids[1] ?? "", token, { to: "rejected", reason: "bad" }),
    resultFor(ids[2] ?? "", token, { to: "unknown" }),
  ];
  await recordOutcomes(sql, { worker, results });
  await recordOutcomes(sql, { worker, results });
  await storeReceipts(sql, [
    receipt({ providerMessageId: `carrier-${ids[0]}`, reportedState: "sent" }),
    receipt({ providerMessageId: `carrier-${ids[0]}`, reportedState: "delivered" }),
  ]);
  await applyReceipts(sql, { limit: 10, parkForMs: 1_000, parkRetryMs: 1_000 });

  expect((await told(sql)).sort()).toEqual(["message.accepted 1", "message.delivered 1", "message.rejected 2"]);
  const [accepted] = await listEvents(sql, { limit: 10, type: "message.accepted" });
  expect(accepted).toMatchObject({
    at,
    messageId: ids[0],
    campaignId,
    route,
    messageState: "accepted",
    recipient: recipientOf(1),
  });
  const [rejected] = await listEvents(sql, { limit: 10, type: "message.rejected" });
  expect(rejected).toMatchObject({ reason: "bad", messageId: ids[1], state: "pending" });
});

test("every end is told, whatever statement makes it: a sweep, a suppression at import, at a send, and between both", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, toldStates);
  await addSuppression(sql, { recipient: recipientOf(1) });
  const { ids, campaignId } = await givenReady(sql, 1);
  expect(await told(sql)).toEqual(["message.suppressed 1"]);
  expect(await findMessage(sql, { id: ids[0] ?? "" })).toMatchObject({ state: "suppressed" });
  await givenSingle(sql, { recipient: recipientOf(1) });
  expect(await told(sql)).toHaveLength(2);

  const running = await givenRunning(sql, 3, { from: 11 });
  await addSuppression(sql, { recipient: recipientOf(12) });
  const { claimed } = await claim(sql, running.ids.slice(0, 2));
  expect(claimed).toHaveLength(1);
  await cancelCampaign(sql, { campaignId: running.campaignId });
  while ((await sweepCancelled(sql, { limit: 100 })) > 0);
  expect((await told(sql)).slice(2)).toEqual(["message.suppressed 12", "message.cancelled 13"]);
  expect(campaignId).toBeTruthy();
});

test("what moves many messages tells each of them once, in a moment", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, ["cancelled"]);
  const { campaignId } = await givenRunning(sql, 20_000);
  await cancelCampaign(sql, { campaignId });
  const startedAt = performance.now();
  while ((await sweepCancelled(sql, { limit: 5_000 })) > 0);
  expect(await sql`select count(*), count(distinct message_id) as messages from event`).toEqual([
    { count: 20_000, messages: 20_000 },
  ]);
  // With a comparison of each with each it would be minutes.
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("an event is there when its change is, and neither when the change is taken back", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, ["accepted"]);
  const { ids } = await givenRunning(sql, 1);
  const { claim: token } = await claim(sql, ids);
  await sql
    .begin(async (transaction) => {
      const worker = await givenWorker(sql);
      const results = [resultFor(ids[0] ?? "", token, { to: "accepted" })];
      await recordOutcomes(transaction as unknown as Sql, { worker, results });
      throw new Error("taken back");
    })
    .catch(() => {});
  expect(await told(sql)).toEqual([]);
  expect(await findMessage(sql, { id: ids[0] ?? "" })).toMatchObject({ state: "sending" });
});

test("subscriptions are of the routes named, the others' stay", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const all = () => sql`select route, state from event_subscription order by route, state`;
  await subscribeEvents(sql, [
    { route: "a", states: ["delivered", "failed"] },
    { route: "b", states: ["failed"] },
  ]);
  await subscribeEvents(sql, [{ route: "a", states: ["accepted", "failed"] }]);
  expect(await all()).toEqual([
    { route: "a", state: "accepted" },
    { route: "a", state: "failed" },
    { route: "b", state: "failed" },
  ]);
  await subscribeEvents(sql, [{ route: "a", states: [] }]);
  expect(await all()).toEqual([{ route: "b", state: "failed" }]);
  await subscribeEvents(sql, []);
  expect(await all()).toHaveLength(1);
});

test("ids are UUIDv7s in the order of what happened", async () => {
  await using ledger = await openTestLedger();
  const [row] = await ledger.sql<{ ids: string[]; now: number }[]>`
    select array_agg(new_event_id() order by n) as ids, extract(epoch from clock_timestamp())::float8 * 1000 as now
    from generate_series(1, 2000) as series (n)`;
  const ids = row?.ids ?? [];
  expect(new Set(ids).size).toBe(2_000);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const ms = Number.parseInt((ids[0] ?? "").replaceAll("-", "").slice(0, 12), 16);
  expect(Math.abs(ms - (row?.now ?? 0))).toBeLessThan(5_000);
  // To the microsecond: of those made one after the other hardly any are in the wrong order.
  const wrong = ids.filter((id, index) => index > 0 && id < (ids[index - 1] ?? ""));
  expect(wrong.length).toBeLessThan(1_000);
  expect((ids.at(-1) ?? "") > (ids[0] ?? "")).toBe(true);
});

test("an event is taken by one feeder at a time, and again when its job is lost", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await subscribe(sql, ["accepted"]);
  const { ids } = await givenRunning(sql, 40);
  await send(sql, ids, { to: "accepted" });
  const taken = await Promise.all([1, 2, 3, 4].map(() => takeEvents(sql, { route, limit: 15, leaseMs })));
  expect(taken.flat()).toHaveLength(40);
  expect(new Set(taken.flat()).size).toBe(40);
  expect(await takeEvents(sql, { route, limit: 15, leaseMs })).toEqual([]);
  expect(await releaseTakenEvents(sql, { routes: ["other"] })).toBe(0);
  expect(await releaseTakenEvents(sql, { routes: [route] })).toBe(40);
  expect(await takeEvents(sql, { route, limit: 100, leaseMs: -1 })).toHaveLength(40);
  expect(await takeEvents(sql, { route, limit: 100, leaseMs })).toHaveLength(40);
});

test("an attempt that failed is due again at its time; what was taken is over", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id } = await givenEvent(sql);
  await takeEvents(sql, { route, limit: 1, leaseMs });
  const failed = { id, outcome: "retry", retryInMs: 60_000, httpStatus: 500, error: "500\u0000" } as const;
  await recordDeliveries(sql, { results: [failed], leaseMs });
  const [waiting] = await loadEvents(sql, { ids: [id] });
  expect(waiting).toMatchObject({ attempts: 1, httpStatus: 500, error: "500\ufffd" });
  expect(+(waiting?.dueAt ?? 0) - Date.now()).toBeGreaterThan(50_000);
  // Not yet due, and its job waits in the queue.
  expect(await takeEvents(sql, { route, limit: 1, leaseMs })).toEqual([]);
  // The queue was lost: it comes again, at its time.
  expect(await releaseTakenEvents(sql, { routes: [route] })).toBe(1);
  expect(await takeEvents(sql, { route, limit: 1, leaseMs })).toEqual([]);

  const delivered = { id, outcome: "delivered", httpStatus: 204, error: null } as const;
  await recordDeliveries(sql, { results: [delivered], leaseMs });
  await recordDeliveries(sql, { results: [failed], leaseMs });
  expect(await findEvent(sql, { id })).toMatchObject({
    ...{ attempts: 2, httpStatus: 204, error: null, dueAt: null, state: "delivered" },
  });
  expect(await loadEvents(sql, { ids: [id] })).toEqual([]);
  expect(await releaseTakenEvents(sql, { routes: [route] })).toBe(0);
});

test("given up it stays so until somebody asks for it again, one or all that failed", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await givenEvent(sql);
  const { ids } = await givenRunning(sql, 2, { from: 5 });
  await send(sql, ids, { to: "accepted" });
  const all = (await listEvents(sql, { limit: 10 })).map(({ id }) => id);
  const gaveUp = (id: string) => ({ id, outcome: "gave-up", httpStatus: null, error: "timeout" }) as const;
  await recordDeliveries(sql, { results: all.slice(0, 2).map(gaveUp), leaseMs });
  expect(await listEvents(sql, { limit: 10, state: "failed" })).toHaveLength(2);
  expect(await listEvents(sql, { limit: 10, state: "pending" })).toMatchObject([{ id: first.id }]);

  expect(await replayEvents(sql, { state: "failed", routes: ["other"] })).toBe(0);
  expect(await replayEvents(sql, { state: "failed", routes: [route] })).toBe(2);
  expect(await listEvents(sql, { limit: 10, state: "failed" })).toEqual([]);
  expect(await takeEvents(sql, { route, limit: 10, leaseMs })).toHaveLength(3);

  await recordDeliveries(sql, {
    results: [{ id: first.id, outcome: "delivered", httpStatus: 200, error: null }],
    leaseMs,
  });
  expect(await replayEvents(sql, { ids: [first.id] })).toBe(1);
  expect(await findEvent(sql, { id: first.id })).toMatchObject({ deliveredAt: null, attempts: 0 });
});

test("an event of what somebody answered carries the row, and the campaign's key", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1, { key: "2026-12-coupon" });
  await send(sql, ids, { to: "accepted", channel: "sms" });
  await storeReceipts(sql, [unread({ recipient: recipientOf(1), read: { text: "はい" } })]);
  await applyInbound(sql, { limit: 10, rulesOf: () => inboundRules({ isTold: true }) });
  const [event] = await listEvents(sql, { limit: 10 });
  expect(await findEvent(sql, { id: event?.id ?? "" })).toMatchObject({
    ...{ type: "inbound.sms-mo", campaignKey: "2026-12-coupon", messageId: ids[0], channel: "sms" },
    inbound: { text: "はい", linkedBy: "time" },
  });
});

test("an endpoint that takes nothing for too long is given up, and enabled by a person or by another URL", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const name = "*";
  const url = "https://crm.example/hook?token=geheim";
  const failure = { name, error: "503", disableAfterMs: 60_000, disableNow: false };
  expect(await openEndpoint(sql, { name, url })).toMatchObject({ failingSince: null, disabledAt: null });
  expect(await noteEndpointFailure(sql, failure)).toMatchObject({
    isNewlyDisabled: false,
    failingSince: expect.any(Date),
  });
  await noteEndpointSuccess(sql, { name });
  expect(await findEndpoint(sql, { name })).toMatchObject({ failingSince: null });

  await noteEndpointFailure(sql, failure);
  await sql`update event_endpoint set failing_since = now() - interval '2 minutes'`;
  expect(await noteEndpointFailure(sql, failure)).toMatchObject({ isNewlyDisabled: true });
  expect(await noteEndpointFailure(sql, failure)).toMatchObject({
    isNewlyDisabled: false,
    disabledAt: expect.any(Date),
  });
  // A restart with the same URL changes nothing, another URL does.
  expect(await openEndpoint(sql, { name, url })).toMatchObject({ disabledAt: expect.any(Date) });
  expect(await openEndpoint(sql, { name, url: `${url}2` })).toMatchObject({ disabledAt: null, failingSince: null });

  expect(await noteEndpointFailure(sql, { ...failure, disableNow: true })).toMatchObject({ isNewlyDisabled: true });
  expect(await enableEndpoint(sql, { name })).toBe(true);
  expect(await findEndpoint(sql, { name })).toMatchObject({ disabledAt: null });
  expect(await enableEndpoint(sql, { name: "nobody" })).toBe(false);
  expect(JSON.stringify(await sql`select * from event_endpoint`)).not.toContain("geheim");
});

test("figures tell what waits and for how long", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await givenEvent(sql);
  await sql`update event set asked_at = now() - interval '1 hour'`;
  expect(await eventFigures(sql)).toEqual([{ route, pending: 1, oldestPendingSeconds: expect.closeTo(3_600, -1) }]);
});

test("old events are deleted, and those that were never taken are counted", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const event = await givenEvent(sql);
  const old = "01900000-0000-7000-8000-000000000000";
  await sql`insert into event (id, at, route, type, feed_at, delivered_at) values (${old}, now(), ${route}, 'x', null, now())`;
  await sql`insert into event (id, at, route, type) values (${old.replace(/0$/, "1")}, now(), ${route}, 'x')`;
  expect(await deleteEvents(sql, { olderThanDays: 30, limit: 10 })).toEqual({ events: 2, undelivered: 1 });
  expect(await deleteEvents(sql, { olderThanDays: 30, limit: 10 })).toEqual({ events: 0, undelivered: 0 });
  expect(await listEvents(sql, { limit: 10 })).toMatchObject([{ id: event.id }]);
});
