import { describe, expect, test } from "vitest";
import {
  claim,
  givenRunning,
  givenSingle,
  givenWorker,
  message,
  messages,
  resultFor,
  route,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  beat,
  campaignCounts,
  countRows,
  messageHistory,
  newId,
  reapInFlight,
  recordOutcomes,
  registerWorker,
  stopWorker,
} from "../index.ts";

const limits = { deadAfterMs: 5_000, longestAttemptMs: 60_000, limit: 100 };

describe("what was in flight", () => {
  test("of a worker that lives is left alone", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 3);
    await claim(ledger.sql, ids);
    expect(await reapInFlight(ledger.sql, limits)).toEqual({ unknown: [] });
    for (const found of await messages(ledger.sql, ids)) expect(found.state).toBe("sending");
  });

  test("of a worker that beats no more becomes unknown, noted and counted, while another's goes on", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 6);
    const single = await givenSingle(sql);
    const dead = await claim(sql, [...ids.slice(0, 3), single.id]);
    await claim(sql, ids.slice(3, 5));
    await recordOutcomes(sql, {
      worker: dead.worker,
      results: [resultFor(ids[0] ?? "", dead.claim, { to: "accepted" })],
    });
    await sql`update worker set heartbeat_at = now() - interval '6 seconds' where id = ${dead.worker}`;

    const { unknown } = await reapInFlight(sql, limits);
    expect([...unknown].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual([
      { id: ids[1], campaignId, route },
      { id: ids[2], campaignId, route },
      { id: single.id, campaignId: null, route },
    ]);
    expect(await message(sql, ids[1])).toMatchObject({
      state: "unknown",
      reason: "worker died with the message in flight",
      unknownAt: expect.any(Date),
      attempts: 1,
    });
    const states = (await messages(sql, ids)).map(({ state }) => state);
    expect(states).toEqual(["accepted", "unknown", "unknown", "sending", "sending", "queued"]);
    const noted = (await messageHistory(sql, { id: ids[1] ?? "" })).find(({ what }) => what === "attempt");
    expect(noted?.detail).toBe("attempt 1, unknown, worker died with the message in flight");
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
    expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
  });

  test("of a worker that stopped, or that nobody knows, becomes unknown at once", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    const { worker } = await claim(sql, ids.slice(0, 1));
    await claim(sql, ids.slice(1), { worker: newId() });
    await stopWorker(sql, { id: worker });
    expect((await reapInFlight(sql, limits)).unknown).toHaveLength(2);
  });

  test("for longer than an attempt can take becomes unknown though its worker lives", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    const old = await claim(sql, ids.slice(0, 1));
    await sql`update claim set claimed_at = now() - interval '61 seconds' where id = ${old.claim}`;
    await claim(sql, ids.slice(1));
    expect((await reapInFlight(sql, limits)).unknown.map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect((await message(sql, ids[0])).reason).toBe("no answer within the longest attempt");
  });

  test("is found claim by claim when there are many, and each once by many reapers", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 60);
    const worker = await givenWorker(sql);
    for (let index = 0; index < 60; index += 3) await claim(sql, ids.slice(index, index + 3), { worker });
    await stopWorker(sql, { id: worker });
    const reaped: string[] = [];
    await Promise.all(
      Array.from({ length: 4 }, async () => {
        for (;;) {
          const { unknown } = await reapInFlight(sql, { ...limits, limit: 2 });
          if (unknown.length === 0) return;
          reaped.push(...unknown.map(({ id }) => id));
        }
      }),
    );
    expect(reaped.sort()).toEqual(ids);
  });
});

test("claims recorded piece by piece are forgotten in the end, without touching a message", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 2);
  const { claim: token, worker } = await claim(sql, ids);
  for (const id of ids) await recordOutcomes(sql, { worker, results: [resultFor(id, token, { to: "accepted" })] });
  const before = await messages(sql, ids);
  await sql`update claim set claimed_at = now() - interval '1 hour'`;
  expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
  expect(await sql`select id from claim`).toHaveLength(0);
  expect(await messages(sql, ids)).toEqual(before);
});

test("a worker beats until it is stopped, and may register anew", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const id = await givenWorker(sql);
  await sql`update worker set heartbeat_at = now() - interval '1 hour'`;
  expect(await beat(sql, { id })).toBe(true);
  const [worker] = await sql`select heartbeat_at > now() - interval '1 minute' as is_fresh, stopped_at from worker`;
  expect(worker).toEqual({ isFresh: true, stoppedAt: null });
  await stopWorker(sql, { id });
  expect(await beat(sql, { id })).toBe(false);
  expect(await beat(sql, { id: newId() })).toBe(false);
  await registerWorker(sql, { id, kind: "sender", host: "localhost", pid: 1 });
  expect(await beat(sql, { id })).toBe(true);
});

test("where the carrier can be asked, what is in doubt is owed a look-up at once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  const { worker } = await claim(sql, ids);
  await stopWorker(sql, { id: worker });
  await reapInFlight(sql, { ...limits, lookUpRoutes: ["another-route", route] });
  expect(await message(sql, ids[0])).toMatchObject({ state: "unknown", nextCheckAt: expect.any(Date) });
});
