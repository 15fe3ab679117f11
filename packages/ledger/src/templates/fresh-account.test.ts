import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { findAccount, freshAccount, noteAccountError, recordAccount, takeAccountRefresh } from "../index.ts";

const take = { route, everyMs: 3_600_000, leaseMs: 60_000 };
const nothing = { route, templates: [], channels: [] };

test("a copy from before is read again, once, and is fresh when that has ended", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  await recordAccount(sql, nothing);
  const [{ now: since } = { now: new Date() }] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  // Read before, at the latest in the millisecond before.
  await sql`update carrier_account set tried_at = tried_at - interval '1 second'`;
  const look = () => freshAccount(sql, { route, since, patienceMs: 60_000 });
  expect([await look(), await look()]).toEqual(["asking", "asking"]);
  expect(await takeAccountRefresh(sql, take)).toBe(true);
  expect(await look()).toBe("asking");
  await recordAccount(sql, nothing);
  expect(await look()).toBe("fresh");
  expect(await takeAccountRefresh(sql, take)).toBe(false);
});

test("of those that ask at the same time, one has it read", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  await recordAccount(sql, nothing);
  const since = new Date(Date.now() + 1_000);
  const look = () => freshAccount(sql, { route, since, patienceMs: 60_000 });
  // Another process has asked by then, and the copy is being read already.
  const readAt = new Date(since.getTime() + 2_000);
  const answers = sql.begin(async (other) => {
    await other`
      update carrier_account set asked_at = ${since}, tried_at = ${readAt}, taken_until = now() + interval '1 minute'`;
    const late = look();
    const isWaiting = async () =>
      (await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).count >
      0;
    await waitFor(isWaiting, { what: "the late one to wait for the row" });
    return { late };
  });
  expect(await (await answers).late).toBe("asking");
  expect(await findAccount(sql, { route })).toMatchObject({ askedAt: since, triedAt: readAt });
});

test("what is being read for somebody else already, but late enough, is not asked for again", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  const asked = new Date(Date.now() - 5_000);
  const since = new Date(Date.now() - 2_000);
  await sql`update carrier_account set asked_at = ${asked}`;
  const look = (patienceMs = 60_000) => freshAccount(sql, { route, since, patienceMs });
  expect(await look()).toBe("asking");
  expect(await look(0)).toBe("unread");
  expect((await findAccount(sql, { route }))?.askedAt).toEqual(asked);
  await recordAccount(sql, nothing);
  expect(await look()).toBe("fresh");
});

test("what was being read by a process that died is asked for again", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, { ...take, leaseMs: 0 });
  const asked = new Date(Date.now() - 5_000);
  await sql`update carrier_account set asked_at = ${asked}`;
  expect(await freshAccount(sql, { route, since: new Date(Date.now() - 2_000), patienceMs: 60_000 })).toBe("asking");
  expect((await findAccount(sql, { route }))?.askedAt?.getTime()).toBeGreaterThan(asked.getTime());
});

test("a carrier that gives no answer is not waited for any longer, an earlier fault says nothing", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  await noteAccountError(sql, { route, error: "HTTP 500" });
  await sql`update carrier_account set tried_at = tried_at - interval '1 second'`;
  const since = (await findAccount(sql, { route }))?.triedAt ?? new Date();
  const look = () => freshAccount(sql, { route, since: new Date(since.getTime() + 500), patienceMs: 60_000 });
  expect(await look()).toBe("asking");
  expect(await takeAccountRefresh(sql, take)).toBe(true);
  expect(await look()).toBe("asking");
  await noteAccountError(sql, { route, error: "HTTP 500" });
  expect(await look()).toBe("unread");
});

test("where nobody reads it, it is waited for so long, and asked for again a minute later", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const since = new Date(Date.now() - 86_400_000);
  const look = () => freshAccount(sql, { route, since, patienceMs: 30_000 });
  expect(await look()).toBe("asking");
  await sql`update carrier_account set asked_at = now() - interval '29 seconds'`;
  expect(await look()).toBe("asking");
  await sql`update carrier_account set asked_at = now() - interval '31 seconds'`;
  expect(await look()).toBe("unread");
  await sql`update carrier_account set asked_at = now() - interval '61 seconds'`;
  expect(await look()).toBe("asking");
  expect((await findAccount(sql, { route }))?.askedAt?.getTime()).toBeGreaterThan(Date.now() - 30_000);
});

test("what was read a minute ago is read again, however long ago the start was", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  await recordAccount(sql, nothing);
  const look = () => freshAccount(sql, { route, since: new Date(0), patienceMs: 30_000 });
  expect(await look()).toBe("fresh");
  await sql`
    update carrier_account set
      tried_at = tried_at - interval '61 seconds', refreshed_at = refreshed_at - interval '61 seconds'`;
  expect(await look()).toBe("asking");
});
