import { expect, test } from "vitest";
import { givenRunning, givenSingle, messages, recipientOf, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { endReservation, listAudit, type Sql } from "../index.ts";

const cancelled = { route, reserveId: "R1", rawStatus: "CANCELED", reason: "taken back" };
const by = { actor: "cli:sato@desk", wasCancelled: false };
const reservedAt = new Date(Date.now() + 3_600_000);

/** Accepted in the reservation R1. */
const reserve = (sql: Sql, ids: readonly string[]) =>
  send(sql, ids, { to: "accepted", providerMessageId: null, providerOrderId: "R1", reservedAt });

test("what a reservation held ends as revoked, and the audit says so for each campaign and for single messages", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const two = await givenRunning(sql, 2);
  const one = await givenRunning(sql, 1, { from: 11 });
  const single = await givenSingle(sql, { recipient: recipientOf(20) });
  for (const ids of [two.ids, one.ids, [single.id]]) await reserve(sql, ids);

  expect(await endReservation(sql, { ...cancelled, by })).toBe(4);

  expect(new Set((await messages(sql, [...two.ids, ...one.ids, single.id])).map(({ state }) => state))).toEqual(
    new Set(["revoked"]),
  );
  const noted = await listAudit(sql, { limit: 9 });
  const entry = { actor: by.actor, action: "cancel-reservation", route, rule: null, reason: "", recipient: null };
  const details = (count: number) => ({ reserveId: "R1", messages: count, wasCancelled: false });
  expect(noted).toHaveLength(3);
  expect(noted).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ...entry, campaignId: two.campaignId, messageId: null, details: details(2) }),
      expect.objectContaining({ ...entry, campaignId: one.campaignId, messageId: null, details: details(1) }),
      expect.objectContaining({ ...entry, campaignId: null, messageId: single.id, details: details(1) }),
    ]),
  );
});

test("a reservation that held none of ours stands in the audit once; one that had been cancelled does not again", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  expect(await endReservation(sql, { ...cancelled, by })).toBe(0);
  expect(await endReservation(sql, { ...cancelled, by: { ...by, wasCancelled: true } })).toBe(0);
  expect(await listAudit(sql, { limit: 9 })).toMatchObject([
    { campaignId: null, messageId: null, details: { reserveId: "R1", messages: 0, wasCancelled: false } },
  ]);
});

test("nobody's decision stands in no audit", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 2);
  await reserve(sql, ids);
  expect(await endReservation(sql, cancelled)).toBe(2);
  expect(await listAudit(sql, { limit: 9 })).toEqual([]);
});
