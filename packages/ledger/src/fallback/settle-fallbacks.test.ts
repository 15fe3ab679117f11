import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import { claim, givenSingle, message, receipt, recipientOf, resultFor, route, send } from "../../test/given.ts";
import {
  candidate,
  givenDue,
  givenSentByRcs,
  makeDue,
  plan,
  report,
  secondLegOf,
  settle,
} from "../../test/given-fallback.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  applyReceipts,
  campaignCounts,
  cancelCampaign,
  countRows,
  findOtherLeg,
  messagesOfRecipient,
  pauseCampaign,
  recordOutcomes,
  resendUnknown,
  resumeCampaign,
  settleFallbacks,
  storeReceipts,
  sweepCancelled,
  takeDue,
} from "../index.ts";

describe("a second leg that is due", () => {
  test("begins as a message of its own: queued, due at once, to the same recipient with the same values", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 2);

    const { begun, needless, waiting } = await settle(sql, ids.slice(0, 1));

    const second = await secondLegOf(sql, ids[0]);
    expect(begun).toEqual([{ id: second.id, firstLeg: ids[0], campaignId, route }]);
    expect([needless.size, waiting]).toEqual([0, 0]);
    expect(second).toMatchObject({
      ...{ campaignId, route, leg: 2, firstLeg: ids[0], recipient: recipientOf(1), line: 1, round: 1 },
      ...{ state: "queued", vars: ["name 1"], segments: 2, attempts: 0, content: null, fallbackAt: null },
    });
    expect(second.dueAt).toBeInstanceOf(Date);
    expect(await message(sql, ids[0])).toMatchObject({ state: "accepted", fallbackAt: null });
    expect((await message(sql, ids[1])).fallbackAt).toBeInstanceOf(Date);

    // It is fed as a retry is, and claimed and counted as what it is.
    const due = await takeDue(sql, { route, limit: 9, leaseMs: 1_000, campaigns: [campaignId], singles: false });
    expect(due.map(({ id }) => id)).toEqual([second.id]);
    const { claimed } = await claim(sql, [second.id]);
    expect(claimed).toMatchObject([{ id: second.id, leg: 2, vars: ["name 1"] }]);
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({ total: 2, accepted: 2, sending: 0 });
    expect(await campaignCounts(sql, { campaignId, leg: 2 })).toMatchObject({ total: 1, sending: 1 });
    for (const leg of [1, 2] as const) {
      expect(await campaignCounts(sql, { campaignId, leg })).toEqual(await countRows(sql, { campaignId, leg }));
    }
  });

  test("begins once, however often and by however many it is decided", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 20);
    const pools = Array.from({ length: 4 }, () => ledger.connect({ max: 2 }).sql);

    const settled = await Promise.all([...pools, ...pools].map((pool) => settle(pool, ids)));

    expect(settled.flatMap(({ begun }) => begun)).toHaveLength(20);
    expect((await settle(sql, ids)).needless).toEqual(new Map([["it has its second leg", 20]]));
    expect(await sql`select from message where leg = 2`).toHaveLength(20);
  });

  test("can't be there twice, whatever statement is wrong", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 1);
    await settle(sql, ids);
    const copy = (changes: { firstLeg?: string; round?: number }) => sql`
      insert into message (id, campaign_id, route, recipient, round, leg, first_leg, segments)
      select ${randomUUID()}, campaign_id, route, recipient, ${changes.round ?? 1}, 2, ${changes.firstLeg ?? ids[0] ?? ""}, 1
      from message where id = ${ids[0] ?? ""}`;
    await expect(copy({ firstLeg: randomUUID() })).rejects.toThrow(/message_once/);
    await expect(copy({ round: 2 })).rejects.toThrow(/message_second_leg/);
  });

  test("of a single message carries its own content", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { id } = await givenSingle(sql, { fallback: plan, vars: ["1"], validUntil: new Date(Date.now() + 60_000) });
    await send(sql, [id], { to: "accepted", channel: "rcs" });
    await makeDue(sql, [id]);
    await settle(sql, [id], { second: { route: "other", segments: 3, content: { text: "alone" }, fault: null } });
    expect(await secondLegOf(sql, id)).toMatchObject({
      ...{ campaignId: null, route: "other", content: { text: "alone" }, vars: ["1"], segments: 3 },
      validUntil: (await message(sql, id)).validUntil,
    });
  });

  test("that can't be sent stands there as rejected, with the reason", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 1);
    await settle(sql, ids, { second: { route, segments: 0, content: null, fault: "content.sms: too long" } });
    expect(await secondLegOf(sql, ids[0])).toMatchObject({
      state: "rejected",
      reason: "content.sms: too long",
      dueAt: null,
    });
    expect(await campaignCounts(sql, { campaignId, leg: 2 })).toMatchObject({ rejected: 1, queued: 0 });
  });
});

describe("a first leg that is decided about", () => {
  test("too early is decided about again at its deadline", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenSentByRcs(sql, 1);
    const { acceptedAt, fallbackAt } = await message(sql, ids[0]);
    expect(fallbackAt?.getTime()).toBe((acceptedAt?.getTime() ?? 0) + plan.afterMs);
    await sql`update message set fallback_at = now()`;
    expect(await settle(sql, ids)).toMatchObject({ begun: [], waiting: 1 });
    expect((await message(sql, ids[0])).fallbackAt?.getTime()).toBe((acceptedAt?.getTime() ?? 0) + plan.afterMs);
  });

  test("and was not asked about waits for that", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 1);
    expect(await settle(sql, ids, { asked: "not-yet" })).toMatchObject({ begun: [], waiting: 1 });
    expect((await message(sql, ids[0])).fallbackAt).toBeInstanceOf(Date);
  });

  test.each(["delivered", "displayed"])("and has become %s meanwhile is not followed", async (state) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 1);
    expect(await report(sql, ids[0], state)).toMatchObject({ state, fallbackAt: null });
    expect(await settle(sql, ids)).toMatchObject({ begun: [], needless: new Map([["the first leg arrived", 1]]) });
  });

  test("and went out as an SMS is never due; where the carrier did not say, its content decides", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenSentByRcs(sql, 2);
    await sql`update message set channel = null`;
    await makeDue(sql, ids);
    expect(await settle(sql, ids.slice(0, 1))).toMatchObject({ begun: [] });
    expect((await settle(sql, ids.slice(1), { contentChannel: "rcs" })).begun).toHaveLength(1);
  });

  test("of a paused campaign waits for the resume, of a cancelled one and past the validity for nothing", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [paused, cancelled, late] = [await givenDue(sql, 1), await givenDue(sql, 1), await givenDue(sql, 1)];
    await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
    await cancelCampaign(sql, { campaignId: cancelled.campaignId });
    await sql`update campaign set valid_until = now() where id = ${late.campaignId}`;

    expect(await settle(sql, paused.ids)).toMatchObject({ begun: [], waiting: 1 });
    expect(await settle(sql, cancelled.ids)).toMatchObject({
      begun: [],
      needless: new Map([["its campaign was cancelled", 1]]),
    });
    expect(await settle(sql, late.ids)).toMatchObject({ begun: [], needless: new Map([["its validity passed", 1]]) });
    expect((await message(sql, cancelled.ids[0])).fallbackAt).toBeNull();

    await resumeCampaign(sql, { campaignId: paused.campaignId });
    expect((await settle(sql, paused.ids)).begun).toHaveLength(1);
  });
});

describe("proof that the first leg arrived", () => {
  test("stops a second leg that is not sent yet, for good", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 1);
    await settle(sql, ids);
    await report(sql, ids[0], "delivered");
    const second = await secondLegOf(sql, ids[0]);
    expect(second).toMatchObject({ state: "cancelled", reason: "not needed: the first leg arrived", dueAt: null });
    expect(second.endedAt).toBeInstanceOf(Date);
    expect((await claim(sql, [second.id])).claimed).toEqual([]);
    expect(await campaignCounts(sql, { campaignId, leg: 2 })).toMatchObject({ total: 1, cancelled: 1 });
  });

  test("lets one at the gateway end as it ends, but not wait for another attempt", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 2);
    await settle(sql, ids);
    const [accepted, failing] = [await secondLegOf(sql, ids[0]), await secondLegOf(sql, ids[1])];
    const { claim: token, worker } = await claim(sql, [accepted.id, failing.id]);
    for (const id of ids) await report(sql, id, "displayed");
    const results = [
      resultFor(accepted.id, token, { to: "accepted", channel: "sms" }),
      resultFor(failing.id, token, { to: "queued", outcome: "retry", reason: "HTTP 500", dueInMs: 0 }),
    ];
    await recordOutcomes(sql, { worker, results });
    expect(await message(sql, accepted.id)).toMatchObject({ state: "accepted" });
    expect(await message(sql, failing.id)).toMatchObject({
      state: "expired",
      reason: "not needed: the first leg arrived",
      dueAt: null,
    });
  });

  test("keeps one of unknown outcome from being sent again", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 1);
    await settle(sql, ids);
    const second = await secondLegOf(sql, ids[0]);
    await send(sql, [second.id], { to: "unknown", reason: "response timeout" });
    await report(sql, ids[0], "delivered");
    expect(await resendUnknown(sql, { campaignId })).toBe(0);
    expect(await message(sql, second.id)).toMatchObject({ state: "unknown" });
  });

  test("that comes while the second is being claimed stops it or is too late, and never neither", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 60);
    await settle(sql, ids);
    const seconds = await Promise.all(ids.map((id) => secondLegOf(sql, id)));
    await storeReceipts(
      sql,
      ids.map((id) => receipt({ providerMessageId: `carrier-${id}`, reportedState: "delivered" })),
    );
    const [one, two] = [ledger.connect({ max: 2 }).sql, ledger.connect({ max: 2 }).sql];
    const apply = async () => {
      while ((await applyReceipts(one, { limit: 3, parkForMs: 1e9, parkRetryMs: 1e9 })).taken > 0);
    };
    const claimAll = async () => {
      const claimed: string[] = [];
      for (let at = 0; at < seconds.length; at += 3) {
        const batch = seconds.slice(at, at + 3).map(({ id }) => id);
        claimed.push(...(await claim(two, batch)).claimed.map(({ id }) => id));
      }
      return claimed;
    };
    const [claimed] = await Promise.all([claimAll(), apply()]);
    const { sending, cancelled, queued } = await campaignCounts(sql, { campaignId, leg: 2 });
    expect([sending, queued]).toEqual([claimed.length, 0]);
    expect(sending + cancelled).toBe(60);
  });
});

describe("what holds for every message holds for a second leg", () => {
  test("one whose recipient was suppressed meanwhile is suppressed, one of a cancelled campaign cancelled", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenDue(sql, 2);
    await settle(sql, ids);
    const seconds = [await secondLegOf(sql, ids[0]), await secondLegOf(sql, ids[1])];
    await addSuppression(sql, { recipient: recipientOf(1) });
    await claim(sql, [seconds[0]?.id ?? ""]);
    expect(await message(sql, seconds[0]?.id)).toMatchObject({ state: "suppressed" });
    expect(await cancelCampaign(sql, { campaignId })).toMatchObject({ sent: 2, inFlight: 0, stopped: 1 });
    expect((await claim(sql, [seconds[1]?.id ?? ""])).claimed).toEqual([]);
    await sweepCancelled(sql, { limit: 10 });
    expect(await message(sql, seconds[1]?.id)).toMatchObject({ state: "cancelled" });
  });

  test("its receipts find it, and both legs are found from each other and from the number", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenDue(sql, 1);
    await settle(sql, ids);
    const { id } = await secondLegOf(sql, ids[0]);
    await send(sql, [id], { to: "accepted", channel: "sms" });
    expect(await report(sql, id, "delivered")).toMatchObject({ state: "delivered", leg: 2 });
    expect(await message(sql, ids[0])).toMatchObject({ state: "accepted" });
    expect((await findOtherLeg(sql, { id, firstLeg: ids[0] ?? "" }))?.id).toBe(ids[0]);
    const both = await messagesOfRecipient(sql, { recipient: recipientOf(1), limit: 9 });
    expect(both.map(({ leg }) => leg)).toEqual([2, 1]);
  });
});

test("a decision about nothing, or about what is gone, is none", async () => {
  await using ledger = await openTestLedger();
  expect(await settleFallbacks(ledger.sql, [])).toEqual({ begun: [], needless: new Map(), waiting: 0 });
  expect(await settleFallbacks(ledger.sql, [candidate(randomUUID())])).toMatchObject({ begun: [], waiting: 0 });
});
