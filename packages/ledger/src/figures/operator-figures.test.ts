import { expect, test } from "vitest";
import { age, claim, feedUpTo, givenReady, givenRunning, givenSingle, receipt, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { cancelCampaign, operatorFigures, pauseCampaign, publishRoutes, storeReceipts } from "../index.ts";

test("a route nobody uses has zeros", async () => {
  await using ledger = await openTestLedger();
  await publishRoutes(ledger.sql, [{ name: route, provider: "kddi", settings: {} }]);
  expect(await operatorFigures(ledger.sql)).toEqual([
    {
      route,
      queued: 0,
      sending: 0,
      unknown: 0,
      oldestQueuedSeconds: 0,
      checksDue: 0,
      receiptsPending: 0,
      receiptsParked: 0,
      campaigns: {},
    },
  ]);
});

test("figures are those of each route: what could be sent, is in flight, is owed", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const running = await givenRunning(sql, 6);
  await claim(sql, running.ids.slice(0, 1));
  await send(sql, running.ids.slice(1, 2), { to: "unknown" });
  await send(sql, running.ids.slice(2, 4), { to: "accepted", nextCheckInMs: 0 });
  await send(sql, running.ids.slice(4, 5), { to: "accepted", nextCheckInMs: 60_000 });
  const paused = await givenRunning(sql, 5);
  await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
  await givenReady(sql, 2);
  const cancelled = await givenRunning(sql, 2);
  await cancelCampaign(sql, { campaignId: cancelled.campaignId });
  const [waiting, taken, lost, done] = [
    await givenSingle(sql),
    await givenSingle(sql),
    await givenSingle(sql),
    await givenSingle(sql),
  ];
  await claim(sql, [taken.id]);
  await send(sql, [lost.id], { to: "unknown" });
  await send(sql, [done.id], { to: "accepted" });
  await age(sql, waiting.id, "queued_at", 90_000);
  // It waits on purpose, and nobody need look after it.
  const night = await givenSingle(sql, { class: "advertising", dueAt: new Date(Date.now() + 3_600_000) });
  await age(sql, night.id, "queued_at", 9_000_000);
  await storeReceipts(sql, [
    receipt({ providerMessageId: "m1", reportedState: "sent" }),
    receipt({ providerMessageId: "m2", reportedState: "sent" }),
    receipt({ providerMessageId: "m3", reportedState: "sent", status: "stored" }),
  ]);
  await sql`update receipt_raw set status = 'parked' where provider_message_id = 'm2'`;
  await givenRunning(sql, 3, { route: "another-route" });

  const [other, figures] = await operatorFigures(sql);
  expect(other).toMatchObject({ route: "another-route", queued: 3, campaigns: { running: 1 } });
  expect(figures).toMatchObject({
    route,
    queued: 3,
    sending: 2,
    unknown: 2,
    checksDue: 2,
    receiptsPending: 1,
    receiptsParked: 1,
    campaigns: { running: 1, paused: 1, ready: 1, cancelled: 1 },
  });
  expect(figures?.oldestQueuedSeconds).toBeGreaterThanOrEqual(90);
  expect(figures?.oldestQueuedSeconds).toBeLessThan(120);
});

test("the oldest message of a campaign waits since the start, not since the import", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 3);
  await sql`update message set queued_at = now() - interval '1 day'`;
  await sql`update campaign set started_at = now() - interval '60 seconds'`;
  const oldest = async () => Math.round((await operatorFigures(sql))[0]?.oldestQueuedSeconds ?? 0);
  expect(await oldest()).toBeGreaterThanOrEqual(60);
  expect(await oldest()).toBeLessThan(90);
  await feedUpTo(sql, { campaignId }, ids[2]);
  expect(await oldest()).toBeLessThan(30);
});
