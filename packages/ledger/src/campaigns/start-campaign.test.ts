import { expect, test } from "vitest";
import { feedUpTo, givenDraft, givenReady, givenRunning, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  dueCampaigns,
  findCampaign,
  pauseCampaign,
  pauseDueCampaign,
  resumeCampaign,
  startCampaign,
  startDueCampaign,
} from "../index.ts";

test("a ready campaign starts", async () => {
  await using ledger = await openTestLedger();
  const { campaignId } = await givenReady(ledger.sql, 1);
  const started = await startCampaign(ledger.sql, { campaignId });
  expect(started).toMatchObject({ state: "running", startedAt: expect.any(Date), startAt: expect.any(Date) });
});

test("a campaign starts only from ready", async () => {
  await using ledger = await openTestLedger();
  const { id: campaignId } = await givenDraft(ledger.sql);
  for (const state of ["draft", "importing", "running", "paused", "dispatched", "finished", "cancelled"]) {
    await ledger.sql`update campaign set state = ${state}`;
    expect([state, await startCampaign(ledger.sql, { campaignId })]).toEqual([state, null]);
  }
});

test("a campaign with a start in the future waits for it", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId } = await givenReady(sql, 1);
  const startAt = new Date(Date.now() + 3_600_000);
  expect(await startCampaign(sql, { campaignId, startAt })).toMatchObject({ state: "ready", startAt, startedAt: null });
  expect(await dueCampaigns(sql)).toEqual([]);
  expect(await startDueCampaign(sql, { campaignId })).toBe(false);
  await sql`update campaign set start_at = now() - interval '1 second'`;
  expect(await dueCampaigns(sql)).toMatchObject([{ id: campaignId }]);
  const starts = await Promise.all([1, 2, 3].map(() => startDueCampaign(sql, { campaignId })));
  expect(starts.filter(Boolean)).toHaveLength(1);
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ state: "running", startedAt: expect.any(Date) });
  expect(await dueCampaigns(sql)).toEqual([]);
});

test("a campaign that can't be sent when it is due is paused instead, and a resume starts it", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId } = await givenReady(sql, 1);
  const reason = "its template was withdrawn";
  expect(await pauseDueCampaign(sql, { campaignId, reason })).toBe(false);
  await sql`update campaign set start_at = now() - interval '1 second'`;
  expect(await pauseDueCampaign(sql, { campaignId, reason })).toBe(true);
  expect([await pauseDueCampaign(sql, { campaignId, reason }), await startDueCampaign(sql, { campaignId })]).toEqual([
    false,
    false,
  ]);
  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({
    ...{ state: "paused", pauseReason: reason, pausedAt: expect.any(Date), startedAt: null },
  });
  expect(await resumeCampaign(sql, { campaignId })).toMatchObject({ state: "running", startedAt: expect.any(Date) });
});

test("a campaign created with a start time keeps to it when it is started without one", async () => {
  await using ledger = await openTestLedger();
  const startAt = new Date(Date.now() + 3_600_000);
  const { campaignId } = await givenReady(ledger.sql, 1, { startAt });
  expect(await startCampaign(ledger.sql, { campaignId })).toMatchObject({ state: "ready", startAt });
});

test("a ready campaign that nobody started is never due", async () => {
  await using ledger = await openTestLedger();
  await givenReady(ledger.sql, 1);
  expect(await dueCampaigns(ledger.sql)).toEqual([]);
});

test("a running campaign is paused with its reason and resumed from the beginning", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 4);
  await feedUpTo(sql, { campaignId }, ids[3]);
  await send(sql, ids.slice(0, 1), { to: "rejected" });
  await send(sql, ids.slice(1, 2), { to: "failed" });
  await send(sql, ids.slice(2, 3), { to: "unknown" });

  const paused = await pauseCampaign(sql, { campaignId, reason: "the first messages were all rejected" });
  expect(paused).toMatchObject({ state: "paused", pauseReason: "the first messages were all rejected" });
  expect(paused?.pausedAt).toBeInstanceOf(Date);
  expect(await pauseCampaign(sql, { campaignId, reason: "again" })).toBeNull();

  const resumed = await resumeCampaign(sql, { campaignId });
  expect(resumed).toMatchObject({
    state: "running",
    feedCursor: null,
    pauseReason: null,
    pausedAt: null,
    triedBefore: 3,
  });
  expect(await resumeCampaign(sql, { campaignId })).toBeNull();
});
