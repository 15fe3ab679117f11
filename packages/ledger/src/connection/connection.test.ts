import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as pass } from "node:timers/promises";
import { createDatabase, startPostgres, startRelay } from "@hikyaku/testkit";
import { validate, version } from "uuid";
import { describe, expect, test } from "vitest";
import { openTestLedger } from "../../test/test-ledger.ts";
import { connectLedger, migrate, newId, schemaVersion } from "../index.ts";

const migrations = (await readdir(new URL("../../migrations/", import.meta.url))).sort();
const newest = Number.parseInt(migrations.at(-1) ?? "", 10);

describe("migrate", () => {
  test("called by many processes at once is done by one", async () => {
    await using database = await createDatabase();
    const all = await Promise.all(Array.from({ length: 6 }, () => migrate(database.url)));
    expect(all.flatMap(({ applied }) => applied)).toEqual(migrations);
    expect(new Set(all.map(({ version }) => version))).toEqual(new Set([newest]));
  });

  test("tells a database without a schema from a current one", async () => {
    await using database = await createDatabase();
    const ledger = connectLedger(database.url, { max: 1 });
    try {
      expect(await schemaVersion(ledger.sql)).toEqual({ current: 0, expected: newest });
      await migrate(database.url);
      expect(await schemaVersion(ledger.sql)).toEqual({ current: newest, expected: newest });
    } finally {
      await ledger.close();
    }
  });

  test("by an older program leaves a newer schema as it is", async () => {
    await using database = await createDatabase();
    const { version } = await migrate(database.url);
    const ledger = connectLedger(database.url, { max: 1 });
    try {
      const newer = { version: version + 1, name: "of-a-newer-version", md5: "x", run_at: new Date() };
      await ledger.sql`insert into schema_version ${ledger.sql(newer)}`;
      expect(await migrate(database.url)).toEqual({ applied: [], version: version + 1 });
      expect(await ledger.sql`select from pg_class where relname = 'campaign'`).toHaveLength(1);
      expect(await schemaVersion(ledger.sql)).toEqual({ current: version + 1, expected: version });
    } finally {
      await ledger.close();
    }
  });

  test("that fails leaves nothing behind", async () => {
    await using database = await createDatabase();
    const ledger = connectLedger(database.url, { max: 1 });
    try {
      // The schema ends with functions; this one is in the way of the last of them.
      await ledger.sql`create function count_deleted_messages() returns integer language sql return 1`;
      await expect(migrate(database.url)).rejects.toThrow();
      expect(await ledger.sql`select from pg_class where relname = 'campaign'`).toHaveLength(0);
      await ledger.sql`drop function count_deleted_messages`;
      expect((await migrate(database.url)).version).toBe(newest);
    } finally {
      await ledger.close();
    }
  });
});

describe("connectLedger", () => {
  test("counts come back as numbers, columns in camelCase, JSON untouched", async () => {
    await using ledger = await openTestLedger();
    const [row] = await ledger.sql`select count(*) as row_count, '{"some_key": {"an_other": 1}}'::jsonb as some_json`;
    expect(row).toEqual({ rowCount: 1, someJson: { some_key: { an_other: 1 } } });
  });

  test("the connection names itself and plans once for all", async () => {
    await using ledger = await openTestLedger();
    const named = connectLedger(ledger.url, { max: 1, applicationName: "hikyaku test" });
    try {
      const [row] = await named.sql`
        select current_setting('application_name') as name, current_setting('plan_cache_mode') as plans,
               current_setting('enable_seqscan') as scans, current_setting('jit') as jit`;
      expect(row).toEqual({ name: "hikyaku test", plans: "force_generic_plan", scans: "off", jit: "off" });
    } finally {
      await named.close();
    }
  });

  test("a server that is not there is an error soon, not a wait", async () => {
    const nowhere = connectLedger("postgres://user@127.0.0.1:1/none", { max: 1 });
    await expect(nowhere.sql`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await nowhere.close();
  });

  test("a lost connection is replaced at the next statement", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger.connect({ max: 1 });
    const [{ pid }] = await sql<[{ pid: number }]>`select pg_backend_pid() as pid`;
    await ledger.sql`select pg_terminate_backend(${pid})`;
    await expect.poll(() => sql`select 1 as one`.catch(() => null), { timeout: 10_000 }).toMatchObject([{ one: 1 }]);
  });
});

test("a statement that follows at once on one whose connection was reset is settled, too", async () => {
  await using database = await createDatabase();
  await using relay = await startRelay(database.url);
  const ledger = connectLedger(relay.url, { max: 1 });
  try {
    for (let rounds = 0; rounds < 5; rounds += 1) {
      expect(await ledger.sql`select 1 as one`).toEqual([{ one: 1 }]);
      const cut = ledger.sql`select pg_sleep(60)`.execute();
      const next = cut.catch(() => ledger.sql`select 2 as two`);
      await pass(20);
      expect(relay.cut()).toBe(1);
      await expect(cut).rejects.toMatchObject({ code: "ECONNRESET" });
      // There is no connection yet; what counts is that it hears of it.
      await next.catch((error) => expect(error).toMatchObject({ code: "CONNECTION_CLOSED" }));
    }
  } finally {
    await ledger.close();
  }
});

test("a server that takes connections only to close them is tried some times a second", async () => {
  let taken = 0;
  const closing = createServer((client) => {
    taken += 1;
    client.on("error", () => {});
    client.end();
  });
  await once(closing.listen(0, "127.0.0.1"), "listening");
  const ledger = connectLedger(`postgres://user@127.0.0.1:${(closing.address() as AddressInfo).port}/none`, { max: 3 });
  const statements = [1, 2, 3].map(() => ledger.sql`select 1`.catch(() => {}));
  try {
    await expect.poll(() => taken, { timeout: 10_000 }).toBeGreaterThan(6);
    const begun = performance.now();
    const before = taken;
    await expect.poll(() => taken, { timeout: 20_000 }).toBeGreaterThan(before + 20);
    // Three connections, each after a quarter of a second at least: twenty within a second and more.
    expect(performance.now() - begun).toBeGreaterThan(1_000);
  } finally {
    await ledger.close();
    closing.close();
    await Promise.all(statements);
  }
}, 40_000);

test("a server that was away is reached as soon as it is back, however often it was tried meanwhile", async () => {
  await using server = await startPostgres();
  const ledger = connectLedger(server.url);
  try {
    // As many connections as there may be, so that their attempts are counted together.
    const outage = new AbortController();
    const lines = Array.from({ length: 10 }, async () => {
      let refusals = 0;
      while (!outage.signal.aborted) await ledger.sql`select pg_sleep(0.001)`.catch(() => (refusals += 1));
      return refusals;
    });
    await server.kill();
    await pass(5_000);
    outage.abort();
    for (const refusals of await Promise.all(lines)) expect(refusals).toBeGreaterThan(3);
    await server.restart();
    const begun = performance.now();
    // The attempt that was under way may still be refused.
    await expect
      .poll(() => ledger.sql`select 1 as one`.catch(() => null), { timeout: 30_000 })
      .toMatchObject([{ one: 1 }]);
    expect(performance.now() - begun).toBeLessThan(1_500);
  } finally {
    await ledger.close();
  }
}, 60_000);

describe("newId", () => {
  test("gives UUIDs of version 7 that always increase, also in one millisecond and when the clock goes back", () => {
    const now = Date.now();
    const clock = [now, now, now, now + 1, now - 5_000, now + 1, now + 2];
    const ids = clock.flatMap((ms) => Array.from({ length: 2_000 }, () => newId(new Date(ms))));
    ids.push(...Array.from({ length: 2_000 }, () => newId()));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids.slice(0, 100)) expect([validate(id), version(id)]).toEqual([true, 7]);
  });

  test("carries the time it was made", () => {
    const later = new Date(Date.now() + 60_000);
    expect(Number.parseInt(newId(later).replaceAll("-", "").slice(0, 12), 16)).toBe(later.getTime());
  });
});
