import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  claim,
  givenDraft,
  givenReady,
  givenRunning,
  givenWorker,
  messages,
  resultFor,
  route,
  send,
} from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  campaignCounts,
  cancelCampaign,
  claimBatch,
  countRows,
  findCampaign,
  newId,
  pauseCampaign,
  recordOutcomes,
  sweepCancelled,
} from "../index.ts";

/** Claims batch after batch until told to stop; every other worker records what it claimed. */
function keepClaiming(ledger: TestLedger, ids: readonly string[], workers: number) {
  let next = 0;
  let isStopped = false;
  let claimed = 0;
  const run = async (index: number) => {
    const { sql } = ledger.connect({ max: 1 });
    const worker = await givenWorker(sql);
    while (!isStopped && next < ids.length) {
      const batch = ids.slice(next, next + 10);
      next += 10;
      const token = randomUUID();
      const taken = await claimBatch(sql, { ids: batch, claim: token, worker, route });
      claimed += taken.length;
      if (index % 2 === 0) {
        await recordOutcomes(sql, { worker, results: taken.map(({ id }) => resultFor(id, token, { to: "accepted" })) });
      }
    }
  };
  const done = Promise.all(Array.from({ length: workers }, (_, index) => run(index)));
  return {
    count: () => claimed,
    async stop() {
      isStopped = true;
      await done;
    },
  };
}

describe("a cancel in the middle of sending", () => {
  test.for([
    { name: "cancel", stop: cancelCampaign },
    {
      name: "pause",
      async stop(sql: TestLedger["sql"], { campaignId }: { campaignId: string }) {
        await pauseCampaign(sql, { campaignId, reason: "test" });
        const counts = await campaignCounts(sql, { campaignId });
        return { sent: counts.everAccepted, inFlight: counts.sending, stopped: counts.queued };
      },
    },
  ])("answers exact numbers: no claim commits after it, whenever it began ($name)", async ({ stop }) => {
    await using ledger = await openTestLedger();
    for (let round = 0; round < 6; round++) {
      const { campaignId, ids } = await givenRunning(ledger.sql, 3_000);
      const claiming = keepClaiming(ledger, ids, 6);
      await expect.poll(claiming.count, { interval: 1 }).toBeGreaterThan(200);
      const answer = await stop(ledger.sql, { campaignId });
      await claiming.stop();
      const counts = await countRows(ledger.sql, { campaignId });
      expect(answer).toMatchObject({ stopped: counts.queued });
      expect((answer?.sent ?? 0) + (answer?.inFlight ?? 0)).toBe(claiming.count());
      expect(counts.queued).toBeGreaterThan(0);
      expect(await campaignCounts(ledger.sql, { campaignId })).toEqual(counts);
    }
  });
});

test("a cancel of 200,000 messages takes milliseconds, and no claim takes any of them afterwards", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 200_000);
  await send(sql, ids.slice(0, 20), { to: "accepted" });
  await claim(sql, ids.slice(20, 30));
  const before = performance.now();
  const answer = await cancelCampaign(sql, { campaignId });
  const tookMs = performance.now() - before;
  expect(answer).toMatchObject({ sent: 20, inFlight: 10, stopped: 199_970, campaign: { state: "cancelled" } });
  expect(tookMs).toBeLessThan(100);
  expect((await claim(sql, ids.slice(30, 130))).claimed).toEqual([]);
});

describe("cancelCampaign", () => {
  test.for(["draft", "importing", "ready", "running", "paused", "dispatched"] as const)(
    "cancels from %s",
    async (state) => {
      await using ledger = await openTestLedger();
      const { campaignId } = await givenReady(ledger.sql, 2);
      await ledger.sql`update campaign set state = ${state}`;
      const answer = await cancelCampaign(ledger.sql, { campaignId });
      expect(answer).toMatchObject({ sent: 0, inFlight: 0, stopped: 2, campaign: { state: "cancelled" } });
      expect(answer?.campaign.cancelledAt).toBeInstanceOf(Date);
    },
  );

  test("leaves a finished campaign alone, and one that does not exist", async () => {
    await using ledger = await openTestLedger();
    const { id } = await givenDraft(ledger.sql);
    await ledger.sql`update campaign set state = 'finished'`;
    expect(await cancelCampaign(ledger.sql, { campaignId: id })).toBeNull();
    expect((await findCampaign(ledger.sql, { id }))?.state).toBe("finished");
    expect(await cancelCampaign(ledger.sql, { campaignId: newId() })).toBeNull();
  });

  test("repeated answers the numbers of now and keeps its first time", async () => {
    await using ledger = await openTestLedger();
    const { campaignId } = await givenRunning(ledger.sql, 5);
    const first = await cancelCampaign(ledger.sql, { campaignId });
    await sweepCancelled(ledger.sql, { limit: 2 });
    const second = await cancelCampaign(ledger.sql, { campaignId });
    expect(second).toMatchObject({ sent: 0, inFlight: 0, stopped: 5 });
    expect(second?.campaign.cancelledAt).toEqual(first?.campaign.cancelledAt);
  });

  test("tells what was accepted from what was refused, suppressed or given up", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 6);
    await send(sql, ids.slice(0, 1), { to: "accepted" });
    await send(sql, ids.slice(1, 2), { to: "rejected" });
    await send(sql, ids.slice(2, 3), { to: "failed" });
    await send(sql, ids.slice(3, 4), { to: "unknown" });
    expect(await cancelCampaign(sql, { campaignId })).toMatchObject({ sent: 1, inFlight: 0, unknown: 1, stopped: 2 });
  });
});

describe("sweepCancelled", () => {
  test("moves what was stopped in bounded batches, also behind what was sent, until nothing is left", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 50);
    await send(sql, ids.slice(0, 30), { to: "accepted" });
    await cancelCampaign(sql, { campaignId });
    const moved: number[] = [];
    for (;;) {
      moved.push(await sweepCancelled(sql, { limit: 7 }));
      if (moved.at(-1) === 0) break;
    }
    expect(Math.max(...moved)).toBeLessThanOrEqual(7);
    expect(moved.reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({ queued: 0, cancelled: 20, accepted: 30 });
    const [last] = await messages(sql, ids.slice(-1));
    expect(last).toMatchObject({ state: "cancelled", reason: null });
    expect(last?.endedAt).toBeInstanceOf(Date);
  });

  test("touches no campaign that is not cancelled", async () => {
    await using ledger = await openTestLedger();
    await givenRunning(ledger.sql, 5);
    expect(await sweepCancelled(ledger.sql, { limit: 100 })).toBe(0);
  });

  test("leaves a cancelled campaign with its end written down", async () => {
    await using ledger = await openTestLedger();
    const { campaignId } = await givenRunning(ledger.sql, 5);
    await cancelCampaign(ledger.sql, { campaignId });
    await advanceCampaigns(ledger.sql);
    expect((await findCampaign(ledger.sql, { id: campaignId }))?.finishedAt).toBeNull();
    await sweepCancelled(ledger.sql, { limit: 100 });
    expect(await advanceCampaigns(ledger.sql)).toEqual({ dispatched: [], finished: [] });
    expect(await findCampaign(ledger.sql, { id: campaignId })).toMatchObject({
      state: "cancelled",
      finishedAt: expect.any(Date),
    });
  });
});
