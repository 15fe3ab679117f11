import { describe, expect, test } from "vitest";
import {
  claim,
  givenRunning,
  givenSingle,
  message,
  receipt,
  recipientOf,
  resultFor,
  route,
  send,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  applyReceipts,
  findMessage,
  insertMessage,
  listMessages,
  messageHistory,
  messagesOfRecipient,
  newId,
  recordOutcomes,
  storeReceipts,
  streamMessages,
} from "../index.ts";

const content = { text: "Your code is #{code}" };

describe("a single message", () => {
  test("is queued as it was given", async () => {
    await using ledger = await openTestLedger();
    const given = {
      id: newId(),
      route,
      recipient: recipientOf(1),
      content,
      vars: ["1234"],
      segments: 2,
      validUntil: new Date(Date.now() + 60_000),
      idempotencyKey: "order-1",
      requestHash: Buffer.from([1, 2, 3]),
    };
    const { message: inserted, created } = await insertMessage(ledger.sql, given);
    expect(created).toBe(true);
    expect(inserted).toMatchObject({
      ...given,
      state: "queued",
      campaignId: null,
      line: null,
      round: 1,
      endedAt: null,
    });
    expect(await findMessage(ledger.sql, { id: given.id })).toEqual(inserted);
  });

  test("with an idempotency key is made once, however many ask at once", async () => {
    await using ledger = await openTestLedger();
    const base = { route, recipient: recipientOf(1), content, segments: 1, idempotencyKey: "order-1" };
    const all = await Promise.all(
      Array.from({ length: 10 }, () => insertMessage(ledger.sql, { ...base, id: newId() })),
    );
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(all.map(({ message }) => message.id)).size).toBe(1);
    const other = await insertMessage(ledger.sql, { ...base, id: newId(), idempotencyKey: null });
    expect(other.created).toBe(true);
  });

  test("to a suppressed recipient ends as suppressed at once", async () => {
    await using ledger = await openTestLedger();
    await addSuppression(ledger.sql, { recipient: recipientOf(1), route });
    const single = await givenSingle(ledger.sql);
    expect(single).toMatchObject({ state: "suppressed", endedAt: expect.any(Date) });
    expect((await claim(ledger.sql, [single.id])).claimed).toEqual([]);
  });
});

test("an id nobody knows, or that is none, finds nothing", async () => {
  await using ledger = await openTestLedger();
  expect(await findMessage(ledger.sql, { id: newId() })).toBeNull();
  expect(await findMessage(ledger.sql, { id: "order-1" })).toBeNull();
  expect(await messageHistory(ledger.sql, { id: newId() })).toEqual([]);
});

test("all messages of a recipient are found, over campaigns, rounds and single ones, newest first", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await givenRunning(sql, 2);
  const second = await givenRunning(sql, 2, { route: "another-route" });
  const single = await givenSingle(sql);
  const found = await messagesOfRecipient(sql, { recipient: recipientOf(1), limit: 10 });
  expect(found.map(({ id }) => id)).toEqual([single.id, second.ids[0], first.ids[0]]);
  expect(await messagesOfRecipient(sql, { recipient: recipientOf(1), limit: 1 })).toHaveLength(1);
  expect(await messagesOfRecipient(sql, { recipient: recipientOf(3), limit: 10 })).toEqual([]);
});

test("the history has a message accepted after it was sent, also where one moment is known more exactly than the other", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "accepted" });
  const whats = async (id = "") => (await messageHistory(sql, { id })).map(({ what }) => what);
  await sql`update message set sending_at = date_trunc('milliseconds', accepted_at) + interval '400 microseconds',
                               accepted_at = date_trunc('milliseconds', accepted_at)`;
  expect(await whats(ids[0])).toEqual(["queued", "sending", "accepted"]);
  // Sent again though it had been accepted: that was later.
  await sql`update message set accepted_at = sending_at - interval '1 second', queued_at = sending_at - interval '2 seconds'`;
  expect(await whats(ids[1])).toEqual(["queued", "accepted", "sending"]);
});

test("the history tells everything that happened, in order, without number or text", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  const id = ids[0] ?? "";
  await send(sql, ids, { to: "queued", outcome: "retry", reason: "HTTP 500", httpStatus: 500 });
  const { claim: token, worker } = await claim(sql, ids);
  await recordOutcomes(sql, { worker, results: [resultFor(id, token, { to: "accepted", channel: "sms" })] });
  const providerMessageId = (await message(sql, id)).providerMessageId;
  const sent = receipt({ providerMessageId, reportedState: "delivered", receivedAt: new Date(), rawStatus: "配信済" });
  await storeReceipts(sql, [sent, { ...sent, id: newId() }]);
  await sql`update receipt_raw set try_at = now()`;
  await applyReceipts(sql, { limit: 10, parkForMs: 1_000, parkRetryMs: 1_000 });

  const history = await messageHistory(sql, { id });
  expect(history.map(({ what, detail }) => [what, detail])).toEqual([
    ["queued", "line 1, round 1"],
    ["attempt", "attempt 1, retry, HTTP 500, HTTP 500"],
    ["sending", "attempt 2"],
    ["accepted", `sms, carrier id carrier-${id}`],
    ["receipt", "配信済, applied, came 2 times"],
    ["delivered", null],
  ]);
  expect(JSON.stringify(history)).not.toContain("8190");
});

describe("messages of a campaign", () => {
  test("are listed in the order of import, by state, page by page", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 6);
    await send(sql, [ids[1] ?? "", ids[4] ?? ""], { to: "rejected" });
    const idsOf = async (options: Partial<Parameters<typeof listMessages>[1]>) =>
      (await listMessages(sql, { campaignId, limit: 10, ...options })).map(({ id }) => id);
    expect(await idsOf({})).toEqual(ids);
    expect(await idsOf({ limit: 2, after: ids[1] ?? "" })).toEqual(ids.slice(2, 4));
    expect(await idsOf({ state: "rejected" })).toEqual([ids[1], ids[4]]);
    expect(await idsOf({ state: "rejected", after: ids[1] ?? "" })).toEqual([ids[4]]);
  });

  test("are streamed completely, a page at a time", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 4_500);
    const pages: string[][] = [];
    for await (const page of streamMessages(sql, { campaignId })) pages.push(page.map(({ id }) => id));
    expect(pages.flat()).toEqual(ids);
    expect(Math.max(...pages.map(({ length }) => length))).toBeLessThanOrEqual(2_000);
    const none = await givenRunning(sql, 0);
    for await (const page of streamMessages(sql, { campaignId: none.campaignId })) expect(page).toEqual([]);
  });
});
