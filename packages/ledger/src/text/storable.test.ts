import { describe, expect, test } from "vitest";
import { claim, givenRunning, message, messages, receipt, resultFor, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { applyReceipts, recordChecks, recordOutcomes, storeReceipts } from "../index.ts";
import { storable, storableKey, storableTime } from "./storable.ts";

const bad = "a\0b\ud800c";
const good = "a\ufffdb\ufffdc";
const huge = "長".repeat(20_000);

test("a text keeps what PostgreSQL can hold, and shows where something was", () => {
  expect([storable(bad), storable(null), storable(undefined), storable("𠮷")]).toEqual([good, null, null, "𠮷"]);
});

test("a key too long for an index is shortened, and different ones stay different", () => {
  expect(storableKey("short\0")).toBe("short\ufffd");
  expect(storableKey(huge)).not.toBe(storableKey(`${huge}!`));
  expect(storableKey(huge)).toBe(storableKey(huge));
  expect(Buffer.byteLength(storableKey(huge) ?? "")).toBeLessThan(2_000);
});

test("a time that PostgreSQL does not know is none", () => {
  const at = new Date("2026-12-01T00:00:00Z");
  expect(storableTime(at)).toBe(at);
  for (const strange of [new Date(Number.NaN), new Date(8.64e15), new Date(-8.64e15), null, undefined]) {
    expect(storableTime(strange)).toBeNull();
  }
});

describe("whatever a carrier answers", () => {
  test("its outcomes are recorded, and those beside them", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 6);
    const { claim: token, worker } = await claim(sql, ids);
    const [one = "", two = "", three = "", four = "", five = "", six = ""] = ids;
    const results = [
      resultFor(one, token, {
        to: "accepted",
        providerMessageId: bad,
        providerOrderId: bad,
        channel: bad,
        sendMode: bad,
        reason: bad,
        nextCheckInMs: Number.MAX_VALUE,
      }),
      resultFor(two, token, { to: "accepted" }),
      resultFor(three, token, { to: "accepted", providerMessageId: huge, providerOrderId: `${huge}!` }),
      resultFor(four, token, { to: "rejected", reason: bad, channel: bad, outcome: bad, httpStatus: 99_999 }),
      resultFor(five, token, { to: "queued", dueInMs: Number.POSITIVE_INFINITY }),
      resultFor(six, token, { to: "queued", dueInMs: Number.NaN, at: new Date(8.64e15) }),
    ];
    const { recorded } = await recordOutcomes(sql, { worker, results });
    expect(recorded.sort()).toEqual(ids);
    const found = await messages(sql, ids);
    expect(found.map(({ state }) => state)).toEqual([
      "accepted",
      "accepted",
      "accepted",
      "rejected",
      "queued",
      "queued",
    ]);
    expect(found[0]).toMatchObject({ providerMessageId: good, providerOrderId: good, channel: good, reason: good });
    expect(found[0]).toMatchObject({ sendMode: good });
    expect(found[3]).toMatchObject({ reason: good, channel: good });
    // A late repetition goes another way, and is as careful.
    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: [], conflicting: [] });
  });

  test("its notifications are kept and find their message", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids.slice(0, 1), { to: "accepted", providerMessageId: bad });
    await send(sql, ids.slice(1), { to: "accepted", providerMessageId: huge });
    const reported = { reportedState: "sent", reason: bad, rawStatus: bad, contentType: bad, body: bad } as const;
    await storeReceipts(sql, [
      receipt({
        ...reported,
        providerMessageId: bad,
        dedupeKey: "k\0",
        recipient: bad,
        channel: bad,
        eventAt: new Date(8.64e15),
      }),
      // The same key once it is cleaned.
      receipt({ ...reported, providerMessageId: bad, dedupeKey: "k\ufffd", eventAt: new Date(Number.NaN) }),
      receipt({ ...reported, providerMessageId: huge, dedupeKey: huge, recipient: huge, kind: bad }),
    ]);
    const done = await applyReceipts(sql, { limit: 10, parkForMs: 60_000, parkRetryMs: 500 });
    expect(done).toMatchObject({ applied: 2, taken: 2 });
    expect((await messages(sql, ids)).map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  test("its status answers are recorded", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 2);
    await send(sql, ids, { to: "accepted" });
    const [first = "", second = ""] = ids;
    await recordChecks(sql, [
      { messageId: first, answer: "state", state: "delivered", at: new Date(Number.NaN), rawStatus: bad },
      { messageId: second, answer: "expire", reason: bad },
    ]);
    expect(await message(sql, first)).toMatchObject({ state: "delivered", deliveredAt: expect.any(Date) });
    expect(await message(sql, second)).toMatchObject({ state: "expired", reason: good });
  });
});
