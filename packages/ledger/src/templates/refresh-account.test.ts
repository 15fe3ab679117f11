import { expect, test } from "vitest";
import { route } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  askRefresh,
  findAccount,
  findTemplate,
  listChannels,
  listTemplates,
  noteAccountError,
  recordAccount,
  takeAccountRefresh,
} from "../index.ts";

const take = { route, everyMs: 60_000, leaseMs: 60_000 };
const order = { code: "ORDER01", state: "COMPLETE", template: { content: "#{name}" } };

test("an account is read by one of many at a time, again when asked, and after its time", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await Promise.all(Array.from({ length: 8 }, () => takeAccountRefresh(sql, take)));
  expect(first.filter(Boolean)).toHaveLength(1);
  await askRefresh(sql, { route });
  expect(await takeAccountRefresh(sql, take)).toBe(false);
  await recordAccount(sql, { route, templates: [order], channels: [] });
  // It was asked for after that attempt had begun.
  expect(await takeAccountRefresh(sql, take)).toBe(true);
  await recordAccount(sql, { route, templates: [order], channels: [] });
  expect(await takeAccountRefresh(sql, take)).toBe(false);
  expect(await takeAccountRefresh(sql, { ...take, everyMs: 0 })).toBe(true);
});

test("who died while reading is followed by another after the lease", async () => {
  await using ledger = await openTestLedger();
  expect(await takeAccountRefresh(ledger.sql, { ...take, leaseMs: 0 })).toBe(true);
  expect(await takeAccountRefresh(ledger.sql, { ...take, everyMs: 0 })).toBe(true);
});

test("what was read replaces what was known and says what is new", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  const channels = [{ id: "@demo_shop", channel: { channelName: "Demo\0" } }];
  const kept = { code: "KEPT", state: "COMPLETE", template: { content: "a" } };
  const old = { code: "OLD", state: "REJECT", template: { content: "b" } };
  const first = await recordAccount(sql, { route, templates: [kept, old, { ...order, state: "INSPECT" }], channels });
  expect(first).toEqual({ added: ["KEPT", "OLD", "ORDER01"], moved: [], changed: [], removed: [] });
  const before = await findTemplate(sql, { route, code: "KEPT" });
  const second = await recordAccount(sql, { route, templates: [kept, order, { ...order, code: "NEW" }], channels: [] });
  expect(second).toEqual({
    added: ["NEW"],
    moved: [{ code: "ORDER01", from: "INSPECT", to: "COMPLETE" }],
    changed: [],
    removed: ["OLD"],
  });
  expect(await findTemplate(sql, { route, code: "KEPT" })).toEqual(before);
  const third = await recordAccount(sql, { route, templates: [{ ...order, template: { content: "c" } }], channels });
  expect(third).toMatchObject({ changed: ["ORDER01"], removed: expect.arrayContaining(["KEPT", "NEW"]) });
  expect(await listTemplates(sql, { route, state: "COMPLETE" })).toMatchObject([
    { code: "ORDER01", template: { content: "c" } },
  ]);
  expect(await listTemplates(sql, { route: "another" })).toEqual([]);
  expect(await listChannels(sql)).toEqual([{ route, id: "@demo_shop", channel: { channelName: "Demo�" } }]);
});

test("an account that can't be read keeps what is known and says why", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await takeAccountRefresh(sql, take);
  await recordAccount(sql, { route, templates: [order], channels: [] });
  const read = await findAccount(sql, { route });
  await noteAccountError(sql, { route, error: "HTTP 401" });
  expect(await findAccount(sql, { route })).toEqual({ ...read, error: "HTTP 401" });
  expect(await listTemplates(sql)).toHaveLength(1);
  await takeAccountRefresh(sql, { ...take, everyMs: 0 });
  await recordAccount(sql, { route, templates: [], channels: [] });
  expect(await findAccount(sql, { route })).toMatchObject({ error: null });
  expect(await listTemplates(sql)).toEqual([]);
});
