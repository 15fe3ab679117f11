import { waitFor } from "@hikyaku/testkit";
import { expect, test } from "vitest";
import { route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { awaitRefresh, findAccount, noteAccountError, recordAccount, takeAccountRefresh } from "../index.ts";

const take = { route, everyMs: 3_600_000, leaseMs: 60_000 };
const nothing = { route, templates: [], channels: [] };

type Sql = Parameters<typeof awaitRefresh>[0];

const isAsked = async (sql: Sql) => (await findAccount(sql, { route }))?.askedAt != null;

test("what was begun before is not what was asked for, even when it ends later", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const waiter = ledger.connect({ max: 1 });
  const [{ pid } = { pid: 0 }] = await waiter.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const look = async () => {
    const [{ now } = { now: new Date() }] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
    const hasLooked = async () =>
      (await sql`select from pg_stat_activity where pid = ${pid} and state = 'idle' and query_start > ${now}`).count >
      0;
    await waitFor(hasLooked, { what: "a look at the account" });
  };
  await takeAccountRefresh(sql, take);
  let freshness: string | undefined;
  const waiting = awaitRefresh(waiter.sql, { route, patienceMs: 60_000 }).then((answer) => {
    freshness = answer;
  });
  await waitFor(() => isAsked(sql), { what: "the question" });
  await recordAccount(sql, nothing);
  expect(await takeAccountRefresh(sql, take)).toBe(true);
  await look();
  await look();
  expect(freshness).toBeUndefined();
  await recordAccount(sql, nothing);
  await waiting;
  expect(freshness).toBe("fresh");
});

test("ends when the carrier refuses, when nobody reads it in time, and when the person has enough", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  expect(await awaitRefresh(sql, { route, patienceMs: 200 })).toBe("unread");
  const refused = awaitRefresh(sql, { route, patienceMs: 60_000 });
  await waitFor(() => takeAccountRefresh(sql, take), { what: "the question" });
  await noteAccountError(sql, { route, error: "HTTP 500" });
  expect(await refused).toBe("unread");
  expect(await awaitRefresh(sql, { route, patienceMs: 60_000, signal: AbortSignal.timeout(100) })).toBe("unread");
});
