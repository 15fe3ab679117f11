import { expect, test } from "vitest";
import { givenReady, givenRunning, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { campaignReport, newId, recordRejections, retryFailed } from "../index.ts";

test("a report counts states, reasons, rounds, rejections, pace and delay", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 10);
  const second = (n: number) => new Date(Date.UTC(2026, 11, 1, 0, 0, n));
  // Three in the first second, one in the second, none, then two.
  const accepted = [0, 0, 0, 1, 4, 4];
  for (const [index, n] of accepted.entries()) {
    await send(sql, ids.slice(index, index + 1), { to: "accepted", at: second(n) });
  }
  await sql`update message set state = 'delivered', delivered_at = accepted_at + interval '2 seconds' where state = 'accepted'`;
  await send(sql, ids.slice(6, 8), { to: "rejected", reason: "HTTP 400" });
  await send(sql, ids.slice(8, 9), { to: "failed", reason: "given up" });
  await retryFailed(sql, { campaignId });
  await recordRejections(sql, {
    campaignId,
    rejections: [{ line: 12, code: "invalid-number", reason: "not a number" }],
  });
  await sql`update campaign set rejected_rows = 1, duplicate_rows = 3`;

  const report = await campaignReport(sql, { campaignId });
  expect(report).toMatchObject({
    campaign: { id: campaignId },
    counts: { total: 11, delivered: 6, rejected: 2, failed: 1, queued: 2 },
    byReason: [
      { state: "rejected", reason: "HTTP 400", count: 2 },
      { state: "failed", reason: "given up", count: 1 },
    ],
    acceptedPerSecond: { mean: 1.5, peak: 3 },
    firstAcceptedAt: second(0),
    lastAcceptedAt: second(4),
    segmentsAccepted: 6,
    rejections: { total: 1, duplicates: 3, byCode: [{ code: "invalid-number", count: 1 }] },
    rounds: [
      { round: 1, total: 10, counts: { queued: 1, delivered: 6, failed: 1, rejected: 2 } },
      { round: 2, total: 1, counts: { queued: 1 } },
    ],
    receiptDelayMs: { p50: 2_000, p99: 2_000 },
  });
});

test("a report of a campaign that has sent nothing has no pace and no delay", async () => {
  await using ledger = await openTestLedger();
  const { campaignId } = await givenReady(ledger.sql, 2);
  expect(await campaignReport(ledger.sql, { campaignId })).toMatchObject({
    acceptedPerSecond: { mean: 0, peak: 0 },
    firstAcceptedAt: null,
    receiptDelayMs: null,
    byReason: [],
    rejections: { total: 0, duplicates: 0, byCode: [] },
  });
});

test("there is no report of a campaign nobody knows", async () => {
  await using ledger = await openTestLedger();
  expect(await campaignReport(ledger.sql, { campaignId: newId() })).toBeNull();
});
