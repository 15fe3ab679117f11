import { expect, test } from "vitest";
import { claim, givenRunning, givenWorker, message, resultFor } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { beat, forgetWorkers, reapInFlight, recordOutcomes, registerWorker } from "../index.ts";

const limits = { deadAfterMs: 5_000, longestAttemptMs: 60_000, limit: 100 };

test("workers silent for a week are forgotten, and one that comes back has to register again", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const [living, silent, gone] = [await givenWorker(sql), await givenWorker(sql), await givenWorker(sql)];
  await sql`update worker set heartbeat_at = now() - interval '6 days' where id = ${silent}`;
  await sql`update worker set heartbeat_at = now() - interval '8 days' where id = ${gone}`;
  expect(await forgetWorkers(sql)).toBe(1);
  expect(await forgetWorkers(sql)).toBe(0);
  expect([await beat(sql, { id: living }), await beat(sql, { id: silent }), await beat(sql, { id: gone })]).toEqual([
    true,
    true,
    false,
  ]);
  await registerWorker(sql, { id: gone, kind: "sender", host: "localhost", pid: 1 });
  expect(await beat(sql, { id: gone })).toBe(true);
});

test("a claim recorded piece by piece is forgotten as soon as nothing of it is in flight, not only when it is too old", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 4);
  const [first = "", second = "", third = "", fourth = ""] = ids;
  const done = await claim(sql, [first, second]);
  const open = await claim(sql, [third, fourth]);
  const record = async (id: string, { claim: token, worker }: typeof done) =>
    recordOutcomes(sql, { worker, results: [resultFor(id, token, { to: "accepted" })] });
  await record(first, done);
  await record(second, done);
  await record(third, open);
  const left = async () => (await sql<{ id: string }[]>`select id from claim order by id`).map(({ id }) => id);

  expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
  expect(await left()).toEqual([done.claim, open.claim].sort());
  await sql`update claim set claimed_at = now() - interval '11 seconds'`;
  expect(await reapInFlight(sql, limits)).toEqual({ unknown: [] });
  expect(await left()).toEqual([open.claim]);
  expect((await message(sql, fourth)).state).toBe("sending");
});
