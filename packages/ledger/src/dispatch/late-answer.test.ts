import { describe, expect, test } from "vitest";
import { age, claim, givenRunning, message, receipt, resultFor, route } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  applyReceipts,
  campaignCounts,
  closeUnknown,
  countRows,
  reapInFlight,
  recordChecks,
  recordOutcomes,
  resendUnknown,
  storeReceipts,
  takeDue,
} from "../index.ts";

/** One message in doubt, whose worker still has the gateway's answer in its hands. */
async function givenDoubt(sql: TestLedger["sql"]) {
  const { campaignId, ids } = await givenRunning(sql, 1);
  const made = await claim(sql, ids);
  await sql`update claim set claimed_at = now() - interval '1 hour'`;
  await reapInFlight(sql, { deadAfterMs: 60_000, longestAttemptMs: 60_000, limit: 10 });
  const answer = ids.map((id) => resultFor(id, made.claim, { to: "accepted", nextCheckInMs: 1_000 }));
  return { campaignId, id: ids[0] ?? "", worker: made.worker, token: made.claim, answer };
}

describe("a 202 that is recorded late", () => {
  test("stops a message that was queued again meanwhile: it is not sent twice", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, id, worker, answer } = await givenDoubt(sql);
    expect(await resendUnknown(sql, { ids: [id] })).toBe(1);
    expect(await recordOutcomes(sql, { worker, results: answer })).toMatchObject({ recorded: [id] });
    expect(await message(sql, id)).toMatchObject({
      state: "accepted",
      providerMessageId: `carrier-${id}`,
      acceptedAt: expect.any(Date),
      nextCheckAt: expect.any(Date),
      dueAt: null,
      endedAt: null,
      reason: null,
    });
    expect(await takeDue(sql, { route, limit: 9, leaseMs: 1_000, campaigns: [campaignId], singles: true })).toEqual([]);
    expect((await claim(sql, [id])).claimed).toEqual([]);
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("opens a message that the operator had closed", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, id, worker, answer } = await givenDoubt(sql);
    await closeUnknown(sql, { ids: [id] });
    expect(await recordOutcomes(sql, { worker, results: answer })).toMatchObject({ recorded: [id] });
    expect(await message(sql, id)).toMatchObject({ state: "accepted", endedAt: null, reason: null });
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("moves nothing once the message was claimed again", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, worker, answer } = await givenDoubt(sql);
    await resendUnknown(sql, { ids: [id] });
    const second = await claim(sql, [id]);
    expect(await recordOutcomes(sql, { worker, results: answer })).toMatchObject({ recorded: [] });
    expect(await message(sql, id)).toMatchObject({ state: "sending", claim: second.claim });
  });

  test("moves nothing when the message ended as expired after it was accepted", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, worker, answer } = await givenDoubt(sql);
    await recordOutcomes(sql, { worker, results: answer });
    await recordChecks(sql, [{ messageId: id, answer: "expire", reason: "no result within 31 days" }]);
    const expired = await message(sql, id);
    expect(expired.state).toBe("expired");
    expect(await recordOutcomes(sql, { worker, results: answer })).toMatchObject({ recorded: [] });
    await storeReceipts(sql, [receipt({ providerMessageId: `carrier-${id}`, reportedState: "pending" })]);
    await applyReceipts(sql, { limit: 10, parkForMs: 60_000, parkRetryMs: 500 });
    await recordChecks(sql, [{ messageId: id, answer: "state", state: "pending", at: null, rawStatus: "pending" }]);
    expect(await message(sql, id)).toEqual(expired);
  });

  test("with another carrier id than the one that a notification gave the message is told", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id, worker, token } = await givenDoubt(sql);
    await age(sql, id, "sending_at", 60_000);
    const { recipient } = await message(sql, id);
    await storeReceipts(sql, [receipt({ providerMessageId: "m1", reportedState: "sent", recipient })]);
    await applyReceipts(sql, { limit: 10, parkForMs: 60_000, parkRetryMs: 500 });
    const adopted = await message(sql, id);
    expect(adopted).toMatchObject({ state: "sent", providerMessageId: "m1" });
    const same = [resultFor(id, token, { to: "accepted", providerMessageId: "m1" })];
    expect(await recordOutcomes(sql, { worker, results: same })).toEqual({ recorded: [], conflicting: [] });
    const other = [resultFor(id, token, { to: "accepted", providerMessageId: "m2", providerOrderId: "o2" })];
    expect(await recordOutcomes(sql, { worker, results: other })).toEqual({
      recorded: [],
      conflicting: [{ id, kept: "m1", answered: "m2" }],
    });
    expect(await message(sql, id)).toEqual(adopted);
  });
});

test("a status answer never takes a message that still waits for accepted", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  const pending = { answer: "state", state: "pending", at: null, rawStatus: "pending" } as const;
  expect(await recordChecks(sql, [{ ...pending, messageId: ids[0] ?? "" }])).toEqual({ moved: 0 });
  expect((await message(sql, ids[0])).state).toBe("queued");
});
