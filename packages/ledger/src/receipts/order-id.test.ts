import { describe, expect, test } from "vitest";
import { age, givenRunning, message, messages, receipt, send } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { applyReceipts, type NewReceipt, storeReceipts } from "../index.ts";

async function apply(sql: TestLedger["sql"], receipts: NewReceipt[]) {
  await storeReceipts(sql, receipts);
  return await applyReceipts(sql, { limit: 100, parkForMs: 86_400_000, parkRetryMs: 500 });
}

describe("a receipt that carries only the order's id", () => {
  test("moves the message of that order", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids.slice(0, 1), { to: "accepted", providerMessageId: "m1", providerOrderId: "o1" });
    await send(sql, ids.slice(1), { to: "accepted", providerMessageId: null, providerOrderId: "o2" });
    const done = await apply(sql, [
      receipt({ providerMessageId: "o1", reportedState: "sent" }),
      receipt({ providerMessageId: "o2", reportedState: "delivered" }),
    ]);
    expect(done).toMatchObject({ applied: 2, parked: 0 });
    expect(await messages(sql, ids)).toMatchObject([
      { state: "sent", providerMessageId: "m1", providerOrderId: "o1" },
      { state: "delivered", providerMessageId: null, providerOrderId: "o2" },
    ]);
  });

  test("together with one that carries the message's id ends in the state of both", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "accepted", providerMessageId: "m1", providerOrderId: "o1" });
    const done = await apply(sql, [
      receipt({ providerMessageId: "m1", reportedState: "delivered" }),
      receipt({ providerMessageId: "o1", reportedState: "sent" }),
    ]);
    expect(done).toMatchObject({ applied: 2 });
    expect(await message(sql, ids[0])).toMatchObject({
      state: "delivered",
      sentAt: expect.any(Date),
      deliveredAt: expect.any(Date),
    });
  });

  test("yields to the message that has it as its own id", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids.slice(0, 1), { to: "accepted", providerMessageId: "m2", providerOrderId: "m2" });
    await send(sql, ids.slice(1), { to: "accepted", providerMessageId: "m1", providerOrderId: "m2" });
    await apply(sql, [receipt({ providerMessageId: "m2", reportedState: "sent" })]);
    expect((await messages(sql, ids)).map(({ state }) => state)).toEqual(["sent", "accepted"]);
  });

  test("is parked when several messages were one order: nobody can tell which it means", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids.slice(0, 1), { to: "accepted", providerMessageId: "m1", providerOrderId: "o1" });
    await send(sql, ids.slice(1), { to: "accepted", providerMessageId: "m2", providerOrderId: "o1" });
    const done = await apply(sql, [receipt({ providerMessageId: "o1", reportedState: "sent" })]);
    expect(done).toMatchObject({ applied: 0, parked: 1 });
  });

  test("does not keep a message of unknown outcome to the same recipient from being adopted", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const known = await givenRunning(sql, 1);
    await send(sql, known.ids, { to: "accepted", providerMessageId: "m1", providerOrderId: "o1" });
    const doubt = await givenRunning(sql, 1);
    await send(sql, doubt.ids, { to: "unknown" });
    await age(sql, doubt.ids[0] ?? "", "sending_at", 60_000);
    const { recipient } = await message(sql, doubt.ids[0]);
    const done = await apply(sql, [
      receipt({ providerMessageId: "o1", reportedState: "sent", recipient }),
      receipt({ providerMessageId: "lost", reportedState: "sent", recipient }),
    ]);
    expect(done).toMatchObject({ applied: 2, adopted: 1 });
  });
});

describe("a message of unknown outcome", () => {
  const hour = 3_600_000;
  test.for([
    { name: "73 hours before the receipt is not adopted", ago: 73 * hour, adopted: 0 },
    { name: "71 hours before the receipt is adopted", ago: 71 * hour, adopted: 1 },
    { name: "2 hours before is not adopted when one hour was allowed", ago: 2 * hour, within: hour, adopted: 0 },
  ])("posted $name", async ({ ago, within, adopted }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "unknown" });
    await age(sql, ids[0] ?? "", "sending_at", ago);
    const { recipient } = await message(sql, ids[0]);
    await storeReceipts(sql, [receipt({ providerMessageId: "m1", reportedState: "sent", recipient })]);
    const limits = { limit: 10, parkForMs: 24 * hour, parkRetryMs: 500 };
    expect(await applyReceipts(sql, within ? { ...limits, adoptWithinMs: within } : limits)).toMatchObject({ adopted });
    expect((await message(sql, ids[0])).state).toBe(adopted ? "sent" : "unknown");
  });
});
