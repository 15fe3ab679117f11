import { describe, expect, test } from "vitest";
import { age, claim, givenRunning, message, messages, receipt, recipientOf, route, send } from "../../test/given.ts";
import { givenDue, givenSentByRcs, makeDue, plan, report, secondLegOf, settle } from "../../test/given-fallback.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  applyReceipts,
  campaignCounts,
  campaignReport,
  createCampaign,
  feedable,
  findCampaign,
  importTotals,
  linesOfRecipients,
  listCampaigns,
  listMessages,
  messageHistory,
  newId,
  operatorFigures,
  pauseCampaign,
  publishRoutes,
  resendUnknown,
  resumeCampaign,
  retryFailed,
  type Sql,
  settleUnknown,
  storeReceipts,
  takeDue,
} from "../index.ts";

async function stateOf(sql: Sql, campaignId: string): Promise<string | undefined> {
  await advanceCampaigns(sql);
  await advanceCampaigns(sql);
  return (await findCampaign(sql, { id: campaignId }))?.state;
}

describe("a campaign whose messages may be followed", () => {
  test("runs, and can be paused, until it is decided about all of them; it finishes when both legs have ended", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenSentByRcs(sql, 3);
    await report(sql, ids[0], "delivered");
    expect(await stateOf(sql, campaignId)).toBe("running");
    expect(await pauseCampaign(sql, { campaignId, reason: "test" })).not.toBeNull();
    await resumeCampaign(sql, { campaignId });

    await makeDue(sql, ids);
    await settle(sql, ids);
    expect(await stateOf(sql, campaignId)).toBe("running");
    const seconds = [await secondLegOf(sql, ids[1]), await secondLegOf(sql, ids[2])].map(({ id }) => id);
    await send(sql, seconds, { to: "accepted", channel: "sms" });
    expect(await stateOf(sql, campaignId)).toBe("dispatched");
    for (const id of seconds) await report(sql, id, "delivered");
    expect(await stateOf(sql, campaignId)).toBe("dispatched");
    await report(sql, ids[1], "delivered");
    await report(sql, ids[2], "failed");
    // It failed: somebody has to look whether an SMS follows. One did.
    expect(await stateOf(sql, campaignId)).toBe("running");
    await settle(sql, ids);
    expect(await stateOf(sql, campaignId)).toBe("finished");
  });

  test("that was cancelled ends without anybody deciding", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenSentByRcs(sql, 1);
    await sql`update campaign set state = 'cancelled'`;
    await report(sql, ids[0], "failed");
    expect(await stateOf(sql, campaignId)).toBe("cancelled");
    expect((await findCampaign(sql, { id: campaignId }))?.finishedAt).toBeInstanceOf(Date);
  });

  test("counts its recipients by their first legs", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids, rows } = await givenDue(sql, 3);
    await settle(sql, ids);
    const [second] = [await secondLegOf(sql, ids[0])];
    await send(sql, [second.id], { to: "rejected" });
    expect(await importTotals(sql, { campaignId })).toEqual({ recipients: 3, suppressed: 0, segments: 3 });
    const recipients = rows.map(({ recipient }) => recipient);
    expect((await linesOfRecipients(sql, { campaignId, recipients })).size).toBe(3);
    const [listed] = await listCampaigns(sql, { limit: 1 });
    expect(listed?.counts).toMatchObject({ total: 3, accepted: 3, rejected: 0 });
    // The self-pause looks at first legs, before and after a resume.
    await pauseCampaign(sql, { campaignId, reason: "test" });
    expect(await resumeCampaign(sql, { campaignId })).toMatchObject({ triedBefore: 0 });
    const page = async (leg: 1 | 2) => (await listMessages(sql, { campaignId, leg, limit: 9 })).map(({ id }) => id);
    expect(await page(1)).toEqual(ids);
    expect(await page(2)).toHaveLength(3);
    expect(await listMessages(sql, { campaignId, limit: 9 })).toHaveLength(6);
  });
});

describe("a retry", () => {
  /** A failed first leg whose second has come so far. */
  async function givenFailed(sql: Sql, second: "failed" | "delivered" | "queued" | "expired" | "none") {
    const { campaignId, ids } = await givenSentByRcs(sql, 1);
    await report(sql, ids[0], "failed");
    if (second === "none") await sql`update message set fallback_at = null`;
    else await settle(sql, ids);
    if (second === "failed" || second === "expired")
      await send(sql, [(await secondLegOf(sql, ids[0])).id], { to: second });
    if (second === "delivered") {
      const { id } = await secondLegOf(sql, ids[0]);
      await send(sql, [id], { to: "accepted" });
      await report(sql, id, "delivered");
    }
    return campaignId;
  }

  test.each([
    ["none", 1],
    ["failed", 1],
    ["delivered", 0],
    ["queued", 0],
    ["expired", 0],
  ] as const)("of a failed message with its second leg %s adds %d", async (second, messages) => {
    await using ledger = await openTestLedger();
    const campaignId = await givenFailed(ledger.sql, second);
    expect(await retryFailed(ledger.sql, { campaignId })).toMatchObject({ messages });
  });

  test("of what expired, too, includes those whose second leg expired", async () => {
    await using ledger = await openTestLedger();
    const campaignId = await givenFailed(ledger.sql, "expired");
    expect(await retryFailed(ledger.sql, { campaignId, states: ["failed", "expired"] })).toMatchObject({ messages: 1 });
  });

  test("waits while it is to be decided whether a second leg follows; the new first leg may have one again", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenSentByRcs(sql, 1);
    await report(sql, ids[0], "failed");
    expect(await retryFailed(sql, { campaignId })).toMatchObject({ messages: 0 });
    await settle(sql, ids, { second: { route, segments: 0, content: null, fault: "no text" } });
    expect(await retryFailed(sql, { campaignId })).toMatchObject({ messages: 1 });
    const again = await listMessages(sql, { campaignId, state: "queued", limit: 9 });
    expect(again).toMatchObject([{ leg: 1, round: 2, fallbackAfterMs: plan.afterMs, fallbackAt: null }]);
    const [first] = await send(
      sql,
      again.map(({ id }) => id),
      { to: "failed" },
    );
    expect((await settle(sql, [first?.id ?? ""])).begun).toHaveLength(1);
    expect(await secondLegOf(sql, first?.id)).toMatchObject({ round: 2 });
  });
});

test("what nobody knows is not sent again to those whom its second leg reached or may reach", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const options = { fallback: { ...plan, onUnknown: true }, onUnknown: "resend" as const };
  const { campaignId, ids } = await givenRunning(sql, 3, options);
  await send(sql, ids, { to: "unknown", channel: "rcs" });
  await sql`update message set sending_at = now() - interval '5 hours'`;
  await settle(sql, ids.slice(0, 2));
  await send(sql, [(await secondLegOf(sql, ids[1])).id], { to: "rejected" });
  expect(await settleUnknown(sql, { route, policy: "hold", reconcileAfterMs: 0, limit: 9 })).toEqual({ resent: 2 });
  expect((await messages(sql, ids)).map(({ state }) => state)).toEqual(["unknown", "queued", "queued"]);
  expect(await resendUnknown(sql, { campaignId })).toBe(0);
});

test("the report tells both legs, and by which of them each recipient was reached", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenDue(sql, 5);
  expect((await campaignReport(sql, { campaignId }))?.secondLegs).toMatchObject({
    counts: { total: 0 },
    reached: { first: 0, second: 0, neither: 5, both: 0 },
  });
  await report(sql, ids[0], "displayed");
  await settle(sql, ids.slice(1, 4));
  const seconds = await Promise.all(ids.slice(1, 4).map(async (id) => (await secondLegOf(sql, id)).id));
  await send(sql, seconds.slice(0, 2), { to: "accepted", channel: "sms" });
  await send(sql, seconds.slice(2), { to: "rejected", reason: "HTTP 400" });
  for (const id of seconds.slice(0, 2)) await report(sql, id, "delivered");
  await report(sql, ids[1], "delivered");

  const found = await campaignReport(sql, { campaignId });
  expect(found).toMatchObject({
    counts: { total: 5, displayed: 1, delivered: 1, accepted: 3 },
    segmentsAccepted: 5 + 2 * 2,
    byReason: [],
    rounds: [{ round: 1, total: 5 }],
    secondLegs: {
      counts: { total: 3, delivered: 2, rejected: 1, segmentsAccepted: 4 },
      byReason: [{ state: "rejected", reason: "HTTP 400", count: 1 }],
      reached: { first: 2, second: 1, neither: 2, both: 1 },
    },
  });
  const plain = await givenRunning(sql, 1);
  expect((await campaignReport(sql, { campaignId: plain.campaignId }))?.secondLegs).toBeNull();

  const history = await messageHistory(sql, { id: ids[1] ?? "" });
  expect(history.map(({ what, detail }) => (what === "second leg" ? detail : what))).toContain(
    `message ${seconds[0]}, route ${route}`,
  );
  expect((await messageHistory(sql, { id: ids[4] ?? "" })).map(({ what }) => what)).toContain("second leg");
});

describe("a second leg over another route", () => {
  const other = { ...plan, route: "backup-sms", content: { text: "alone" } };

  async function givenOther(sql: Sql) {
    const { campaignId, ids } = await givenDue(sql, 2, { fallback: other });
    await settle(sql, ids, { second: { route: "backup-sms", segments: 1, content: null, fault: null } });
    return { campaignId, ids, seconds: await Promise.all(ids.map((id) => secondLegOf(sql, id))) };
  }

  test("is fed and claimed there and nowhere else", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, seconds } = await givenOther(sql);
    expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ fallback: other, fallbackRoute: "backup-sms" });
    expect(await feedable(sql, { route })).toEqual([]);
    expect(await feedable(sql, { route: "backup-sms" })).toMatchObject([{ id: campaignId, queued: 2, isOwn: false }]);
    const due = { limit: 9, leaseMs: 1_000, campaigns: [campaignId], singles: false };
    expect(await takeDue(sql, { route, ...due })).toEqual([]);
    expect(await takeDue(sql, { route: "backup-sms", ...due })).toHaveLength(2);
    const ids = seconds.map(({ id }) => id);
    expect((await claim(sql, ids)).claimed).toEqual([]);
    expect((await claim(sql, ids, { route: "backup-sms" })).claimed).toHaveLength(2);
  });

  test("waits for its next attempt there when it goes back, and counts there", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, seconds } = await givenOther(sql);
    await publishRoutes(sql, [{ name: "backup-sms", provider: "kddi", settings: {} }]);
    const ids = seconds.map(({ id }) => id);
    await send(sql, ids, { to: "queued", dueInMs: 60_000, reason: "HTTP 429" }, { route: "backup-sms" });
    const due = { route: "backup-sms", limit: 9, leaseMs: 1_000, campaigns: [campaignId], singles: false };
    expect(await takeDue(sql, due)).toEqual([]);
    await sql`update message set due_at = due_at - interval '61 seconds' where id = any(${ids}::uuid[])`;
    const figures = Object.fromEntries((await operatorFigures(sql)).map((each) => [each.route, each]));
    expect(figures).toMatchObject({ [route]: { queued: 0, oldestQueuedSeconds: 0 }, "backup-sms": { queued: 2 } });
    expect(figures["backup-sms"]?.oldestQueuedSeconds).toBeGreaterThan(0);
    expect((await takeDue(sql, due)).map(({ id }) => id).sort()).toEqual(ids.sort());
  });

  test("keeps a notification there from being taken for that of another message while it is in flight", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { seconds } = await givenOther(sql);
    const { ids } = await givenRunning(sql, 1, { route: "backup-sms" });
    const { claim: token, worker } = await claim(sql, ids, { route: "backup-sms" });
    await sql`update message set state = 'unknown', unknown_at = now() where id = ${ids[0] ?? ""} and claim = ${token}`;
    await age(sql, ids[0] ?? "", "sending_at", 60_000);
    await claim(sql, [seconds[0]?.id ?? ""], { route: "backup-sms", worker });
    const lost = {
      providerMessageId: "nobody's",
      reportedState: "sent",
      recipient: recipientOf(1),
      route: "backup-sms",
    };
    await storeReceipts(sql, [receipt(lost)]);
    expect(await applyReceipts(sql, { limit: 9, parkForMs: 1e9, parkRetryMs: 1 })).toMatchObject({ adopted: 0 });
    expect(await message(sql, ids[0])).toMatchObject({ state: "unknown" });
  });
});

test("a campaign remembers what its second legs wait for", async () => {
  await using ledger = await openTestLedger();
  const id = newId();
  const requestHash = Buffer.from("hash");
  const draft = { id, key: "k", name: "n", route, content: {}, variables: [], requestHash };
  const { campaign } = await createCampaign(ledger.sql, { ...draft, fallback: plan });
  expect(campaign).toMatchObject({ fallback: plan, fallbackRoute: null });
  expect(await campaignCounts(ledger.sql, { campaignId: id, leg: 2 })).toMatchObject({ total: 0 });
});
