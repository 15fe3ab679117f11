import { describe, expect, test } from "vitest";
import { age, givenRunning, givenSingle, message, receipt, send } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  applyReceipts,
  campaignCounts,
  cancelCampaign,
  closeUnknown,
  countRows,
  expireQueued,
  findCampaign,
  type MessageRow,
  type NewReceipt,
  storeReceipts,
} from "../index.ts";

async function apply(sql: TestLedger["sql"], receipts: NewReceipt[]) {
  await storeReceipts(sql, receipts);
  return await applyReceipts(sql, { limit: 100, parkForMs: 86_400_000, parkRetryMs: 60_000 });
}

/** Claimed an hour ago, of unknown outcome, and closed by the operator. */
async function givenClosed(sql: TestLedger["sql"], single?: "single"): Promise<MessageRow> {
  const [id = ""] = single ? [(await givenSingle(sql)).id] : (await givenRunning(sql, 1)).ids;
  await send(sql, [id], { to: "unknown" });
  await age(sql, id, "sending_at", 3_600_000);
  await closeUnknown(sql, { ids: [id] });
  return await message(sql, id);
}

describe("a message of unknown outcome that was closed", () => {
  test.each([
    ["delivered", "delivered"],
    ["displayed", "displayed"],
    ["failed", "failed"],
    ["revoked", "revoked"],
  ])("is corrected by a late receipt that says %s", async (reportedState, state) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, campaignId, recipient } = await givenClosed(sql);
    await advanceCampaigns(sql);
    await advanceCampaigns(sql);
    expect((await findCampaign(sql, { id: campaignId ?? "" }))?.state).toBe("finished");

    expect(await apply(sql, [receipt({ providerMessageId: "m1", reportedState, recipient })])).toMatchObject({
      adopted: 1,
      applied: 1,
    });

    expect(await message(sql, id)).toMatchObject({
      state,
      providerMessageId: "m1",
      acceptedAt: expect.any(Date),
      reason: null,
      nextCheckAt: null,
    });
    const counts = { campaignId: campaignId ?? "" };
    expect(await campaignCounts(sql, counts)).toEqual(await countRows(sql, counts));
  });

  test("is corrected too when it was a single message, or its campaign was cancelled", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const single = await givenClosed(sql, "single");
    await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient: single.recipient })]);
    expect((await message(sql, single.id)).state).toBe("delivered");

    const { ids, campaignId } = await givenRunning(sql, 1, { from: 7 });
    await send(sql, ids, { to: "unknown" });
    await age(sql, ids[0] ?? "", "sending_at", 60_000);
    await cancelCampaign(sql, { campaignId });
    await closeUnknown(sql, { campaignId });
    await advanceCampaigns(sql);
    const { recipient } = await message(sql, ids[0]);
    await apply(sql, [receipt({ providerMessageId: "m2", reportedState: "delivered", recipient })]);
    expect((await message(sql, ids[0])).state).toBe("delivered");
  });

  test("keeps the carrier's id of a receipt that says less than its end, and is found by it later", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, recipient } = await givenClosed(sql);
    await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "sent", recipient })]);
    expect(await message(sql, id)).toMatchObject({
      state: "expired",
      providerMessageId: "m1",
      acceptedAt: null,
      endedAt: expect.any(Date),
      nextCheckAt: null,
    });
    // By now the recipient alone would not tell.
    await send(sql, (await givenRunning(sql, 1)).ids, { to: "unknown" });
    await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient })]);
    expect((await message(sql, id)).state).toBe("delivered");
  });

  test("is left alone, as is the other, where a second message could be the one", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const closed = await givenClosed(sql);
    const [unknown = ""] = (await givenRunning(sql, 1)).ids;
    await send(sql, [unknown], { to: "unknown" });
    await age(sql, unknown, "sending_at", 60_000);
    const { recipient } = closed;
    expect(
      await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient })]),
    ).toMatchObject({ adopted: 0, parked: 1 });
    await closeUnknown(sql, { ids: [unknown] });
    await sql`update receipt_raw set try_at = now()`;
    expect(await apply(sql, [])).toMatchObject({ adopted: 0, parked: 1 });
    expect([(await message(sql, closed.id)).state, (await message(sql, unknown)).state]).toEqual([
      "expired",
      "expired",
    ]);
  });

  test("stays closed when the receipt came before it was claimed, or longer after than carriers try", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, recipient } = await givenClosed(sql);
    const early = { receivedAt: new Date(Date.now() - 2 * 3_600_000) };
    await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient, ...early })]);
    expect((await message(sql, id)).state).toBe("expired");
    await sql`delete from receipt_raw`;
    await age(sql, id, "sending_at", 73 * 3_600_000);
    await apply(sql, [receipt({ providerMessageId: "m2", reportedState: "delivered", recipient })]);
    expect((await message(sql, id)).state).toBe("expired");
  });
});

test("a message whose validity passed after an attempt that failed is not taken for a closed one", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const single = await givenSingle(sql, { validUntil: new Date(Date.now() + 60_000) });
  await send(sql, [single.id], { to: "queued" });
  await age(sql, single.id, "sending_at", 60_000);
  await age(sql, single.id, "valid_until", 1_000);
  expect(await expireQueued(sql, { limit: 10 })).toBe(1);
  const { recipient } = single;
  await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient })]);
  expect((await message(sql, single.id)).state).toBe("expired");
});
