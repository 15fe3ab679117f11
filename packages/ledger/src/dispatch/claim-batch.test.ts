import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  claim,
  givenRunning,
  givenSingle,
  givenWorker,
  message,
  messages,
  recipientOf,
  route,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  campaignCounts,
  cancelCampaign,
  claimBatch,
  countRows,
  holdRoute,
  newId,
  pauseCampaign,
  recordOutcomes,
  releaseRoute,
  resumeCampaign,
} from "../index.ts";

describe("a claim", () => {
  test("answers what the worker needs and writes that it is being sent", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const validUntil = new Date(Date.now() + 3_600_000);
    const { campaignId, ids } = await givenRunning(sql, 3, { validUntil });
    const token = randomUUID();
    const { claimed } = await claim(sql, ids.slice(0, 2), { claim: token });
    const ofCampaign = { campaignId, content: null, class: null, overrides: null, leg: 1, attempt: 1, validUntil };
    expect([...claimed].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { ...ofCampaign, id: ids[0], recipient: recipientOf(1), vars: ["name 1"] },
      { ...ofCampaign, id: ids[1], recipient: recipientOf(2), vars: ["name 2"] },
    ]);
    const [first, , third] = await messages(sql, ids);
    expect(first).toMatchObject({ state: "sending", attempts: 1, claim: token, dueAt: null });
    expect(first?.sendingAt).toBeInstanceOf(Date);
    expect(third).toMatchObject({ state: "queued", attempts: 0, claim: null });
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 1, sending: 2 });
  });

  test("of a single message answers its content, class and overrides, and its own validity", async () => {
    await using ledger = await openTestLedger();
    const validUntil = new Date(Date.now() + 60_000);
    const overrides = [{ rule: "window", reason: "an alarm", by: "test", at: "2026-12-01T00:00:00.000Z" }] as const;
    const { id } = await givenSingle(ledger.sql, { validUntil, vars: ["1234"], class: "dunning", overrides });
    const { claimed } = await claim(ledger.sql, [id]);
    const content = { text: "Your code is 1234" };
    expect(claimed).toMatchObject([
      { id, campaignId: null, content, vars: ["1234"], class: "dunning", overrides, attempt: 1, validUntil },
    ]);
  });

  test("without any validity answers none", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 1);
    expect((await claim(ledger.sql, ids)).claimed[0]?.validUntil).toBeNull();
  });

  test("may mix campaigns and single messages, each under its own rules", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const running = await givenRunning(sql, 1);
    const paused = await givenRunning(sql, 1);
    await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
    const { id } = await givenSingle(sql);
    const { claimed } = await claim(sql, [...running.ids, ...paused.ids, id]);
    expect(claimed.map((message) => message.id).sort()).toEqual([...running.ids, id].sort());
  });

  test("repeated with its token answers the same and counts one attempt", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 2);
    const first = await claim(sql, ids);
    const again = await claim(sql, ids, { claim: first.claim, worker: first.worker });
    expect(again.claimed.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 0, sending: 2 });
  });

  test("repeated after a cancel still answers: nothing was posted, and the cancel counted it in flight", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 2);
    const first = await claim(sql, ids.slice(0, 1));
    expect(await cancelCampaign(sql, { campaignId })).toMatchObject({ inFlight: 1, stopped: 1 });
    const again = await claim(sql, ids, { claim: first.claim, worker: first.worker });
    expect(again.claimed.map(({ id }) => id)).toEqual(ids.slice(0, 1));
  });

  test("with another token takes nothing that is taken", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 2);
    await claim(ledger.sql, ids);
    expect((await claim(ledger.sql, ids)).claimed).toEqual([]);
  });

  test("makes a suppressed message end as suppressed, never sent", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 3);
    await addSuppression(sql, { recipient: recipientOf(1) });
    await addSuppression(sql, { recipient: recipientOf(2), route: "another-route" });
    const { claimed } = await claim(sql, ids);
    expect(claimed.map(({ id }) => id).sort()).toEqual(ids.slice(1));
    const suppressed = await message(sql, ids[0]);
    expect(suppressed).toMatchObject({ state: "suppressed", attempts: 0, sendingAt: null, claim: null });
    expect(suppressed.endedAt).toBeInstanceOf(Date);
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("of an empty batch, and of ids nobody knows, answers nothing", async () => {
    await using ledger = await openTestLedger();
    expect((await claim(ledger.sql, [])).claimed).toEqual([]);
    expect((await claim(ledger.sql, [newId()])).claimed).toEqual([]);
  });
});

describe("a claim takes nothing", () => {
  const reasons: {
    name: string;
    prepare: (sql: Awaited<ReturnType<typeof openTestLedger>>["sql"]) => Promise<string[]>;
  }[] = [
    {
      name: "of a campaign that is paused",
      async prepare(sql) {
        const { campaignId, ids } = await givenRunning(sql, 2);
        await pauseCampaign(sql, { campaignId, reason: "test" });
        return ids;
      },
    },
    {
      name: "of a campaign that is cancelled",
      async prepare(sql) {
        const { campaignId, ids } = await givenRunning(sql, 2);
        await cancelCampaign(sql, { campaignId });
        return ids;
      },
    },
    {
      name: "of a campaign past its validity",
      prepare: async (sql) => (await givenRunning(sql, 2, { validUntil: new Date(Date.now() - 1_000) })).ids,
    },
    {
      name: "of a single message past its validity",
      prepare: async (sql) => [(await givenSingle(sql, { validUntil: new Date(Date.now() - 1_000) })).id],
    },
    {
      name: "on a route that is held",
      async prepare(sql) {
        const { ids } = await givenRunning(sql, 2);
        await holdRoute(sql, { route, cause: "credentials", reason: "401", probeInMs: 1_000 });
        return ids;
      },
    },
    {
      name: "of another route's messages",
      prepare: async (sql) => (await givenRunning(sql, 2, { route: "another-route" })).ids,
    },
  ];

  test.for(reasons)("$name", async ({ prepare }) => {
    await using ledger = await openTestLedger();
    const ids = await prepare(ledger.sql);
    expect((await claim(ledger.sql, ids)).claimed).toEqual([]);
    for (const found of await messages(ledger.sql, ids)) expect(found).toMatchObject({ state: "queued", attempts: 0 });
  });

  test("until a campaign is resumed", async () => {
    await using ledger = await openTestLedger();
    const { campaignId, ids } = await givenRunning(ledger.sql, 2);
    await pauseCampaign(ledger.sql, { campaignId, reason: "test" });
    await resumeCampaign(ledger.sql, { campaignId });
    expect((await claim(ledger.sql, ids)).claimed).toHaveLength(2);
  });

  test("on a held route except as a probe, until it is released", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 3);
    await holdRoute(sql, { route, cause: "credentials", reason: "401", probeInMs: 1_000 });
    expect((await claim(sql, ids.slice(0, 1), { probe: true })).claimed).toHaveLength(1);
    expect((await claim(sql, ids)).claimed).toHaveLength(0);
    await releaseRoute(sql, { route });
    expect((await claim(sql, ids)).claimed).toHaveLength(2);
  });
});

test("many workers claiming the same messages in overlapping batches never get the same one twice", async () => {
  await using ledger = await openTestLedger();
  const { campaignId, ids } = await givenRunning(ledger.sql, 600);
  const workers = Array.from({ length: 8 }, () => ledger.connect({ max: 1 }).sql);
  const taken: string[] = [];
  await Promise.all(
    workers.map(async (sql, index) => {
      const worker = await givenWorker(sql);
      for (let round = 0; round < 40; round++) {
        // Random batches, in random order: everybody meets everybody.
        const batch = Array.from({ length: 30 }, () => ids[Math.floor(Math.random() * ids.length)] ?? "");
        const token = randomUUID();
        const claimed = await claimBatch(sql, { ids: [...new Set(batch)], claim: token, worker, route });
        taken.push(...claimed.map(({ id }) => id));
        if (index % 2 === 0) {
          const results = claimed.map(({ id }) => ({ id, claim: token, to: "accepted" as const, outcome: "accepted" }));
          await recordOutcomes(sql, { worker, results });
        }
      }
    }),
  );
  expect(taken.length).toBeGreaterThan(500);
  expect(new Set(taken).size).toBe(taken.length);
  const counts = await campaignCounts(ledger.sql, { campaignId });
  expect(counts).toEqual(await countRows(ledger.sql, { campaignId }));
  expect(counts.queued).toBe(600 - taken.length);
});
