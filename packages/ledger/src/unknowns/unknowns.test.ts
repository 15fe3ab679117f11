import { describe, expect, test } from "vitest";
import { age, claim, givenRunning, givenSingle, message, resultFor, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  campaignCounts,
  closeUnknown,
  countRows,
  listUnknown,
  owesLookUp,
  pauseCampaign,
  recordOutcomes,
  resendUnknown,
  settleUnknown,
  takeDue,
  takeDueChecks,
} from "../index.ts";

test("unknown messages are listed oldest first, page by page, by route or campaign", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await givenRunning(sql, 3);
  const second = await givenRunning(sql, 2);
  const single = await givenSingle(sql);
  await send(sql, [...first.ids.slice(0, 2), ...second.ids, single.id], { to: "unknown" });
  const all = [...first.ids.slice(0, 2), ...second.ids, single.id];
  expect((await listUnknown(sql, { limit: 10 })).map(({ id }) => id)).toEqual(all);
  expect((await listUnknown(sql, { limit: 2, route, after: all[1] ?? "" })).map(({ id }) => id)).toEqual(
    all.slice(2, 4),
  );
  expect((await listUnknown(sql, { limit: 9, campaignId: second.campaignId })).map(({ id }) => id)).toEqual(second.ids);
  expect(await listUnknown(sql, { limit: 9, route: "another-route" })).toEqual([]);
});

test("a look-up is owed for an unknown message until it was made, and where there is none never", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 3);
  const other = await givenRunning(sql, 1);
  await send(sql, ids.slice(0, 1), { to: "accepted", nextCheckInMs: 60_000 });
  await send(sql, ids.slice(1, 2), { to: "unknown" });
  expect(await owesLookUp(sql, { campaignId })).toBe(false);
  await send(sql, ids.slice(2), { to: "unknown", nextCheckInMs: 60_000 });
  expect(await owesLookUp(sql, { campaignId })).toBe(true);
  expect(await owesLookUp(sql, other)).toBe(false);
  await resendUnknown(sql, { ids: ids.slice(2) });
  expect(await owesLookUp(sql, { campaignId })).toBe(false);
});

describe("resendUnknown", () => {
  test("queues what the operator named, due at once, its attempts kept", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 4);
    await send(sql, ids.slice(0, 3), { to: "unknown" });
    expect(await resendUnknown(sql, { ids: [ids[0] ?? "", ids[3] ?? ""] })).toBe(1);
    expect(await message(sql, ids[0])).toMatchObject({
      state: "queued",
      unknownAt: null,
      attempts: 1,
      dueAt: expect.any(Date),
    });
    expect(await resendUnknown(sql, { campaignId })).toBe(2);
    expect(
      await takeDue(sql, { route, limit: 9, leaseMs: 1_000, campaigns: [campaignId], singles: true }),
    ).toHaveLength(3);
    expect((await claim(sql, ids.slice(0, 1))).claimed).toMatchObject([{ attempt: 2 }]);
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("by age takes only what was claimed so long ago", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids, { to: "unknown" });
    await age(sql, ids[1] ?? "", "sending_at", 120_000);
    expect(await resendUnknown(sql, { olderThanMs: 60_000 })).toBe(1);
    expect((await message(sql, ids[1])).state).toBe("queued");
  });

  test("without a selection is refused: it would mean everything", async () => {
    await using ledger = await openTestLedger();
    await expect(resendUnknown(ledger.sql, {})).rejects.toThrow(/ids, campaignId or olderThanMs/);
    await expect(closeUnknown(ledger.sql, {})).rejects.toThrow(TypeError);
    expect(await resendUnknown(ledger.sql, { ids: [] })).toBe(0);
  });
});

test("closeUnknown ends what the operator gave up", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "unknown" });
  expect(await closeUnknown(sql, { ids: ids.slice(0, 1) })).toBe(1);
  expect(await message(sql, ids[0])).toMatchObject({
    state: "expired",
    reason: "closed by operator",
    unknownAt: null,
    endedAt: expect.any(Date),
  });
  expect(await closeUnknown(sql, { campaignId })).toBe(1);
  expect(await closeUnknown(sql, { campaignId })).toBe(0);
});

describe("settleUnknown", () => {
  const input = { route, policy: "hold", reconcileAfterMs: 60_000, limit: 10 } as const;

  test("resends only for campaigns that said so, after the time, in bounded batches", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const resend = await givenRunning(sql, 3, { onUnknown: "resend" });
    const hold = await givenRunning(sql, 1);
    const paused = await givenRunning(sql, 1, { onUnknown: "resend" });
    const single = await givenSingle(sql);
    const all = [...resend.ids, ...hold.ids, ...paused.ids, single.id];
    await send(sql, all, { to: "unknown" });
    expect(await settleUnknown(sql, input)).toEqual({ resent: 0 });
    for (const id of all) await age(sql, id, "sending_at", 120_000);
    await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
    expect(await settleUnknown(sql, { ...input, limit: 2 })).toEqual({ resent: 2 });
    expect(await settleUnknown(sql, input)).toEqual({ resent: 2 });
    expect((await listUnknown(sql, { limit: 10 })).map(({ id }) => id)).toEqual([...hold.ids, single.id]);
  });

  test("resends nothing that the carrier can still be asked about, before it was", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1, { onUnknown: "resend" });
    await send(sql, ids, { to: "unknown", nextCheckInMs: 0 });
    await age(sql, ids[0] ?? "", "sending_at", 120_000);
    expect(await settleUnknown(sql, input)).toEqual({ resent: 0 });
    await takeDueChecks(sql, { route, limit: 1, leaseMs: 60_000 });
    expect(await settleUnknown(sql, input)).toEqual({ resent: 1 });
    expect(await message(sql, ids[0])).toMatchObject({ state: "queued", nextCheckAt: null });
  });

  test("resends single messages where the route says so, and never a campaign's that said otherwise", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const hold = await givenRunning(sql, 1);
    const single = await givenSingle(sql);
    const elsewhere = await givenSingle(sql, { route: "another-route" });
    const all = [...hold.ids, single.id];
    await send(sql, all, { to: "unknown" });
    const { claim: token, worker } = await claim(sql, [elsewhere.id], { route: "another-route" });
    await recordOutcomes(sql, { worker, results: [resultFor(elsewhere.id, token, { to: "unknown" })] });
    for (const id of [...all, elsewhere.id]) await age(sql, id, "sending_at", 120_000);
    expect(await settleUnknown(sql, { ...input, policy: "resend" })).toEqual({ resent: 1 });
    expect(await message(sql, single.id)).toMatchObject({
      state: "queued",
      reason: "sent again by the policy of the route",
    });
    expect((await listUnknown(sql, { limit: 10 })).map(({ id }) => id)).toEqual([...hold.ids, elsewhere.id]);
  });
});
