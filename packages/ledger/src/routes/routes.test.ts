import { describe, expect, test } from "vitest";
import { route } from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { findRoute, holdRoute, listRoutes, publishRoutes, releaseRoute, takeProbe } from "../index.ts";

async function givenRoute(sql: TestLedger["sql"]): Promise<void> {
  await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {} }]);
}

const hold = { route, cause: "credentials", reason: "HTTP 401", probeInMs: 60_000 } as const;

test("routes are published, listed by name, and published anew without losing a hold", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await publishRoutes(sql, [
    { name: "b", provider: "sens", settings: { limit: 1 }, onUnknown: "resend" },
    { name: "a", provider: "kddi", settings: { sender_number: "0312345678" } },
  ]);
  await holdRoute(sql, { ...hold, route: "a" });
  await publishRoutes(sql, [{ name: "a", provider: "kddi", settings: { sender_number: "0398765432" } }]);
  const routes = await listRoutes(sql);
  expect(routes.map(({ name, provider }) => [name, provider])).toEqual([
    ["a", "kddi"],
    ["b", "sens"],
  ]);
  expect(routes[0]).toMatchObject({ settings: { sender_number: "0398765432" }, heldCause: "credentials" });
  expect(routes[0]?.onUnknown).toBe("hold");
  expect(await findRoute(sql, "b")).toEqual({
    name: "b",
    provider: "sens",
    settings: { limit: 1 },
    onUnknown: "resend",
    classRules: {},
    account: null,
    heldCause: null,
    heldReason: null,
    heldAt: null,
    probeAt: null,
    probeCount: 0,
  });
  expect(await findRoute(sql, "none")).toBeNull();
  await publishRoutes(sql, []);
});

describe("a hold", () => {
  test("is new once, keeps its beginning, and puts the probe off each time", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await givenRoute(sql);
    expect(await holdRoute(sql, { ...hold, probeInMs: 1_000 })).toBe(true);
    const first = await findRoute(sql, route);
    expect(await holdRoute(sql, { ...hold, cause: "forbidden", reason: "HTTP 403" })).toBe(false);
    const second = await findRoute(sql, route);
    expect(second).toMatchObject({
      heldAt: first?.heldAt,
      heldCause: "forbidden",
      heldReason: "HTTP 403",
      probeCount: 1,
    });
    expect(second?.probeAt?.getTime()).toBeGreaterThan((first?.probeAt?.getTime() ?? 0) + 50_000);
    expect(await releaseRoute(sql, { route })).toBe(true);
    expect(await releaseRoute(sql, { route })).toBe(false);
    expect(await findRoute(sql, route)).toMatchObject({ heldAt: null, heldCause: null, probeAt: null, probeCount: 0 });
    expect(await holdRoute(sql, { ...hold, route: "none" })).toBe(false);
  });

  test("by many senders at once is new for one of them", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await givenRoute(sql);
    const all = await Promise.all(Array.from({ length: 8 }, () => holdRoute(sql, hold)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  test("is probed by exactly one, when it is due", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await givenRoute(sql);
    expect(await takeProbe(sql, { route, nextProbeInMs: 60_000 })).toBe(false);
    await holdRoute(sql, hold);
    expect(await takeProbe(sql, { route, nextProbeInMs: 60_000 })).toBe(false);
    await holdRoute(sql, { ...hold, probeInMs: 0 });
    const probes = await Promise.all(Array.from({ length: 8 }, () => takeProbe(sql, { route, nextProbeInMs: 60_000 })));
    expect(probes.filter(Boolean)).toHaveLength(1);
  });

  test("is left to those that come first, until it is overdue", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await givenRoute(sql);
    await holdRoute(sql, { ...hold, probeInMs: 0 });
    const second = { route, nextProbeInMs: 60_000, overdueMs: 5_000 };
    expect(await takeProbe(sql, second)).toBe(false);
    await sql`update route set probe_at = probe_at - interval '6 seconds'`;
    expect(await takeProbe(sql, second)).toBe(true);
    expect(await takeProbe(sql, second)).toBe(false);
  });

  test("by an operator stays the operator's and is never probed", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    await givenRoute(sql);
    await holdRoute(sql, hold);
    await holdRoute(sql, { ...hold, cause: "operator", reason: "maintenance", probeInMs: 0 });
    await holdRoute(sql, { ...hold, probeInMs: 0 });
    expect(await findRoute(sql, route)).toMatchObject({ heldCause: "operator", heldReason: "maintenance" });
    expect(await takeProbe(sql, { route, nextProbeInMs: 1_000 })).toBe(false);
  });
});
