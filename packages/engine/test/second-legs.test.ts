import { defaultClassRules, type MessageClass } from "@hikyaku/core";
import {
  addSuppression,
  campaignCounts,
  campaignReport,
  findCampaign,
  findMessage,
  findOtherLeg,
  insertMessage,
  newId,
  pauseCampaign,
  resumeCampaign,
} from "@hikyaku/ledger";
import { startRedis, waitFor } from "@hikyaku/testkit";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { createCampaignFeeder } from "../src/feeder/create-campaign-feeder.ts";
import { createLogger } from "../src/index.ts";
import { otherRoute, plan, recipientOf, route, startTwoLegSystem, type TwoLegSystem } from "./two-leg/system.ts";

/** A deadline that no test lives to see. */
const farPlan = { ...plan, afterMs: 3_600_000 };
const patience = { timeoutMs: 20_000 };

/** Waits until so many cards were taken, and answers their ids at the gateway by recipient. */
async function cardsOf(system: TwoLegSystem, count: number): Promise<Map<string, string>> {
  const cards = () => system.gateway.taken.filter(({ kind }) => kind === "card");
  await waitFor(() => cards().length === count, { ...patience, what: `${count} cards` });
  return new Map(cards().map(({ to, msgId }) => [to, msgId]));
}

/** Waits until nobody has anything to decide any more and nothing is on its way. */
async function settled(system: TwoLegSystem, campaignId: string): Promise<void> {
  const { sql } = system.ledger;
  await waitFor(
    async () => {
      const rows = await system.messages(campaignId);
      return rows.every(({ fallbackAt, state }) => fallbackAt === null && state !== "queued" && state !== "sending");
    },
    { ...patience, what: "everything to be decided" },
  );
  await waitFor(async () => (await findCampaign(sql, { id: campaignId }))?.state !== "running", {
    ...patience,
    what: "the campaign to be through",
  });
}

const smsTo = (system: TwoLegSystem, number: number) =>
  system.gateway.to(recipientOf(number), "sms").map(({ text }) => text);

describe("at the deadline", () => {
  test("whoever has not got the card gets the SMS, once, and whoever has does not, though the notification was lost", async () => {
    await using system = await startTwoLegSystem();
    await system.start("worker");
    await system.start("poller");
    const campaignId = await system.campaign(4);
    const cards = await cardsOf(system, 4);
    await system.notify(cards.get(recipientOf(1)), "delivered");
    await system.notify(cards.get(recipientOf(2)), "displayed");
    system.gateway.statuses.set(cards.get(recipientOf(3)) ?? "", "delivered");

    await settled(system, campaignId);

    expect([1, 2, 3, 4].map((number) => smsTo(system, number))).toEqual([[], [], [], ["sms 4"]]);
    expect(system.gateway.asked).not.toContain(cards.get(recipientOf(1)));
    expect(system.gateway.asked).toContain(cards.get(recipientOf(3)));
    const [second] = await system.messages(campaignId, 2);
    expect(second).toMatchObject({ leg: 2, state: "accepted", channel: "sms", segments: 2, recipient: recipientOf(4) });
    await system.notify(second?.providerMessageId ?? "", "delivered");
    await waitFor(async () => (await campaignCounts(system.ledger.sql, { campaignId, leg: 2 })).delivered === 1);
    expect((await campaignReport(system.ledger.sql, { campaignId }))?.secondLegs?.reached).toEqual({
      ...{ first: 3, second: 1, neither: 0, both: 0 },
    });
  }, 40_000);

  test("nobody who got an SMS in place of the card gets another, nor where nobody knows what went out", async () => {
    await using system = await startTwoLegSystem();
    system.gateway.cards.set(recipientOf(1), "sms");
    system.gateway.cards.set(recipientOf(2), "lost");
    await system.start("worker");
    await system.start("poller");
    const content = { card: "card", sms: "sms", chosen: true };
    const campaignId = await system.campaign(3, { content });
    await settled(system, campaignId);
    expect([1, 2, 3].map((number) => smsTo(system, number).length)).toEqual([1, 0, 1]);
    expect((await system.messages(campaignId, 2)).map(({ recipient }) => recipient)).toEqual([recipientOf(3)]);
    expect(await campaignCounts(system.ledger.sql, { campaignId })).toMatchObject({ unknown: 1, accepted: 1, sent: 1 });
  }, 40_000);

  test("what nobody knows is followed where the campaign says so", async () => {
    await using system = await startTwoLegSystem();
    system.gateway.cards.set(recipientOf(1), "lost");
    await system.start("worker");
    await system.start("poller");
    const campaignId = await system.campaign(1, { fallback: { ...plan, onUnknown: true } });
    await settled(system, campaignId);
    expect(smsTo(system, 1)).toEqual(["sms 1"]);
    // That its only card was lost is no reason for it to pause itself.
    expect(await findCampaign(system.ledger.sql, { id: campaignId })).toMatchObject({ state: "dispatched" });
  }, 40_000);

  test("a status call that fails is repeated, and given up when that has taken as long as the deadline", async () => {
    await using system = await startTwoLegSystem();
    system.gateway.statusCallAnswers = 500;
    await system.start("worker");
    await system.start("poller");
    const campaignId = await system.campaign(1);
    const cards = await cardsOf(system, 1);
    await waitFor(() => system.gateway.asked.length > 0, { ...patience, what: "the first question" });
    const [{ acceptedAt = null } = {}] = await system.messages(campaignId, 1);
    await settled(system, campaignId);
    const [{ queuedAt } = { queuedAt: new Date(0) }] = await system.messages(campaignId, 2);
    expect(queuedAt.getTime() - (acceptedAt?.getTime() ?? 0)).toBeGreaterThanOrEqual(2 * plan.afterMs);
    expect(system.gateway.asked.filter((id) => id === cards.get(recipientOf(1))).length).toBeGreaterThan(1);
    expect(smsTo(system, 1)).toEqual(["sms 1"]);
  }, 40_000);

  test("of a single message its SMS follows as well", async () => {
    await using system = await startTwoLegSystem();
    await system.start("worker");
    await system.start("poller");
    const content = { card: "code #{n}", sms: "your code: #{n}" };
    const { message } = await insertMessage(system.ledger.sql, {
      ...{ id: newId(), route, recipient: recipientOf(1), content, vars: ["1234"], segments: 1, fallback: plan },
    });
    await waitFor(() => smsTo(system, 1).length > 0, { ...patience, what: "the SMS" });
    expect(smsTo(system, 1)).toEqual(["your code: 1234"]);
    await waitFor(async () => (await findOtherLeg(system.ledger.sql, message))?.state === "accepted");
    const second = await findOtherLeg(system.ledger.sql, message);
    expect(second).toMatchObject({ campaignId: null, content: { sms: "your code: #{n}" } });
    expect((await findMessage(system.ledger.sql, message))?.fallbackAt).toBeNull();
  }, 40_000);
});

describe("at once", () => {
  test("what failed, was revoked or given up is followed; what was refused only where that was asked for", async () => {
    await using system = await startTwoLegSystem();
    for (const number of [3, 4]) system.gateway.cards.set(recipientOf(number), number === 3 ? 500 : 400);
    await system.start("worker");
    await system.start("poller");
    const without = await system.campaign(4, { fallback: farPlan });
    const cards = await cardsOf(system, 2);
    await system.notify(cards.get(recipientOf(1)), "failed");
    await system.notify(cards.get(recipientOf(2)), "revoked");
    await settled(system, without);
    expect([1, 2, 3, 4].map((number) => smsTo(system, number))).toEqual([["sms 1"], ["sms 2"], ["sms 3"], []]);
    // Nobody was asked: an end is an end.
    expect(system.gateway.asked).toEqual([]);

    system.gateway.cards.set(recipientOf(1), 400);
    const withRejected = await system.campaign(1, { fallback: { ...farPlan, onRejected: true } });
    await settled(system, withRejected);
    expect(smsTo(system, 1)).toEqual(["sms 1", "sms 1"]);
    expect(await findCampaign(system.ledger.sql, { id: withRejected })).toMatchObject({ state: "dispatched" });
  }, 40_000);
});

describe("what holds for the first leg holds for the second", () => {
  test("a pause holds it back, and proof that comes meanwhile keeps it from ever going out", async () => {
    await using system = await startTwoLegSystem();
    const { sql } = system.ledger;
    const worker = await system.start("worker");
    await system.start("poller");
    const campaignId = await system.campaign(3);
    const cards = await cardsOf(system, 3);
    await waitFor(async () => (await campaignCounts(sql, { campaignId })).accepted === 3);
    // With the worker gone, what begins waits.
    await worker.close();
    await waitFor(async () => (await campaignCounts(sql, { campaignId, leg: 2 })).queued === 3, patience);
    await pauseCampaign(sql, { campaignId, reason: "test" });
    await system.start("worker");
    await system.notify(cards.get(recipientOf(2)), "delivered");
    await waitFor(async () => (await campaignCounts(sql, { campaignId, leg: 2 })).cancelled === 1, patience);
    expect(system.gateway.taken.filter(({ kind }) => kind === "sms")).toEqual([]);
    await resumeCampaign(sql, { campaignId });
    await settled(system, campaignId);
    expect([1, 2, 3].map((number) => smsTo(system, number))).toEqual([["sms 1"], [], ["sms 3"]]);
  }, 40_000);

  test("outside the delivery window nothing is decided, and then by what is known when it opens", async () => {
    await using system = await startTwoLegSystem();
    const { sql } = system.ledger;
    await system.start("worker");
    const campaignId = await system.campaign(2);
    const cards = await cardsOf(system, 2);
    await waitFor(async () => (await campaignCounts(sql, { campaignId })).accepted === 2);
    const hour = (new Date().getUTCHours() + 2) % 24;
    const window = {
      from: `${String(hour).padStart(2, "0")}:00`,
      to: `${String(hour).padStart(2, "0")}:30`,
      timeZone: "UTC",
    };
    await sql`update campaign set delivery_window = ${sql.json(window)}`;
    await system.start("poller");
    const { message } = await insertMessage(sql, {
      ...{
        id: newId(),
        route,
        recipient: recipientOf(9),
        content: { card: "c", sms: "s" },
        segments: 1,
        fallback: plan,
      },
    });
    // The single message's deadline is later than the campaign's: when it was followed, the campaign's turn had come as well.
    await waitFor(async () => (await findOtherLeg(sql, message)) !== null, { ...patience, what: "the single one" });
    expect(await system.messages(campaignId, 2)).toEqual([]);
    system.gateway.statuses.set(cards.get(recipientOf(1)) ?? "", "delivered");
    await sql`update campaign set delivery_window = null`;
    await settled(system, campaignId);
    expect([1, 2].map((number) => smsTo(system, number))).toEqual([[], ["sms 2"]]);
  }, 40_000);

  test("the second legs of advertising wait for the window of their class, and for nobody who refuses it meanwhile", async () => {
    await using system = await startTwoLegSystem();
    const { sql } = system.ledger;
    let now = new Date("2026-12-01T19:59:00+09:00");
    await system.start("worker", () => now);
    const content = { card: "code #{n}", sms: "your code: #{n}" };
    const single = (number: number, messageClass: MessageClass) =>
      insertMessage(sql, {
        ...{ id: newId(), route, recipient: recipientOf(number), content, vars: ["1234"], segments: 1, fallback: plan },
        class: messageClass,
      });
    const campaignId = await system.campaign(2, { class: "advertising" });
    const { message: advertising } = await single(3, "advertising");
    await cardsOf(system, 3);
    await waitFor(async () => (await campaignCounts(sql, { campaignId })).accepted === 2);

    now = new Date("2026-12-01T20:00:00+09:00");
    await system.start("poller", () => now);
    // What follows a notice is later than what follows advertising: when it was sent, the others' turn had come as well.
    await single(4, "transactional");
    await waitFor(() => smsTo(system, 4).length === 1, { ...patience, what: "the notice to be followed" });
    await waitFor(async () => (await findOtherLeg(sql, advertising))?.reason, {
      ...patience,
      what: "the single one to wait",
    });
    expect([1, 2, 3].map((number) => smsTo(system, number))).toEqual([[], [], []]);
    expect(await system.messages(campaignId, 2)).toEqual([]);
    expect(await findOtherLeg(sql, advertising)).toMatchObject({
      ...{ class: "advertising", state: "queued", attempts: 0, reason: "its delivery window has shut" },
    });

    await addSuppression(sql, { recipient: recipientOf(2), reason: "停止" });
    now = new Date("2026-12-02T09:00:00+09:00");
    await sql`update message set due_at = now() where due_at is not null`;
    await settled(system, campaignId);
    await waitFor(() => smsTo(system, 3).length === 1, { ...patience, what: "the single one to be followed" });
    expect([1, 2].map((number) => smsTo(system, number))).toEqual([["sms 1"], []]);
    expect((await system.messages(campaignId, 2)).map(({ recipient, state }) => [recipient, state]).sort()).toEqual([
      [recipientOf(1), "accepted"],
      [recipientOf(2), "suppressed"],
    ]);
  }, 60_000);

  test("the feeder of the other route leaves the first legs alone", async () => {
    await using system = await startTwoLegSystem();
    const { ledger } = system;
    const { sql } = ledger;
    const fallback = { ...plan, route: otherRoute, content: { sms: "from elsewhere, #{n}" } };
    const campaignId = await system.campaign(2, { content: { card: "card #{n}" }, fallback });
    const [first] = await system.messages(campaignId, 1);
    await sql`
      insert into message (id, campaign_id, route, recipient, leg, first_leg, segments, due_at)
      select ${newId()}, campaign_id, ${otherRoute}, recipient, 2, id, 1, now() from message where id = ${first?.id ?? ""}`;
    const fed: string[] = [];
    const feeder = createCampaignFeeder({
      ...{
        route: otherRoute,
        ledger,
        canarySize: 20,
        canLookUp: false,
        windowSeconds: 5,
        classRules: defaultClassRules,
      },
      addJobs: async (_, ids) => void fed.push(...ids),
      now: () => new Date(),
      log: createLogger({ level: "silent", name: "test" }),
    });
    const open = await feeder.openCampaigns();
    expect(open).toMatchObject([{ id: campaignId, isOwn: false }]);
    await feeder.feed(open, 100, true);
    expect(fed).toEqual([]);
    expect((await findCampaign(sql, { id: campaignId }))?.feedCursor).toBeNull();
  });

  test("it may go over another route, which says it in its own words", async () => {
    await using system = await startTwoLegSystem();
    await system.start("worker");
    await system.start("poller");
    const fallback = { ...plan, route: otherRoute, content: { sms: "from elsewhere, #{n}" } };
    const campaignId = await system.campaign(2, { content: { card: "card #{n}" }, fallback });
    await settled(system, campaignId);
    const sms = system.gateway.taken.filter(({ kind }) => kind === "sms");
    expect(sms.map(({ account, text }) => [account, text]).sort()).toEqual([
      [otherRoute, "from elsewhere, 1"],
      [otherRoute, "from elsewhere, 2"],
    ]);
    expect((await system.messages(campaignId, 2)).map((message) => message.route)).toEqual([otherRoute, otherRoute]);
  }, 40_000);
});

test("killed workers and pollers and a flushed Redis lose no second leg and double none", async () => {
  await using redis = await startRedis();
  await using system = await startTwoLegSystem({ redis });
  const { sql } = system.ledger;
  const count = 300;
  const [workers, pollers] = await Promise.all([
    Promise.all([system.spawn("worker"), system.spawn("worker")]),
    Promise.all([system.spawn("poller"), system.spawn("poller")]),
  ]);
  const campaignId = await system.campaign(count);
  const smsCount = () => system.gateway.taken.filter(({ kind }) => kind === "sms").length;
  await waitFor(() => smsCount() > 20, { timeoutMs: 40_000, what: "the first second legs" });

  await pollers[0]?.kill("SIGKILL");
  await workers[0]?.kill("SIGKILL");
  const admin = new Redis(redis.url);
  await admin.flushall();
  await admin.quit();

  // What was in flight when its worker died is in doubt, on either leg, and not sent again.
  const legs = async () => await Promise.all(([1, 2] as const).map((leg) => campaignCounts(sql, { campaignId, leg })));
  await waitFor(
    async () => {
      const [first, second] = await legs();
      if (!first || !second || first.sent + first.unknown < count) return false;
      return first.sent === second.total && second.accepted + second.unknown === second.total;
    },
    { timeoutMs: 100_000, what: "every undelivered card to be followed" },
  ).catch(async (err: Error) => {
    throw new Error(`${err.message}: ${JSON.stringify(await legs())}`);
  });
  const [first, second] = await legs();
  expect((first?.unknown ?? 0) + (second?.unknown ?? 0)).toBeLessThanOrEqual(20);
  for (let number = 1; number <= count; number++) {
    expect(system.gateway.to(recipientOf(number), "sms").length).toBeLessThanOrEqual(1);
    expect(system.gateway.to(recipientOf(number), "card").length).toBeLessThanOrEqual(1);
  }
  expect(smsCount()).toBeGreaterThanOrEqual(second?.accepted ?? 0);
}, 180_000);
