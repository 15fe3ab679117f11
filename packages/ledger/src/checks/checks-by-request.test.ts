import { expect, test } from "vitest";
import {
  age,
  claim,
  givenRunning,
  givenSingle,
  message,
  recipientOf,
  resultFor,
  route,
  send,
} from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { loadLookUps, newId, putOffChecks, recordCarrierLegs, recordOutcomes, takeDueChecks } from "../index.ts";

const take = { route, leaseMs: 60_000, perCall: 100 };

/** Messages that went out in one request and owe a check. */
async function givenRequest(sql: TestLedger["sql"], providerOrderId: string, ids: readonly string[]): Promise<void> {
  await send(sql, ids, { to: "accepted", providerOrderId, channel: "alimtalk", nextCheckInMs: 0 });
}

test("the messages of one request are taken together, as many requests as may be asked about", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 9);
  await givenRequest(sql, "R1", ids.slice(0, 3));
  await givenRequest(sql, "R2", ids.slice(3, 6));
  await givenRequest(sql, "R3", ids.slice(6));
  for (const id of ids.slice(3, 6)) await age(sql, id, "next_check_at", 60_000);

  const first = await takeDueChecks(sql, { ...take, limit: 1 });
  expect(first.map(({ id }) => id).sort()).toEqual(ids.slice(3, 6));
  const rest = await takeDueChecks(sql, { ...take, limit: 5 });
  expect(new Set(rest.map(({ providerOrderId }) => providerOrderId))).toEqual(new Set(["R1", "R3"]));
  expect(rest).toHaveLength(6);
  expect(await takeDueChecks(sql, { ...take, limit: 5 })).toEqual([]);
});

test("one that is due in a moment is taken with its request, one that is due later is not", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 3);
  await givenRequest(sql, "R1", ids);
  await age(sql, ids[1] ?? "", "next_check_at", -1_000);
  await age(sql, ids[2] ?? "", "next_check_at", -60_000);
  expect((await takeDueChecks(sql, { ...take, limit: 1 })).map(({ id }) => id).sort()).toEqual(ids.slice(0, 2));
});

test("called by many at once hands each message to one, and nobody waits for another for ever", async () => {
  await using ledger = await openTestLedger();
  const { ids } = await givenRunning(ledger.sql, 200);
  for (let n = 0; n < 4; n++) await givenRequest(ledger.sql, `R${n}`, ids.slice(n * 50, n * 50 + 50));
  const pools = Array.from({ length: 5 }, () => ledger.connect({ max: 1 }).sql);
  const taken = (await Promise.all(pools.map((sql) => takeDueChecks(sql, { ...take, limit: 3 })))).flat();
  expect(new Set(taken.map(({ id }) => id)).size).toBe(taken.length);
});

test("messages of unknown outcome that were claimed together are one call", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 6);
  await send(sql, ids.slice(0, 3), { to: "unknown", nextCheckInMs: 0 });
  await send(sql, ids.slice(3), { to: "unknown", nextCheckInMs: 0 });
  const taken = await takeDueChecks(sql, { ...take, limit: 1 });
  expect(taken).toHaveLength(3);
  expect(taken.every(({ state, providerMessageId }) => state === "unknown" && providerMessageId === null)).toBe(true);
});

test("what is on its way again owes nothing, and is not asked about", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  const { claim: token } = await claim(sql, ids);
  await sql`update message set next_check_at = now() - interval '1 second' where id = ${ids[0] ?? ""}`;
  expect(await takeDueChecks(sql, { ...take, limit: 5 })).toEqual([]);
  expect(await message(sql, ids[0])).toMatchObject({ claim: token, state: "sending", nextCheckAt: null });
});

test("what the carrier sent by itself is asked about by the ids of the first leg", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  await givenRequest(sql, "R1", ids);
  const [firstLeg = ""] = ids;
  await takeDueChecks(sql, { ...take, limit: 5 });
  const leg = { id: newId(), firstLeg, channel: "sms", providerMessageId: "sms-1", segments: 1, nextCheckInMs: 0 };
  await recordCarrierLegs(sql, [leg]);
  expect(await takeDueChecks(sql, { ...take, limit: 5 })).toMatchObject([
    { id: leg.id, sentInPlaceOf: { providerMessageId: `carrier-${firstLeg}`, providerOrderId: "R1" } },
  ]);
});

test("a message that nothing was learnt of is asked about again, or never; one that moved on is left alone", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 3);
  const [one = "", two = "", three = ""] = ids;
  await send(sql, [one, two, three], { to: "unknown", nextCheckInMs: 0 });
  await sql`update message set state = 'queued', unknown_at = null, next_check_at = null where id = ${three}`;
  await putOffChecks(sql, [
    { id: one, nextCheckInMs: 60_000 },
    { id: two, nextCheckInMs: null },
    { id: three, nextCheckInMs: 60_000 },
  ]);
  expect((await message(sql, one)).nextCheckAt?.getTime()).toBeGreaterThan(Date.now() + 50_000);
  expect((await message(sql, two)).nextCheckAt).toBeNull();
  expect((await message(sql, three)).nextCheckAt).toBeNull();
});

test("a look-up knows the carrier ids of others to the same recipient, and until when the message may be sent", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const validUntil = new Date(Date.now() + 3_600_000);
  const { ids } = await givenRunning(sql, 1, { validUntil });
  const earlier = await givenRunning(sql, 1);
  const elsewhere = await givenRunning(sql, 1, { route: "another-route" });
  const single = await givenSingle(sql, { recipient: recipientOf(1) });
  await send(sql, [...earlier.ids, single.id], { to: "accepted" });
  const worker = await claim(sql, elsewhere.ids, { route: "another-route" });
  const results = elsewhere.ids.map((id) => resultFor(id, worker.claim, { to: "accepted" }));
  await recordOutcomes(sql, { worker: worker.worker, results });
  await send(sql, ids, { to: "unknown" });

  const [found] = await loadLookUps(sql, { ids });
  expect(found?.takenIds.sort()).toEqual([`carrier-${earlier.ids[0]}`, `carrier-${single.id}`].sort());
  expect(found?.effectiveValidUntil).toEqual(validUntil);
  expect(found).toMatchObject({ id: ids[0], state: "unknown", vars: ["name 1"] });
});

test("a reservation that is found later is accepted from the time it was carried out", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 1);
  const [id = ""] = ids;
  const [before] = await send(sql, ids, { to: "accepted", providerMessageId: null, providerOrderId: "R1" });
  const at = new Date(Date.now() + 86_400_000);
  const found = {
    id,
    claim: before?.claim ?? "",
    to: "accepted",
    outcome: "accepted",
    providerMessageId: "m1",
    at,
  } as const;
  await recordOutcomes(sql, { worker: newId(), results: [found] });
  expect(await message(sql, id)).toMatchObject({ providerMessageId: "m1", providerOrderId: "R1", acceptedAt: at });
});
