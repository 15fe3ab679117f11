import { describe, expect, test } from "vitest";
import {
  age,
  claim,
  feedUpTo,
  givenReady,
  givenRunning,
  givenSingle,
  message,
  messages,
  recipientOf,
  resultFor,
  route,
  send,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  advanceCursor,
  campaignCounts,
  cancelCampaign,
  countRows,
  expireQueued,
  feedable,
  findCampaign,
  holdFeederLease,
  newId,
  nextToFeed,
  orphanSingles,
  pauseCampaign,
  publishRoutes,
  recordOutcomes,
  releaseFeederLease,
  rewindCursor,
  rewindRoute,
  startCampaign,
  takeDue,
} from "../index.ts";

describe("the feeder's lease", () => {
  test("is held by one feeder at a time, prolonged by it, and free again when it runs out", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
    const feeders = Array.from({ length: 8 }, () => newId());
    const held = await Promise.all(feeders.map((feeder) => holdFeederLease(sql, { route, feeder, ttlMs: 60_000 })));
    expect(held.filter(Boolean)).toHaveLength(1);
    const holder = feeders[held.indexOf(true)] ?? "";
    const other = feeders[held.indexOf(false)] ?? "";
    expect(await holdFeederLease(sql, { route, feeder: holder, ttlMs: 60_000 })).toBe(true);
    expect(await holdFeederLease(sql, { route, feeder: other, ttlMs: 60_000 })).toBe(false);
    await sql`update route set feeder_until = now() - interval '1 millisecond'`;
    expect(await holdFeederLease(sql, { route, feeder: other, ttlMs: 60_000 })).toBe(true);
    expect(await holdFeederLease(sql, { route, feeder: holder, ttlMs: 60_000 })).toBe(false);
  });

  test("can be given up by who has it, and by nobody else", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
    const [holder, other] = [newId(), newId()];
    expect(await holdFeederLease(sql, { route, feeder: holder, ttlMs: 60_000 })).toBe(true);
    await releaseFeederLease(sql, { route, feeder: other });
    expect(await holdFeederLease(sql, { route, feeder: other, ttlMs: 60_000 })).toBe(false);
    await releaseFeederLease(sql, { route, feeder: holder });
    expect(await holdFeederLease(sql, { route, feeder: other, ttlMs: 60_000 })).toBe(true);
  });

  test("of a route nobody published is held by nobody", async () => {
    await using ledger = await openTestLedger();
    expect(await holdFeederLease(ledger.sql, { route: "none", feeder: newId(), ttlMs: 1_000 })).toBe(false);
  });
});

describe("feedable", () => {
  test("lists running campaigns of the route with messages left, by priority and age", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const window = { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" };
    const low = await givenRunning(sql, 3, { priority: 1, deliveryWindow: window });
    const first = await givenRunning(sql, 2, { priority: 9 });
    const second = await givenRunning(sql, 2, { priority: 9 });
    await givenReady(sql, 2);
    await givenRunning(sql, 2, { route: "another-route" });
    const done = await givenRunning(sql, 1);
    await send(sql, done.ids, { to: "accepted" });
    const paused = await givenRunning(sql, 1);
    await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
    await send(sql, low.ids.slice(0, 1), { to: "accepted" });

    const found = await feedable(sql, { route });
    expect(found.map(({ id }) => id)).toEqual([first.campaignId, second.campaignId, low.campaignId]);
    expect(found[2]).toEqual({
      id: low.campaignId,
      priority: 1,
      feedCursor: null,
      version: expect.stringMatching(/^\d+$/),
      deliveryWindow: window,
      class: null,
      overrides: [],
      validUntil: null,
      queued: 2,
      isOwn: true,
      fedAt: null,
      sinceFedMs: null,
      triedBefore: 0,
    });
  });
});

describe("feeding a campaign", () => {
  test("goes through its queued messages in the order of import, and remembers how far it is", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await addSuppression(sql, { recipient: recipientOf(3) });
    const { campaignId, ids } = await givenRunning(sql, 10);
    await send(sql, ids.slice(1, 2), { to: "accepted" });
    await send(sql, ids.slice(4, 5), { to: "queued", dueInMs: 60_000 });
    const first = await nextToFeed(sql, { campaignId, after: null, limit: 4 });
    expect(first).toEqual([ids[0], ids[3], ids[5], ids[6]]);
    await feedUpTo(sql, { campaignId }, first[3]);
    const [campaign] = await feedable(sql, { route });
    expect(campaign).toMatchObject({ feedCursor: ids[6], fedAt: expect.any(Date) });
    const rest = await nextToFeed(sql, { campaignId, after: campaign?.feedCursor ?? null, limit: 100 });
    expect(rest).toEqual(ids.slice(7));
    expect(await nextToFeed(sql, { campaignId, after: ids[9] ?? null, limit: 100 })).toEqual([]);
  });

  test("begins again after a rewind of the campaign or of its route", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const first = await givenRunning(sql, 2);
    const second = await givenRunning(sql, 2);
    const other = await givenRunning(sql, 2, { route: "another-route" });
    const cursorOf = async ({ campaignId }: { campaignId: string }) =>
      (await findCampaign(sql, { id: campaignId }))?.feedCursor;
    for (const given of [first, second, other]) {
      await feedUpTo(sql, given, given.ids[1]);
    }
    await rewindCursor(sql, { campaignId: first.campaignId });
    expect([await cursorOf(first), await cursorOf(second), await cursorOf(other)]).toEqual([
      null,
      second.ids[1],
      other.ids[1],
    ]);
    await rewindRoute(sql, { route });
    expect([await cursorOf(second), await cursorOf(other)]).toEqual([null, other.ids[1]]);
  });

  test("does not move the cursor of a campaign that was paused meanwhile", async () => {
    await using ledger = await openTestLedger();
    const { campaignId, ids } = await givenRunning(ledger.sql, 2);
    const [campaign] = await feedable(ledger.sql, { route });
    await pauseCampaign(ledger.sql, { campaignId, reason: "test" });
    const version = campaign?.version ?? "";
    expect(await advanceCursor(ledger.sql, { campaignId, version, cursor: ids[1] ?? "" })).toBeNull();
    expect((await findCampaign(ledger.sql, { id: campaignId }))?.feedCursor).toBeNull();
  });
});

describe("takeDue", () => {
  test("takes retries whose time has come, hides them for the lease, and the claim ends that", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 3);
    const single = await givenSingle(sql);
    await send(sql, ids.slice(0, 1), { to: "queued", dueInMs: 0 });
    await send(sql, ids.slice(1, 2), { to: "queued", dueInMs: 60_000 });
    await send(sql, [single.id], { to: "queued", dueInMs: 0 });
    const due = await takeDue(sql, { route, limit: 10, leaseMs: 60_000, campaigns: [campaignId], singles: true });
    expect([...due].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: ids[0], campaignId },
      { id: single.id, campaignId: null },
    ]);
    expect(await takeDue(sql, { route, limit: 10, leaseMs: 60_000, campaigns: [campaignId], singles: true })).toEqual(
      [],
    );
    await sql`update message set due_at = now() where id = ${ids[0] ?? ""}`;
    expect(
      await takeDue(sql, { route, limit: 10, leaseMs: 60_000, campaigns: [campaignId], singles: true }),
    ).toHaveLength(1);
    const { claimed } = await claim(sql, ids.slice(0, 1));
    expect(claimed).toMatchObject([{ attempt: 2 }]);
    expect((await message(sql, ids[0])).dueAt).toBeNull();
  });

  test("takes the longest waiting first, as many as asked for", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 3);
    await send(sql, ids, { to: "queued", dueInMs: 0 });
    await age(sql, ids[2] ?? "", "due_at", 60_000);
    const due = await takeDue(sql, { route, limit: 1, leaseMs: 1_000, campaigns: [campaignId], singles: true });
    expect(due.map(({ id }) => id)).toEqual([ids[2]]);
  });

  test("leaves retries of a campaign that does not run, and of other routes", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "queued", dueInMs: 0 });
    expect(
      await takeDue(sql, { route: "another-route", limit: 10, leaseMs: 1_000, campaigns: [campaignId], singles: true }),
    ).toEqual([]);
    await pauseCampaign(sql, { campaignId, reason: "test" });
    expect(await takeDue(sql, { route, limit: 10, leaseMs: 1_000, campaigns: [campaignId], singles: true })).toEqual(
      [],
    );
  });

  test("called by many at once hands each message to one", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 200);
    await send(sql, ids, { to: "queued", dueInMs: 0 });
    const pools = Array.from({ length: 6 }, () => ledger.connect({ max: 1 }).sql);
    const taken = await Promise.all(
      pools.map((pool) => takeDue(pool, { route, limit: 50, leaseMs: 60_000, campaigns: [campaignId], singles: true })),
    );
    const all = taken.flat().map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
    expect(all.length).toBeGreaterThanOrEqual(150);
  });
});

test("single messages that wait too long without a retry are orphans", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const [lost, young, retried, taken, other] = [
    await givenSingle(sql),
    await givenSingle(sql),
    await givenSingle(sql),
    await givenSingle(sql),
    await givenSingle(sql, { route: "another-route" }),
  ];
  await givenRunning(sql, 1);
  await send(sql, [retried.id], { to: "queued", dueInMs: 60_000 });
  await claim(sql, [taken.id]);
  for (const { id } of [lost, retried, taken, other]) await age(sql, id, "queued_at", 60_000);
  expect(young.state).toBe("queued");
  expect(await orphanSingles(sql, { route, olderThanMs: 30_000, limit: 10 })).toEqual([lost.id]);
});

describe("expireQueued", () => {
  test("ends single messages past their validity", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const past = await givenSingle(sql, { validUntil: new Date(Date.now() - 1_000) });
    const valid = await givenSingle(sql, { validUntil: new Date(Date.now() + 60_000) });
    const sending = await givenSingle(sql, { validUntil: new Date(Date.now() + 60_000) });
    await claim(sql, [sending.id]);
    await age(sql, sending.id, "valid_until", 1_000);
    expect(await expireQueued(sql, { limit: 10 })).toBe(1);
    expect(await message(sql, past.id)).toMatchObject({
      state: "expired",
      reason: "validity passed",
      endedAt: expect.any(Date),
    });
    expect((await messages(sql, [valid.id, sending.id])).map(({ state }) => state)).toEqual(["queued", "sending"]);
  });

  test("ends what a campaign past its validity has left, retries too, in bounded batches", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 20, { validUntil: new Date(Date.now() + 60_000) });
    await send(sql, ids.slice(0, 5), { to: "accepted" });
    await send(sql, ids.slice(5, 7), { to: "queued", dueInMs: 60_000 });
    const { claim: token, worker } = await claim(sql, ids.slice(7, 8));
    const untouched = await givenRunning(sql, 3);
    expect(await expireQueued(sql, { limit: 6 })).toBe(0);
    await sql`update campaign set valid_until = now() where id = ${campaignId}`;
    const moved: number[] = [];
    do moved.push(await expireQueued(sql, { limit: 6 }));
    while (moved.at(-1) !== 0);
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(14);
    expect(Math.max(...moved)).toBeLessThanOrEqual(6);
    expect(await message(sql, ids[5])).toMatchObject({ state: "expired", reason: "validity passed", dueAt: null });
    // A retry that comes back after the sweep is found by a later one.
    await recordOutcomes(sql, { worker, results: [resultFor(ids[7] ?? "", token, { to: "queued", dueInMs: 0 })] });
    expect(await expireQueued(sql, { limit: 6 })).toBe(1);
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 0, expired: 15, accepted: 5 });
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
    expect(await campaignCounts(sql, { campaignId: untouched.campaignId })).toMatchObject({ queued: 3 });
  });

  test("leaves cancelled campaigns to their own sweep", async () => {
    await using ledger = await openTestLedger();
    const { campaignId } = await givenRunning(ledger.sql, 2, { validUntil: new Date(Date.now() - 1_000) });
    await cancelCampaign(ledger.sql, { campaignId });
    expect(await expireQueued(ledger.sql, { limit: 6 })).toBe(0);
  });
});

test("a campaign that is not started is not fed", async () => {
  await using ledger = await openTestLedger();
  const { campaignId } = await givenReady(ledger.sql, 2);
  expect(await feedable(ledger.sql, { route })).toEqual([]);
  await startCampaign(ledger.sql, { campaignId });
  expect(await feedable(ledger.sql, { route })).toHaveLength(1);
});
