import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import {
  age,
  claim,
  givenRunning,
  givenSingle,
  inboundRules,
  message,
  recipientOf,
  route,
  send,
  unread,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  applyInbound,
  findInbound,
  type InboundRow,
  type InboundRules,
  listHooks,
  listInbound,
  listSuppressions,
  messageHistory,
  type NewReceipt,
  newId,
  type Sql,
  storeReceipts,
  type UnreadInbound,
} from "../index.ts";

const minute = 60_000;
const day = 86_400_000;

/** Stores and applies; answers the rows in the order given. */
async function apply(sql: Sql, receipts: NewReceipt[], rules: Partial<InboundRules> = {}): Promise<InboundRow[]> {
  await storeReceipts(sql, receipts);
  await applyInbound(sql, { limit: 100, rulesOf: () => inboundRules(rules) });
  const found = await Promise.all(receipts.map(({ id }) => findInbound(sql, { id })));
  return found.flatMap((each) => each?.inbound ?? []);
}

test("what an end user did is written once, with everything the notification said", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const read: Partial<UnreadInbound> = {
    ...{ event: "message", text: "はい\u0000", smsNumber: "0005123456" },
    attachment: {
      kind: "location",
      latitude: 35.6,
      longitude: 139.7,
      position: "35.6 139.7",
      label: "駅\ud800",
      radius: null,
    },
  };
  const given = unread({ recipient: recipientOf(1), eventAt: new Date("2026-12-01T00:00:00Z"), read });
  const [row] = await apply(sql, [given]);

  expect(row).toMatchObject({
    ...{
      id: given.id,
      route,
      recipient: recipientOf(1),
      event: "message",
      text: "はい\ufffd",
      smsNumber: "0005123456",
    },
    at: new Date("2026-12-01T00:00:00Z"),
    attachment: { kind: "location", latitude: 35.6, label: "駅\ufffd" },
    ...{ messageId: null, campaignId: null, linkedBy: null, word: null },
  });
  expect(await sql`select status, read, applied_at is not null as is_applied from receipt_raw`).toMatchObject([
    { status: "applied", read: null, isApplied: true },
  ]);
  // Again, and by several at once: nothing more.
  await storeReceipts(sql, [given]);
  await Promise.all([1, 2, 3].map(() => applyInbound(sql, { limit: 100, rulesOf: () => inboundRules() })));
  expect(await listInbound(sql, { limit: 10 })).toHaveLength(1);
});

test("several processes that apply at once bring each in once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const receipts = Array.from({ length: 200 }, (_, n) =>
    unread({ recipient: recipientOf(n % 7), read: { text: "STOP" } }),
  );
  await storeReceipts(sql, receipts);
  const rulesOf = () => inboundRules({ isTold: true });
  const counts = await Promise.all(
    Array.from({ length: 8 }, async () => {
      let sum = 0;
      for (let taken = -1; taken !== 0; sum += taken) ({ taken } = await applyInbound(sql, { limit: 30, rulesOf }));
      return sum;
    }),
  );
  expect(counts.reduce((a, b) => a + b)).toBe(200);
  expect(await listInbound(sql, { limit: 1_000 })).toHaveLength(200);
  expect(await sql`select count(*) from event`).toEqual([{ count: 200 }]);
  expect(await listSuppressions(sql, { limit: 100 })).toHaveLength(7);
});

test("a tap is linked by the reference in its data, and its history tells it", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids, campaignId } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "accepted" });
  const read = { event: "response", text: "興味なし", displayText: "興味なし", postbackData: `ref=${ids[0]}` } as const;
  const [row] = await apply(sql, [unread({ recipient: recipientOf(1), read })]);

  expect(row).toMatchObject({ messageId: ids[0], campaignId, linkedBy: "reference", button: "chip1" });
  const history = await messageHistory(sql, { id: ids[0] ?? "" });
  expect(history.at(-1)).toMatchObject({ what: "inbound", detail: "response, button chip1, found by reference" });
  expect(JSON.stringify(history)).not.toContain("興味なし");
});

test("a reference counts while its message is still on its way out: the tap may be faster than our own commit", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  await claim(sql, ids);
  const [row] = await apply(sql, [
    unread({ recipient: recipientOf(1), read: { event: "response", postbackData: `ref=${ids[0]}` } }),
  ]);
  expect(row).toMatchObject({ messageId: ids[0], linkedBy: "reference" });
});

test.each([
  ["of a message to another number", (id: string) => ({ postbackData: `ref=${id}` }), recipientOf(2)],
  ["of no message", () => ({ postbackData: `ref=${newId()}` }), recipientOf(9)],
  ["that is no id", () => ({ postbackData: "ref=1' or '1'='1" }), recipientOf(9)],
  ["that is none", () => ({ postbackData: "c=42" }), recipientOf(9)],
])("a reference %s links nothing", async (_, read, recipient) => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  await send(sql, ids, { to: "accepted" });
  const [row] = await apply(sql, [unread({ recipient, read: { event: "response", ...read(ids[0] ?? "") } })]);
  expect(row).toMatchObject({ messageId: null, campaignId: null, linkedBy: null, recipient });
});

test("an id that is one of our messages' links, when the number is its recipient's", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "accepted" });
  const [mine, foreign] = await apply(
    sql,
    [
      unread({ recipient: recipientOf(1), providerMessageId: `carrier-${ids[0]}`, read: { event: "response" } }),
      unread({ recipient: recipientOf(9), providerMessageId: `carrier-${ids[1]}`, read: { event: "response" } }),
    ],
    { linkWithinMs: 0 },
  );
  expect(mine).toMatchObject({ messageId: ids[0], linkedBy: "carrier-id" });
  expect(foreign).toMatchObject({ messageId: null });
});

test("a reply without a reference answers the latest message to that number on that route", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await givenRunning(sql, 1);
  const second = await givenRunning(sql, 1);
  const elsewhere = await givenRunning(sql, 1, { route: "other" });
  await send(sql, first.ids, { to: "accepted" });
  await send(sql, second.ids, { to: "accepted" });
  await claim(sql, elsewhere.ids, { route: "other" });
  await age(sql, first.ids[0] ?? "", "sending_at", 3 * day);
  await age(sql, second.ids[0] ?? "", "sending_at", 2 * day);
  const [newest, before, tooLate] = await apply(sql, [
    unread({ recipient: recipientOf(1), read: { text: "はい" } }),
    unread({ recipient: recipientOf(1), receivedAt: new Date(Date.now() - 2.5 * day) }),
    unread({ recipient: recipientOf(1), receivedAt: new Date(Date.now() + 9 * day) }),
  ]);
  expect(newest).toMatchObject({ messageId: second.ids[0], campaignId: second.campaignId, linkedBy: "time" });
  expect(before).toMatchObject({ messageId: first.ids[0], campaignId: first.campaignId });
  expect(tooLate).toMatchObject({ messageId: null, recipient: recipientOf(1) });
});

test("a single message is answered too, and one that never went out is not", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const sent = await givenSingle(sql);
  await send(sql, [sent.id], { to: "accepted" });
  await age(sql, sent.id, "sending_at", minute);
  const refused = await givenSingle(sql);
  await send(sql, [refused.id], { to: "rejected" });
  const [row] = await apply(sql, [unread({ recipient: recipientOf(1) })]);
  expect(row).toMatchObject({ messageId: sent.id, campaignId: null, linkedBy: "time" });
});

test("a reply before the gateway's own answer was stored is linked all the same", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  await claim(sql, ids);
  const [row] = await apply(sql, [unread({ recipient: recipientOf(1), receivedAt: new Date(Date.now() + 1_000) })]);
  expect(row).toMatchObject({ messageId: ids[0], linkedBy: "time" });
});

test("the number written to tells which message is meant", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const shared = await givenRunning(sql, 1, { content: { from: "0005123456" } });
  const own = await givenRunning(sql, 1, { content: { from: "0312345678" } });
  await send(sql, shared.ids, { to: "accepted" });
  await send(sql, own.ids, { to: "accepted" });
  await age(sql, shared.ids[0] ?? "", "sending_at", day);
  await age(sql, own.ids[0] ?? "", "sending_at", minute);
  const numbers = ["0005123456", "0312345678", "0009999999"];
  const isSentFrom: InboundRules["isSentFrom"] = (content, number) =>
    numbers.includes(number) ? (content as { from: string }).from === number : null;
  const to = (smsNumber: string) => unread({ recipient: recipientOf(1), read: { smsNumber } });
  const rows = await apply(sql, [to("0005123456"), to("0312345678"), to("0009999999"), to("20123")], { isSentFrom });

  expect(rows).toMatchObject([
    { messageId: shared.ids[0], linkedBy: "number" },
    { messageId: own.ids[0], linkedBy: "number" },
    // One of the route's numbers, but none of these messages came from it.
    { messageId: null, linkedBy: null },
    // A short code that a carrier shows in place of the number.
    { messageId: own.ids[0], linkedBy: "time" },
  ]);
});

test("a notification without a number is kept, linked to nobody", async () => {
  await using ledger = await openTestLedger();
  const [row] = await apply(ledger.sql, [unread({ recipient: null, read: { text: "STOP" } })]);
  expect(row).toMatchObject({ recipient: null, word: "STOP", wordKind: "opt-out" });
  expect(await listSuppressions(ledger.sql, { limit: 10 })).toEqual([]);
});

test("a word that asks for no more suppresses at once, for the route or for all; it says so", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const everywhere = { findWord: () => ({ kind: "opt-out", word: "停止", scope: "*" }) as const };
  await apply(sql, [unread({ recipient: recipientOf(1), read: { text: "STOP" } })]);
  await apply(sql, [unread({ recipient: recipientOf(2), read: { text: "停止" } })], everywhere);
  await apply(sql, [unread({ recipient: recipientOf(3), read: { text: "はい" } })]);

  expect(await listSuppressions(sql, { limit: 10 })).toMatchObject([
    { recipient: recipientOf(1), route, source: "reply", reason: 'answered "STOP"' },
    { recipient: recipientOf(2), route: "*", source: "reply", reason: 'answered "停止"' },
  ]);
});

test("a tapped button may hold the word in its label or in its data", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await apply(sql, [
    unread({
      recipient: recipientOf(1),
      read: { event: "response", text: "STOP", displayText: "STOP", postbackData: "x" },
    }),
    unread({
      recipient: recipientOf(2),
      read: { event: "response", text: "もう要らない", displayText: "もう要らない", postbackData: "STOP" },
    }),
  ]);
  expect(await listSuppressions(sql, { limit: 10 })).toHaveLength(2);
});

test("the word that was written last decides, in whatever order they arrive", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const at = (minutes: number) => new Date(Date.UTC(2026, 11, 1, 0, minutes));
  const said = (text: string, minutes: number, n: number) =>
    unread({ recipient: recipientOf(n), eventAt: at(minutes), read: { text } });
  for (const batches of [
    [[said("STOP", 1, 1)], [said("START", 2, 1)]],
    [[said("START", 2, 2)], [said("STOP", 1, 2)]],
    [[said("START", 2, 3), said("STOP", 1, 3)]],
  ]) {
    for (const batch of batches) await apply(sql, batch);
  }
  expect(await listSuppressions(sql, { limit: 10 })).toEqual([]);
  await apply(sql, [said("STOP", 3, 1)]);
  expect(await listSuppressions(sql, { limit: 10 })).toMatchObject([{ recipient: recipientOf(1) }]);
});

test("no reply lifts what an operator, a list or the API suppressed", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await addSuppression(sql, { recipient: recipientOf(1), route, reason: "by phone" });
  await apply(sql, [unread({ recipient: recipientOf(1), read: { text: "STOP" } })]);
  await apply(sql, [unread({ recipient: recipientOf(1), read: { text: "START" } })]);
  expect(await listSuppressions(sql, { limit: 10 })).toMatchObject([{ source: "operator", reason: "by phone" }]);
});

test("with the row that cannot be written nothing of it is: neither the suppression nor the event", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await storeReceipts(sql, [unread({ recipient: recipientOf(1), read: { text: "STOP" } })]);
  await sql`alter table event add constraint broken check (type <> 'inbound.sms-mo') not valid`;
  await expect(applyInbound(sql, { limit: 10, rulesOf: () => inboundRules({ isTold: true }) })).rejects.toThrow(
    "broken",
  );
  await sql`alter table event drop constraint broken`;
  expect(await listInbound(sql, { limit: 10 })).toEqual([]);
  expect(await listSuppressions(sql, { limit: 10 })).toEqual([]);
  expect(await applyInbound(sql, { limit: 10, rulesOf: () => inboundRules() })).toMatchObject({
    taken: 1,
    applied: [{ wordKind: "opt-out" }],
  });
});

test("a connection test, and a body nobody understands, is remembered for its URL", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const post = (kind: string, minutes: number, hook: string, from: string): NewReceipt => {
    const receivedAt = new Date(Date.UTC(2026, 11, 1, 0, minutes));
    const id = newId();
    return { id, route, kind, receivedAt, dedupeKey: randomUUID(), body: "", status: "unread", read: { hook, from } };
  };
  await apply(sql, [
    post("connection-test", 2, "sms-result", "203.0.113.2"),
    post("connection-test", 1, "sms-result", "203.0.113.1"),
    post("unrecognised", 3, "webhook", "203.0.113.3"),
  ]);
  await apply(sql, [
    post("connection-test", 0, "sms-result", "203.0.113.0"),
    post("unrecognised", 5, "sms-result", "::1"),
  ]);
  await apply(sql, [post("connection-test", 9, "webhook", "203.0.113.9")]);

  const at = (minutes: number) => new Date(Date.UTC(2026, 11, 1, 0, minutes));
  expect(await listHooks(sql)).toEqual([
    {
      ...{ route, kind: "sms-result", testedAt: at(2), testedFrom: "203.0.113.2" },
      ...{ unrecognisedAt: at(5), unrecognisedFrom: "::1" },
    },
    {
      ...{ route, kind: "webhook", testedAt: at(9), testedFrom: "203.0.113.9" },
      ...{ unrecognisedAt: at(3), unrecognisedFrom: "203.0.113.3" },
    },
  ]);
  expect(await listInbound(sql, { limit: 10 })).toEqual([]);
});

test("what a process of another version left without a reading holds up nothing", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await storeReceipts(sql, [{ ...unread({ recipient: recipientOf(1) }), read: null }]);
  const rows = await apply(sql, [unread({ recipient: recipientOf(2) })]);
  expect(rows).toHaveLength(1);
  expect(await applyInbound(sql, { limit: 10, rulesOf: () => inboundRules() })).toMatchObject({ taken: 0 });
});

test("rows are listed newest first, page by page, by every filter", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids, campaignId } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "accepted" });
  const now = Date.now();
  const later = (n: number) => new Date(now + n * minute);
  await apply(sql, [
    unread({ recipient: recipientOf(1), receivedAt: later(1), read: { text: "STOP" } }),
    unread({ recipient: recipientOf(2), receivedAt: later(2), read: { event: "message" } }),
    unread({ recipient: recipientOf(9), receivedAt: later(3) }),
    unread({ recipient: recipientOf(9), receivedAt: later(4), route: "other" }),
  ]);
  const found = async (filter: Omit<Parameters<typeof listInbound>[1], "limit">) =>
    (await listInbound(sql, { limit: 10, ...filter })).map(
      ({ recipient, event }) => `${recipient?.slice(-1)} ${event}`,
    );
  expect(await found({})).toEqual(["9 sms-mo", "9 sms-mo", "2 message", "1 sms-mo"]);
  expect(await found({ route })).toEqual(["9 sms-mo", "2 message", "1 sms-mo"]);
  expect(await found({ campaignId })).toEqual(["2 message", "1 sms-mo"]);
  expect(await found({ messageId: ids[0] ?? "" })).toEqual(["1 sms-mo"]);
  expect(await found({ recipient: recipientOf(9) })).toEqual(["9 sms-mo", "9 sms-mo"]);
  expect(await found({ event: "message", route })).toEqual(["2 message"]);
  expect(await found({ wordKind: "opt-out" })).toEqual(["1 sms-mo"]);
  expect(await found({ since: later(3) })).toEqual(["9 sms-mo", "9 sms-mo"]);
  const [first] = await listInbound(sql, { limit: 1 });
  expect(await found({ before: first?.id ?? "" })).toHaveLength(3);
  expect(await message(sql, ids[0])).toMatchObject({ state: "accepted" });
});
