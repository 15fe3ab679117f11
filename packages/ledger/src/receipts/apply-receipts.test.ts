import { receiptStates } from "@hikyaku/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  age,
  claim,
  givenRunning,
  givenSingle,
  message,
  messages,
  receipt,
  recipientOf,
  resultFor,
  route,
  send,
} from "../../test/given.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  applyReceipts,
  campaignCounts,
  countRows,
  type MessageRow,
  messageHistory,
  type NewReceipt,
  newId,
  recordOutcomes,
  storeReceipts,
} from "../index.ts";

const day = 86_400_000;

async function apply(sql: TestLedger["sql"], receipts: NewReceipt[]) {
  await storeReceipts(sql, receipts);
  return await applyReceipts(sql, { limit: 1_000, parkForMs: day, parkRetryMs: 60_000 });
}

async function givenAccepted(sql: TestLedger["sql"], count = 1): Promise<MessageRow[]> {
  const { ids } = await givenRunning(sql, count);
  return await send(sql, ids, { to: "accepted", nextCheckInMs: 300_000 });
}

/** A message whose answer never came, claimed a minute ago. */
async function givenUnknown(
  sql: TestLedger["sql"],
  options: Parameters<typeof givenRunning>[2] = {},
): Promise<MessageRow> {
  const { ids } = await givenRunning(sql, 1, options);
  await send(sql, ids, { to: "unknown", reason: "response timeout" });
  await age(sql, ids[0] ?? "", "sending_at", 60_000);
  return await message(sql, ids[0]);
}

async function statuses(sql: TestLedger["sql"]): Promise<string[]> {
  return (await sql`select status from receipt_raw order by id`).map(({ status }) => status as string);
}

describe("a receipt", () => {
  test("moves its message, with the event's own time, and tells how late it came", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [accepted] = await givenAccepted(sql);
    const providerMessageId = accepted?.providerMessageId ?? null;
    const eventAt = new Date("2026-12-01T00:00:00Z");
    const receivedAt = new Date((accepted?.acceptedAt?.getTime() ?? 0) + 1_500);
    await sql`update message set accepted_at = ${accepted?.acceptedAt ?? null}`;
    await storeReceipts(sql, [receipt({ providerMessageId, reportedState: "delivered", eventAt, receivedAt })]);
    await sql`update receipt_raw set try_at = now()`;
    const applied = await applyReceipts(sql, { limit: 10, parkForMs: day, parkRetryMs: 60_000 });
    expect(applied).toEqual({ taken: 1, applied: 1, stale: 0, parked: 0, unmatched: 0, adopted: 0, delaysMs: [1_500] });
    expect(await message(sql, accepted?.id)).toMatchObject({
      state: "delivered",
      deliveredAt: eventAt,
      endedAt: eventAt,
      nextCheckAt: null,
    });
    const [row] = await sql`select status, message_id, applied_at is not null as is_applied, try_at from receipt_raw`;
    expect(row).toEqual({ status: "applied", messageId: accepted?.id, isApplied: true, tryAt: null });
  });

  test("without a time of its own takes that of its arrival", async () => {
    await using ledger = await openTestLedger();
    const [accepted] = await givenAccepted(ledger.sql);
    const given = receipt({ providerMessageId: accepted?.providerMessageId ?? null, reportedState: "sent" });
    await apply(ledger.sql, [given]);
    expect(await message(ledger.sql, accepted?.id)).toMatchObject({ state: "sent", sentAt: given.receivedAt });
    expect((await message(ledger.sql, accepted?.id)).nextCheckAt).toEqual(accepted?.nextCheckAt);
  });

  test("tells the channel to a message that does not know its own, and never changes a known one", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    for (const [known, named, kept] of [
      [null, "sms", "sms"],
      ["rcs", "sms", "rcs"],
      [null, null, null],
    ]) {
      const [accepted] = await givenAccepted(sql);
      await sql`update message set channel = ${known ?? null} where id = ${accepted?.id ?? ""}`;
      const providerMessageId = accepted?.providerMessageId ?? null;
      await apply(sql, [receipt({ providerMessageId, reportedState: "sent", channel: named })]);
      expect(await message(sql, accepted?.id)).toMatchObject({ state: "sent", channel: kept });
    }
  });

  test("carries its reason to the message", async () => {
    await using ledger = await openTestLedger();
    const [accepted] = await givenAccepted(ledger.sql);
    const providerMessageId = accepted?.providerMessageId ?? null;
    await apply(ledger.sql, [receipt({ providerMessageId, reportedState: "failed", reason: "out of coverage" })]);
    expect(await message(ledger.sql, accepted?.id)).toMatchObject({ state: "failed", reason: "out of coverage" });
  });

  test("that comes late, or says what nobody knows, is kept and changes nothing", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const [accepted] = await givenAccepted(sql);
    const providerMessageId = accepted?.providerMessageId ?? null;
    await apply(sql, [receipt({ providerMessageId, reportedState: "delivered" })]);
    const before = await message(sql, accepted?.id);
    const applied = await apply(sql, [
      receipt({ providerMessageId, reportedState: "sent" }),
      receipt({ providerMessageId, reportedState: "failed" }),
      receipt({ providerMessageId, reportedState: "unrecognised-status", rawStatus: "xyz" }),
      receipt({ providerMessageId, reportedState: null, dedupeKey: "none" }),
    ]);
    expect(applied).toMatchObject({ applied: 0, stale: 4 });
    expect(await message(sql, accepted?.id)).toEqual(before);
    const history = await messageHistory(sql, { id: accepted?.id ?? "" });
    expect(history.filter(({ what }) => what === "receipt")).toHaveLength(5);
  });

  test("of another route with the same carrier id is not this message's", async () => {
    await using ledger = await openTestLedger();
    const [accepted] = await givenAccepted(ledger.sql);
    const providerMessageId = accepted?.providerMessageId ?? null;
    const applied = await apply(ledger.sql, [
      receipt({ providerMessageId, reportedState: "sent", route: "another-route" }),
    ]);
    expect(applied).toMatchObject({ applied: 0, parked: 1 });
  });

  test("is applied once by many appliers at once", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const accepted = await givenAccepted(sql, 60);
    const given = accepted.flatMap(({ providerMessageId }) =>
      (["sent", "delivered", "displayed"] as const).map((state) =>
        receipt({ providerMessageId, reportedState: state }),
      ),
    );
    await storeReceipts(sql, given);
    let applied = 0;
    let stale = 0;
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const pool = ledger.connect({ max: 1 }).sql;
        for (;;) {
          const batch = await applyReceipts(pool, { limit: 7, parkForMs: day, parkRetryMs: 60_000 });
          applied += batch.applied;
          stale += batch.stale;
          if (batch.applied + batch.stale === 0) return;
        }
      }),
    );
    // Appliers skip what another one holds, so the last may end before it; one more round finds nothing.
    const rest = await applyReceipts(sql, { limit: 1_000, parkForMs: day, parkRetryMs: 60_000 });
    expect(applied + stale + rest.applied + rest.stale).toBe(180);
    const found = await messages(
      sql,
      accepted.map(({ id }) => id),
    );
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(["displayed"]));
  });
});

test("in any order, repetition and grouping receipts end in the same right state, and the counters with them", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 400);
  const states = fc.uniqueArray(fc.constantFrom(...receiptStates), { minLength: 1 });
  // Failed and revoked exclude each other; which of them comes first decides, so only one of them is given.
  const consistent = states.filter((given) => !(given.includes("failed") && given.includes("revoked")));
  const given = consistent.chain((set) =>
    fc
      .array(fc.constantFrom(...set), { maxLength: 4 })
      .chain((more) =>
        fc.tuple(
          fc.shuffledSubarray([...set, ...more], { minLength: set.length + more.length }),
          fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
        ),
      ),
  );
  let next = 0;
  await fc.assert(
    fc.asyncProperty(
      given,
      fc.constantFrom("accepted" as const, "unknown" as const),
      async ([reported, cuts], start) => {
        const id = ids[next++] ?? "";
        const recipient = recipientOf(next);
        await send(sql, [id], { to: start });
        await age(sql, id, "sending_at", 60_000);
        const providerMessageId = start === "accepted" ? `carrier-${id}` : `late-${id}`;
        let batch: NewReceipt[] = [];
        for (const [index, state] of reported.entries()) {
          batch.push(receipt({ providerMessageId, reportedState: state, recipient }));
          if (cuts[index]) {
            await apply(sql, batch);
            batch = [];
          }
        }
        await apply(sql, batch);
        const best = (["displayed", "delivered", "failed", "revoked", "sent"] as const).find((state) =>
          reported.includes(state),
        );
        expect((await message(sql, id)).state).toBe(best);
      },
    ),
    { numRuns: 120 },
  );
  expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
});

describe("a receipt that overtook our own commit", () => {
  test("is parked, and applied when the message is there", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    const { claim: token, worker } = await claim(sql, ids);
    const providerMessageId = `carrier-${ids[0]}`;
    const early = receipt({ providerMessageId, reportedState: "sent", recipient: recipientOf(1) });
    expect(await apply(sql, [early])).toMatchObject({ parked: 1, adopted: 0 });
    expect(await statuses(sql)).toEqual(["parked"]);
    expect(await applyReceipts(sql, { limit: 10, parkForMs: day, parkRetryMs: 60_000 })).toMatchObject({ parked: 0 });

    await recordOutcomes(sql, { worker, results: ids.map((id) => resultFor(id, token, { to: "accepted" })) });
    await sql`update receipt_raw set try_at = now()`;
    expect(await applyReceipts(sql, { limit: 10, parkForMs: day, parkRetryMs: 60_000 })).toMatchObject({ applied: 1 });
    expect((await message(sql, ids[0])).state).toBe("sent");
  });

  test("is given up after the parking time, and kept", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const receivedAt = new Date(Date.now() - day - 1_000);
    const applied = await apply(sql, [receipt({ providerMessageId: "nobody", reportedState: "sent", receivedAt })]);
    expect(applied).toMatchObject({ parked: 0, unmatched: 1 });
    expect(await statuses(sql)).toEqual(["unmatched"]);
    expect(await applyReceipts(sql, { limit: 10, parkForMs: day, parkRetryMs: 0 })).toMatchObject({ unmatched: 0 });
  });
});

describe("a message of unknown outcome", () => {
  test("is adopted by a receipt for its recipient whose carrier id nobody knows", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const unknown = await givenUnknown(sql);
    const applied = await apply(sql, [
      receipt({ providerMessageId: "m1", reportedState: "delivered", recipient: unknown.recipient }),
      receipt({ providerMessageId: "m1", reportedState: "sent", recipient: unknown.recipient }),
    ]);
    expect(applied).toMatchObject({ adopted: 1, applied: 2, parked: 0, delaysMs: [] });
    expect(await message(sql, unknown.id)).toMatchObject({
      state: "delivered",
      providerMessageId: "m1",
      unknownAt: null,
      acceptedAt: expect.any(Date),
      sentAt: expect.any(Date),
      nextCheckAt: null,
      reason: null,
    });
    const { campaignId } = unknown;
    expect(await campaignCounts(sql, { campaignId: campaignId ?? "" })).toEqual(
      await countRows(sql, { campaignId: campaignId ?? "" }),
    );
  });

  test("owes a status check when the receipt is not its end", async () => {
    await using ledger = await openTestLedger();
    const unknown = await givenUnknown(ledger.sql);
    await apply(ledger.sql, [
      receipt({ providerMessageId: "m1", reportedState: "pending", recipient: unknown.recipient }),
    ]);
    expect(await message(ledger.sql, unknown.id)).toMatchObject({ state: "accepted", nextCheckAt: expect.any(Date) });
  });

  test("that is a single message is adopted too", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const single = await givenSingle(sql);
    await send(sql, [single.id], { to: "unknown" });
    await age(sql, single.id, "sending_at", 60_000);
    await apply(sql, [receipt({ providerMessageId: "m1", reportedState: "sent", recipient: single.recipient })]);
    expect((await message(sql, single.id)).state).toBe("sent");
  });

  interface Doubt {
    name: string;
    receipt?: Partial<NewReceipt>;
    prepare?: (sql: TestLedger["sql"], unknown: MessageRow) => Promise<unknown>;
    /** Receipts that stay parked. */
    parked?: number;
  }

  const doubts: Doubt[] = [
    { name: "the receipt names no recipient", receipt: { recipient: null } },
    { name: "the receipt is for another recipient", receipt: { recipient: recipientOf(99) } },
    { name: "the receipt came on another route", receipt: { route: "another-route" } },
    {
      name: "the receipt came before the message was claimed",
      receipt: { receivedAt: new Date(Date.now() - 120_000) },
    },
    { name: "a second message of unknown outcome has the same recipient", prepare: (sql) => givenUnknown(sql) },
    {
      name: "another message to the recipient is in flight",
      prepare: async (sql) => claim(sql, (await givenRunning(sql, 1)).ids),
    },
    {
      name: "a single message to the recipient is in flight",
      prepare: async (sql, { recipient }) => claim(sql, [(await givenSingle(sql, { recipient })).id]),
    },
    {
      name: "another message to the recipient was accepted without an id",
      prepare: async (sql) => send(sql, (await givenRunning(sql, 1)).ids, { to: "accepted", providerMessageId: null }),
    },
    {
      name: "a second carrier id that nobody knows waits for the recipient",
      prepare: (sql, { recipient }) =>
        storeReceipts(sql, [receipt({ providerMessageId: "m2", reportedState: "sent", recipient })]),
      parked: 2,
    },
  ];

  test.for(doubts)("is not adopted when $name", async ({ receipt: options = {}, prepare, parked = 1 }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const unknown = await givenUnknown(sql);
    await prepare?.(sql, unknown);
    const given = receipt({ providerMessageId: "m1", reportedState: "sent", recipient: unknown.recipient, ...options });
    expect(await apply(sql, [given])).toMatchObject({ adopted: 0, applied: 0, parked });
    expect(await message(sql, unknown.id)).toMatchObject({ state: "unknown", providerMessageId: null });
  });

  test("is adopted although a receipt of a known message to the recipient waits", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const unknown = await givenUnknown(sql);
    const known = await send(sql, (await givenRunning(sql, 1)).ids, { to: "accepted" });
    const { recipient } = unknown;
    const applied = await apply(sql, [
      receipt({ providerMessageId: "m1", reportedState: "sent", recipient }),
      receipt({ providerMessageId: known[0]?.providerMessageId ?? null, reportedState: "sent", recipient }),
    ]);
    expect(applied).toMatchObject({ adopted: 1, applied: 2 });
  });

  test("is adopted once when two processes apply two receipts of the same carrier id", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    for (let round = 0; round < 10; round++) {
      const unknown = await givenUnknown(sql, { from: 100 + round });
      const providerMessageId = `m-${round}`;
      await storeReceipts(sql, [
        receipt({ providerMessageId, reportedState: "sent", recipient: unknown.recipient }),
        receipt({ providerMessageId, reportedState: "delivered", recipient: unknown.recipient }),
      ]);
      const pools = [ledger.connect({ max: 1 }).sql, ledger.connect({ max: 1 }).sql];
      await Promise.all(pools.map((pool) => applyReceipts(pool, { limit: 1, parkForMs: day, parkRetryMs: 0 })));
      await applyReceipts(sql, { limit: 10, parkForMs: day, parkRetryMs: 0 });
      expect(await message(sql, unknown.id)).toMatchObject({ state: "delivered", providerMessageId });
    }
  });
});

describe("storing notifications", () => {
  test("keeps each once and counts how often it came, within a call and over calls", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const given = receipt({
      providerMessageId: "m1",
      reportedState: "sent",
      body: "first",
      contentType: "application/json",
    });
    const again = { ...given, id: newId(), body: "second" };
    expect(await storeReceipts(sql, [given, again])).toEqual({ stored: 1, repeated: 1 });
    expect(await storeReceipts(sql, [again, { ...again, route: "another-route" }])).toEqual({ stored: 1, repeated: 1 });
    const rows = await sql`select route, body, seen, status, content_type from receipt_raw order by route`;
    expect([...rows]).toEqual([
      { route: "another-route", body: "second", seen: 1, status: "pending", contentType: "application/json" },
      { route, body: "first", seen: 3, status: "pending", contentType: "application/json" },
    ]);
    expect(await storeReceipts(sql, [])).toEqual({ stored: 0, repeated: 0 });
  });

  test("takes any text, also one that PostgreSQL can't hold", async () => {
    await using ledger = await openTestLedger();
    const body = 'a\0b\ud800"\\{}\u0007';
    const given = receipt({ providerMessageId: "m\0", reportedState: "sent", body, dedupeKey: "k\0" });
    await storeReceipts(ledger.sql, [given]);
    const [row] = await ledger.sql`select body, provider_message_id from receipt_raw`;
    expect(row).toEqual({ body: 'a\ufffdb\ufffd"\\{}\u0007', providerMessageId: "m\ufffd" });
  });

  test("that are only kept are never applied", async () => {
    await using ledger = await openTestLedger();
    const [accepted] = await givenAccepted(ledger.sql);
    const providerMessageId = accepted?.providerMessageId ?? null;
    expect(
      await apply(ledger.sql, [receipt({ providerMessageId, reportedState: "sent", status: "stored" })]),
    ).toMatchObject({ applied: 0 });
    expect(await statuses(ledger.sql)).toEqual(["stored"]);
  });

  test("by many receivers at once, in different orders, loses none", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const given = Array.from({ length: 60 }, (_, index) =>
      receipt({ providerMessageId: `m${index}`, reportedState: "sent" }),
    );
    const calls = await Promise.all(
      Array.from({ length: 6 }, (_, index) => {
        const mixed = index % 2 === 0 ? given : [...given].reverse();
        return storeReceipts(
          ledger.connect({ max: 1 }).sql,
          mixed.map((one) => ({ ...one, id: newId() })),
        );
      }),
    );
    expect(calls.reduce((sum, { stored }) => sum + stored, 0)).toBe(60);
    const [sums] = await sql`select count(*) as receipts, sum(seen) as seen from receipt_raw`;
    expect(sums).toEqual({ receipts: 60, seen: 360 });
  });
});
