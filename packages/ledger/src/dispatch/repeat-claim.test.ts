import { describe, expect, test } from "vitest";
import { claim, givenRunning, message, messages, recipientOf, resultFor, send } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  campaignCounts,
  cancelCampaign,
  countRows,
  pauseCampaign,
  reapInFlight,
  recordOutcomes,
} from "../index.ts";

const limits = { deadAfterMs: 5_000, longestAttemptMs: 60_000, limit: 100 };

/** Its worker fell silent for a while, e.g. because PostgreSQL was away, and the reaper came first. */
async function reap(sql: TestLedger["sql"], worker: string): Promise<number> {
  await sql`update worker set heartbeat_at = now() - interval '10 seconds' where id = ${worker}`;
  const { unknown } = await reapInFlight(sql, limits);
  await sql`update worker set heartbeat_at = now() where id = ${worker}`;
  return unknown.length;
}

describe("a claim repeated with its own token", () => {
  test("works although the reaper has put its messages in doubt meanwhile, and is watched over again", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 2);
    const first = await claim(sql, ids);
    expect(await reap(sql, first.worker)).toBe(2);
    const again = await claim(sql, ids, { claim: first.claim, worker: first.worker });
    expect(again.claimed.map(({ attempt }) => attempt)).toEqual([1, 1]);
    for (const found of await messages(sql, ids)) {
      expect(found).toMatchObject({ state: "sending", unknownAt: null, reason: null, attempts: 1, claim: first.claim });
    }
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
    expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
    expect(await reap(sql, first.worker)).toBe(2);
  });

  test("takes none back that were put in doubt under another token", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    const { worker } = await claim(sql, ids);
    await reap(sql, worker);
    expect((await claim(sql, ids, { worker })).claimed).toEqual([]);
    for (const found of await messages(sql, ids)) expect(found.state).toBe("unknown");
  });

  test("begins its time anew, so that the reaper does not take it for an old one", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    const first = await claim(sql, ids);
    await sql`update claim set claimed_at = now() - interval '2 minutes'`;
    await claim(sql, ids, { claim: first.claim, worker: first.worker });
    expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
  });

  test("that takes more than it did the first time is watched over for all of them", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 3);
    const first = await claim(sql, ids.slice(0, 1));
    await claim(sql, ids, { claim: first.claim, worker: first.worker });
    const results = ids.slice(1, 2).map((id) => resultFor(id, first.claim, { to: "accepted" }));
    await recordOutcomes(sql, { worker: first.worker, results });
    expect(await reap(sql, first.worker)).toBe(2);
    expect((await messages(sql, ids)).map(({ state }) => state)).toEqual(["unknown", "accepted", "unknown"]);
  });

  test("that arrives again after its messages were given back takes nothing", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    const first = await claim(sql, ids);
    await recordOutcomes(sql, {
      worker: first.worker,
      results: ids.map((id) => resultFor(id, first.claim, { to: "queued" })),
    });
    expect((await claim(sql, ids, { claim: first.claim, worker: first.worker })).claimed).toEqual([]);
    expect((await claim(sql, ids, { worker: first.worker })).claimed).toHaveLength(1);
  });
});

describe("a claim of suppressed messages", () => {
  test("leaves those of a campaign that does not run: what its cancel answered stays true", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const cancelled = await givenRunning(sql, 3);
    const paused = await givenRunning(sql, 1);
    await addSuppression(sql, { recipient: recipientOf(1) });
    expect(await cancelCampaign(sql, cancelled)).toMatchObject({ stopped: 3 });
    await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
    await claim(sql, [...cancelled.ids, ...paused.ids]);
    expect(await cancelCampaign(sql, cancelled)).toMatchObject({ sent: 0, inFlight: 0, stopped: 3 });
    expect((await message(sql, paused.ids[0])).state).toBe("queued");
  });

  test("still ends one of a running campaign that waits for a retry", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "queued", dueInMs: 60_000 });
    await addSuppression(sql, { recipient: recipientOf(1) });
    await claim(sql, ids);
    expect(await message(sql, ids[0])).toMatchObject({ state: "suppressed", dueAt: null });
  });
});
