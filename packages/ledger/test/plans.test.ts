import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import * as everything from "../src/index.ts";
import { givenReady, givenWorker, inboundRules, messagesRead, receipt, resultFor, route, unread } from "./given.ts";
import { openTestLedger, type TestLedger } from "./test-ledger.ts";

const {
  advanceCampaigns,
  applyReceipts,
  campaignReport,
  fallbackCampaigns,
  findOtherLeg,
  recordCarrierLegs,
  settleFallbacks,
  takeDueFallbacks,
  claimBatch,
  closeUnknown,
  consentsOfRecipient,
  deleteFinished,
  expireQueued,
  feedable,
  listMessages,
  listUnknown,
  messageHistory,
  messagesOfRecipient,
  loadLookUps,
  newId,
  nextToFeed,
  operatorFigures,
  orphanSingles,
  purgeConsents,
  putOffChecks,
  reapInFlight,
  recordChecks,
  recordOutcomes,
  resendUnknown,
  retryFailed,
  searchMessages,
  settleUnknown,
  startCampaign,
  streamConsents,
  sweepCancelled,
  takeDue,
  takeDueChecks,
  usageOfMonth,
} = everything;

/** Every statement that touches messages while the system runs, over one connection. */
async function runEverything(sql: TestLedger["sql"], campaignId: string, ids: readonly string[]): Promise<void> {
  const worker = await givenWorker(sql);
  const claim = randomUUID();
  await nextToFeed(sql, { campaignId, after: null, limit: 50 });
  await claimBatch(sql, { ids, claim, worker, route });
  const to = ["accepted", "queued", "unknown"] as const;
  const results = ids.map((id, index) => resultFor(id, claim, { to: to[index % 3] ?? "accepted", nextCheckInMs: 0 }));
  await recordOutcomes(sql, { worker, results });
  await recordOutcomes(sql, { worker, results });
  await reapInFlight(sql, { deadAfterMs: 1_000, longestAttemptMs: 1_000, limit: 10 });
  await takeDue(sql, { route, limit: 10, leaseMs: 1_000, campaigns: [campaignId], singles: true });
  await orphanSingles(sql, { route, olderThanMs: 1_000, limit: 10 });
  await takeDueChecks(sql, { route, limit: 10, leaseMs: 1_000 });
  await takeDueChecks(sql, { route, limit: 10, leaseMs: 1_000, perCall: 100 });
  await loadLookUps(sql, { ids: ids.slice(0, 3) });
  await putOffChecks(sql, [{ id: newId(), nextCheckInMs: 1_000 }]);
  await recordChecks(
    sql,
    ids.slice(0, 1).map((messageId) => ({ messageId, answer: "none", nextCheckInMs: 1_000 })),
  );
  const receipts = ids.slice(0, 2).map((id) => receipt({ providerMessageId: `carrier-${id}`, reportedState: "sent" }));
  await everything.storeReceipts(sql, [
    ...receipts,
    receipt({ providerMessageId: newId(), reportedState: "sent", recipient: "+81" }),
  ]);
  await applyReceipts(sql, { limit: 10, parkForMs: 1_000_000, parkRetryMs: 1_000 });
  const event = "response";
  await everything.storeReceipts(sql, [
    unread({ recipient: "+819000000001", read: { smsNumber: "0005123456" } }),
    unread({ recipient: "+819000000001", read: { event, postbackData: `ref=${newId()}` } }),
    unread({ recipient: "+819000000001", read: { event }, providerMessageId: newId() }),
  ]);
  await everything.applyInbound(sql, { limit: 10, rulesOf: () => inboundRules({ isTold: true }) });
  await everything.loadEvents(sql, { ids: [newId()] });
  await fallbackCampaigns(sql, { route });
  await takeDueFallbacks(sql, { route, limit: 10, leaseMs: 1_000, campaigns: [campaignId] });
  const second = { route, segments: 1, content: null, fault: null };
  await settleFallbacks(
    sql,
    ids.map((id) => ({ id, asked: "answered", contentChannel: "rcs", second })),
  );
  await findOtherLeg(sql, { id: newId(), firstLeg: null });
  await findOtherLeg(sql, { id: newId(), firstLeg: newId() });
  await recordCarrierLegs(sql, [
    { id: newId(), firstLeg: newId(), channel: "sms", providerMessageId: "x", segments: 1 },
  ]);
  await feedable(sql, { route });
  await operatorFigures(sql);
  await advanceCampaigns(sql);
  await sweepCancelled(sql, { limit: 10 });
  await expireQueued(sql, { limit: 10 });
  await listUnknown(sql, { limit: 10 });
  await settleUnknown(sql, { route, policy: "resend", reconcileAfterMs: 1_000_000, limit: 10 });
  await resendUnknown(sql, { ids: [] });
  await closeUnknown(sql, { ids: [] });
  await listMessages(sql, { campaignId, limit: 10 });
  await messagesOfRecipient(sql, { recipient: "+819000000001", limit: 10 });
  await searchMessages(sql, { limit: 10, state: "failed", templateCode: "ORDER01" });
  await searchMessages(sql, { limit: 10, campaignId, request: "refused" });
  await searchMessages(sql, { limit: 10, recipient: "+819000000001" });
  await searchMessages(sql, { limit: 10, requestId: "request-1", route });
  await messageHistory(sql, { id: newId() });
  await campaignReport(sql, { campaignId });
  await retryFailed(sql, { campaignId });
  await deleteFinished(sql, { olderThanDays: 90, limit: 10 });
  await purgeConsents(sql, { keepForMs: 1_000, limit: 10 });
  await consentsOfRecipient(sql, { recipient: "+819000000001" });
  await everything.createCampaign(sql, {
    ...{ id: newId(), key: newId(), name: "c", route, content: {}, variables: [], requestHash: Buffer.from("h") },
    class: "advertising",
  });
  for await (const _page of streamConsents(sql));
  await usageOfMonth(sql, { month: "2026-11", timeZone: "Asia/Tokyo" });
}

interface Plan {
  statement: string;
  /** Scans of `message` that neither an index condition nor a small index narrows. */
  unbounded: string[];
}

/** The plans that the connection keeps for its prepared statements. */
async function keptPlans(sql: TestLedger["sql"]): Promise<Plan[]> {
  const prepared = await sql<{ name: string; statement: string; parameters: number }[]>`
    select name, statement, cardinality(parameter_types) as parameters from pg_prepared_statements
    where statement ~ '\\mmessage\\M' and statement ~* '^\\s*(select|with|update|insert|delete)'`.simple();
  const plans: Plan[] = [];
  for (const { name, statement, parameters } of prepared) {
    const values = parameters > 0 ? `(${Array(parameters).fill("null").join(", ")})` : "";
    const rows = await sql.unsafe<Record<string, string>[]>(`explain (costs off) execute "${name}"${values}`);
    plans.push({ statement, unbounded: unboundedScans(rows.map((row) => Object.values(row)[0] ?? "")) });
  }
  return plans;
}

/** Partial indexes that hold only what is not through yet: read whole they are still small. */
const smallIndexes = ["message_single_open", "message_unknown"];
/** Every single message and no other: what counting a month's usage reads of them. */
const singlesOnly = "message_single_recipient";

function unboundedScans(lines: readonly string[]): string[] {
  return lines.filter((line, index) => {
    // What a bitmap scan of the table visits is decided by the index scan below it.
    if (!/Bitmap Index Scan on message_|(?<!Heap )Scan .*\bon message\b/.test(line)) return false;
    if ([...smallIndexes, singlesOnly].some((index) => line.includes(index))) return false;
    return !/Index Cond:/.test(lines[index + 1] ?? "");
  });
}

test("every statement reaches messages by an index, also when it was planned before there were any and without statistics", async () => {
  await using ledger = await openTestLedger();
  // Whatever the planner is to know of the table, it has to know from nothing.
  await ledger.sql`alter table message set (autovacuum_enabled = false)`;
  const { sql } = ledger.connect({ max: 1 });
  await runEverything(sql, newId(), [newId(), newId()]);

  const { campaignId, ids } = await givenReady(ledger.sql, 100_000);
  await startCampaign(ledger.sql, { campaignId });
  const plans = await keptPlans(sql);
  expect(plans.length).toBeGreaterThan(25);
  for (const { statement, unbounded } of plans) expect([statement, unbounded]).toEqual([statement, []]);

  // And so does what the statements really touch: a claim and its record, as many rows as messages and no more.
  const worker = await givenWorker(sql);
  const claim = randomUUID();
  const batch = ids.slice(50_000, 50_050);
  const touched = await messagesRead(sql, async (transaction) => {
    expect(await claimBatch(transaction, { ids: batch, claim, worker, route })).toHaveLength(50);
    const results = batch.map((id) => resultFor(id, claim, { to: "accepted" }));
    await recordOutcomes(transaction, { worker, results });
  });
  // Once to find the campaign, once to claim, once to record.
  expect(touched).toBe(3 * 50);
});
