import { expect, test } from "vitest";
import { givenRunning, receipt, send } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { applyReceipts, storeReceipts } from "../index.ts";

const input = { limit: 10, parkForMs: 86_400_000, parkRetryMs: 500 };

/** Receipts of another system that sends over the same account. */
function strange(count: number) {
  return Array.from({ length: count }, (_, index) =>
    receipt({ providerMessageId: `strange-${index}`, reportedState: "delivered" }),
  );
}

async function waits(sql: TestLedger["sql"]): Promise<number[]> {
  const rows = await sql<{ seconds: number }[]>`
    select extract(epoch from try_at - now())::float8 as seconds from receipt_raw where status = 'parked'`;
  return rows.map(({ seconds }) => seconds);
}

test("a receipt nobody knows is tried again after twice as long each time, and at least once an hour", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await storeReceipts(sql, strange(1));
  const waited: number[] = [];
  for (let round = 0; round < 16; round++) {
    expect(await applyReceipts(sql, input)).toMatchObject({ parked: 1, taken: 1 });
    const [seconds = 0] = await waits(sql);
    // The statement after it reads the clock a moment later.
    waited.push(Math.ceil(seconds * 2) / 2);
    await sql`update receipt_raw set try_at = now()`;
  }
  expect(waited).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600, 3_600, 3_600]);
});

test("fresh receipts go before parked ones, however many those are and however long they have waited", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 4);
  await send(sql, ids, { to: "accepted" });
  await storeReceipts(sql, strange(30));
  for (let round = 0; round < 3; round++) await applyReceipts(sql, input);
  await sql`update receipt_raw set try_at = now() - interval '1 hour'`;
  await storeReceipts(
    sql,
    ids.map((id) => receipt({ providerMessageId: `carrier-${id}`, reportedState: "sent", receivedAt: new Date() })),
  );
  expect(await applyReceipts(sql, { ...input, limit: 4 })).toMatchObject({ applied: 4, parked: 0, taken: 4 });
  expect(await applyReceipts(sql, { ...input, limit: 4 })).toMatchObject({ applied: 0, parked: 4, taken: 4 });
});

test("tells how many it took, whatever became of them", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  await send(sql, ids, { to: "accepted" });
  const providerMessageId = `carrier-${ids[0]}`;
  const old = { receivedAt: new Date(Date.now() - 2 * 86_400_000) };
  await storeReceipts(sql, [
    receipt({ providerMessageId, reportedState: "delivered" }),
    receipt({ providerMessageId, reportedState: null }),
    receipt({ providerMessageId: "strange", reportedState: "sent" }),
    receipt({ providerMessageId: "stranger", reportedState: "sent", ...old }),
  ]);
  const done = await applyReceipts(sql, input);
  expect(done).toMatchObject({ applied: 1, stale: 1, parked: 1, unmatched: 1, taken: 4 });
  expect(await applyReceipts(sql, input)).toMatchObject({ taken: 0 });
});
