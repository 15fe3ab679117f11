import { describe, expect, test } from "vitest";
import { age, givenRunning, message, route, send } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  awaitsCheck,
  type CheckResult,
  type MessageRow,
  newId,
  recordChecks,
  takeDueChecks,
  takeNextCheck,
} from "../index.ts";

async function givenOwing(sql: TestLedger["sql"], count = 1): Promise<MessageRow[]> {
  const { ids } = await givenRunning(sql, count);
  return await send(sql, ids, { to: "accepted", channel: "sms", sendMode: "2", nextCheckInMs: 0 });
}

const take = { route, limit: 10, leaseMs: 60_000 };

test("the next check can be taken before its time, where any is planned", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 3);
  await send(sql, ids.slice(0, 1), { to: "accepted" });
  expect([await awaitsCheck(sql, { route }), await takeNextCheck(sql, take)]).toEqual([false, null]);
  await send(sql, ids.slice(1, 2), { to: "accepted", nextCheckInMs: 90_000 });
  await send(sql, ids.slice(2), { to: "accepted", nextCheckInMs: 50_000 });
  expect(await awaitsCheck(sql, { route })).toBe(true);
  expect(await takeNextCheck(sql, take)).toMatchObject({ id: ids[2], checks: 1 });
  // Put off to behind the other one.
  await age(sql, ids[1] ?? "", "next_check_at", 60_000);
  expect(await takeNextCheck(sql, take)).toMatchObject({ id: ids[1], checks: 1 });
  expect(await awaitsCheck(sql, { route: "another-route" })).toBe(false);
});

describe("takeDueChecks", () => {
  test("hands out what is due, the longest waiting first, and puts it off", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [first, second] = await givenOwing(sql, 2);
    await age(sql, second?.id ?? "", "next_check_at", 60_000);
    expect(await takeDueChecks(sql, { ...take, limit: 1 })).toEqual([
      {
        id: second?.id,
        providerMessageId: second?.providerMessageId,
        providerOrderId: null,
        sentInPlaceOf: null,
        channel: "sms",
        sendMode: "2",
        acceptedAt: second?.acceptedAt,
        checks: 1,
        state: "accepted",
      },
    ]);
    expect((await takeDueChecks(sql, take)).map(({ id }) => id)).toEqual([first?.id]);
    expect(await takeDueChecks(sql, take)).toEqual([]);
    expect(await message(sql, first?.id)).toMatchObject({ checks: 1, state: "accepted" });
  });

  test("hands out a message without a carrier id too: it has to be closed in the end", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 1);
    await send(ledger.sql, ids, { to: "accepted", providerMessageId: null, nextCheckInMs: 0 });
    expect(await takeDueChecks(ledger.sql, take)).toMatchObject([{ id: ids[0], providerMessageId: null }]);
  });

  test("leaves what is not due, what owes none, and other routes", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids.slice(0, 1), { to: "accepted", nextCheckInMs: 60_000 });
    await send(sql, ids.slice(1), { to: "accepted" });
    await givenOwing(sql);
    expect(await takeDueChecks(sql, { ...take, route: "another-route" })).toEqual([]);
    expect(await takeDueChecks(sql, take)).toHaveLength(1);
  });

  test("called by many at once hands each check to one", async () => {
    await using ledger = await openTestLedger();
    await givenOwing(ledger.sql, 100);
    const pools = Array.from({ length: 5 }, () => ledger.connect({ max: 1 }).sql);
    const taken = (await Promise.all(pools.map((sql) => takeDueChecks(sql, { ...take, limit: 30 })))).flat();
    expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
  });
});

describe("recordChecks", () => {
  test("learns the channel of a message that does not know its own, and never changes a known one", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 3);
    const [pending, sent, known] = await send(sql, ids, { to: "accepted", channel: null, nextCheckInMs: 0 });
    await sql`update message set channel = 'rcs' where id = ${known?.id ?? ""}`;
    const state = { answer: "state", state: "sent", at: null, rawStatus: "sent", channel: "sms" } as const;
    await recordChecks(sql, [
      { messageId: pending?.id ?? "", answer: "none", nextCheckInMs: 1_000, channel: "sms" },
      { messageId: sent?.id ?? "", ...state },
      { messageId: known?.id ?? "", ...state },
    ]);
    const channels = await Promise.all(ids.map(async (id) => (await message(sql, id)).channel));
    expect(channels).toEqual(["sms", "sms", "rcs"]);
  });

  const at = new Date("2026-12-01T00:00:00Z");
  const answers: {
    name: string;
    from?: CheckResult;
    answer: (messageId: string) => CheckResult;
    row: Partial<MessageRow>;
    moved: number;
  }[] = [
    {
      name: "a final state ends the message",
      answer: (messageId) => ({ messageId, answer: "state", state: "delivered", at, rawStatus: "delivered" }),
      row: { state: "delivered", deliveredAt: at, endedAt: at, nextCheckAt: null },
      moved: 1,
    },
    {
      name: "a state without a time happened when it was asked",
      answer: (messageId) => ({ messageId, answer: "state", state: "failed", at: null, rawStatus: "failed" }),
      row: { state: "failed", endedAt: expect.any(Date) as unknown as Date, nextCheckAt: null },
      moved: 1,
    },
    {
      name: "sent moves it and keeps it owing",
      answer: (messageId) => ({
        messageId,
        answer: "state",
        state: "sent",
        at,
        rawStatus: "sent",
        nextCheckInMs: 600_000,
      }),
      row: { state: "sent", sentAt: at, nextCheckAt: expect.any(Date) as unknown as Date, endedAt: null },
      moved: 1,
    },
    {
      name: "pending leaves it accepted and owing",
      answer: (messageId) => ({
        messageId,
        answer: "state",
        state: "pending",
        at,
        rawStatus: "pending",
        nextCheckInMs: 600_000,
      }),
      row: { state: "accepted", nextCheckAt: expect.any(Date) as unknown as Date },
      moved: 0,
    },
    {
      name: "nothing learnt asks again",
      answer: (messageId) => ({ messageId, answer: "none", nextCheckInMs: 600_000 }),
      row: { state: "accepted", nextCheckAt: expect.any(Date) as unknown as Date },
      moved: 0,
    },
    {
      name: "never to be known ends it as expired",
      answer: (messageId) => ({ messageId, answer: "expire", reason: "no result within 31 days" }),
      row: {
        state: "expired",
        reason: "no result within 31 days",
        endedAt: expect.any(Date) as unknown as Date,
        nextCheckAt: null,
      },
      moved: 1,
    },
  ];

  test.for(answers)("$name", async ({ answer, row, moved }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [owing] = await givenOwing(sql);
    await takeDueChecks(sql, take);
    expect(await recordChecks(sql, [answer(owing?.id ?? "")])).toEqual({ moved });
    const after = await message(sql, owing?.id);
    expect(after).toMatchObject(row);
    if (after.nextCheckAt) expect(after.nextCheckAt.getTime()).toBeGreaterThan(Date.now() + 500_000);
  });

  test("never lowers a state, and expires only what is accepted or sent", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [owing] = await givenOwing(sql);
    const messageId = owing?.id ?? "";
    await recordChecks(sql, [{ messageId, answer: "state", state: "delivered", at, rawStatus: "delivered" }]);
    const delivered = await message(sql, messageId);
    expect(
      await recordChecks(sql, [
        { messageId, answer: "state", state: "sent", at, rawStatus: "sent", nextCheckInMs: 1_000 },
        { messageId, answer: "expire", reason: "too late" },
        { messageId, answer: "none", nextCheckInMs: 1_000 },
      ]),
    ).toEqual({ moved: 0 });
    expect(await message(sql, messageId)).toEqual(delivered);
  });

  test("of unknown outcome is not expired by a check", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 1);
    await send(ledger.sql, ids, { to: "unknown" });
    expect(await recordChecks(ledger.sql, [{ messageId: ids[0] ?? "", answer: "expire", reason: "no" }])).toEqual({
      moved: 0,
    });
    expect((await message(ledger.sql, ids[0])).state).toBe("unknown");
  });

  test("takes several answers of one message in their order, and passes over messages that are gone", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [owing] = await givenOwing(sql);
    const messageId = owing?.id ?? "";
    const result = await recordChecks(sql, [
      { messageId: newId(), answer: "none", nextCheckInMs: 1 },
      { messageId, answer: "state", state: "sent", at, rawStatus: "sent", nextCheckInMs: 1_000 },
      { messageId, answer: "state", state: "delivered", at, rawStatus: "delivered" },
    ]);
    expect(result).toEqual({ moved: 2 });
    expect(await message(sql, messageId)).toMatchObject({
      state: "delivered",
      sentAt: at,
      deliveredAt: at,
      nextCheckAt: null,
    });
    expect(await recordChecks(sql, [])).toEqual({ moved: 0 });
  });
});
