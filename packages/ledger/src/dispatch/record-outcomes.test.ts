import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import {
  age,
  claim,
  givenRunning,
  givenSingle,
  message,
  messages,
  receipt,
  resultFor,
  send,
} from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  applyReceipts,
  campaignCounts,
  cancelCampaign,
  countRows,
  type MessageRow,
  messageHistory,
  type RecordedResult,
  reapInFlight,
  recordOutcomes,
  storeReceipts,
  sweepCancelled,
} from "../index.ts";

interface Outcome {
  name: string;
  result: Partial<RecordedResult> & Pick<RecordedResult, "to">;
  row: Partial<MessageRow>;
  /** Columns that hold a time afterwards. */
  times: (keyof MessageRow)[];
  attemptNoted: boolean;
}

const outcomes: Outcome[] = [
  {
    name: "accepted",
    result: {
      to: "accepted",
      providerMessageId: "m1",
      providerOrderId: "o1",
      channel: "sms",
      sendMode: "0",
      nextCheckInMs: 1_000,
    },
    row: {
      state: "accepted",
      providerMessageId: "m1",
      providerOrderId: "o1",
      channel: "sms",
      sendMode: "0",
      attempts: 1,
      reason: null,
    },
    times: ["acceptedAt", "nextCheckAt"],
    attemptNoted: false,
  },
  {
    name: "accepted without an id or a check",
    result: { to: "accepted", providerMessageId: null, reason: "no id in a 202" },
    row: { state: "accepted", providerMessageId: null, nextCheckAt: null, reason: "no id in a 202" },
    times: ["acceptedAt"],
    attemptNoted: false,
  },
  {
    name: "queued for a retry",
    result: { to: "queued", outcome: "retry", dueInMs: 5_000, reason: "HTTP 500", httpStatus: 500 },
    row: { state: "queued", attempts: 1, reason: "HTTP 500", endedAt: null },
    times: ["dueAt"],
    attemptNoted: true,
  },
  {
    name: "queued without using up an attempt",
    result: { to: "queued", outcome: "throttled", useAttempt: false, reason: "HTTP 503", httpStatus: 503 },
    row: { state: "queued", attempts: 0 },
    times: ["dueAt"],
    attemptNoted: true,
  },
  {
    name: "rejected",
    result: { to: "rejected", reason: "HTTP 400: bad number", httpStatus: 400 },
    row: { state: "rejected", reason: "HTTP 400: bad number", acceptedAt: null },
    times: ["endedAt"],
    attemptNoted: true,
  },
  {
    name: "failed",
    result: { to: "failed", outcome: "retry", reason: "given up after 5 attempts" },
    row: { state: "failed", reason: "given up after 5 attempts" },
    times: ["endedAt"],
    attemptNoted: true,
  },
  {
    name: "expired",
    result: { to: "expired", outcome: "retry", reason: "its validity ended" },
    row: { state: "expired", reason: "its validity ended" },
    times: ["endedAt"],
    attemptNoted: true,
  },
  {
    name: "unknown",
    result: { to: "unknown", reason: "response timeout", sendMode: "1" },
    row: { state: "unknown", reason: "response timeout", sendMode: "1", endedAt: null },
    times: ["unknownAt"],
    attemptNoted: true,
  },
];

describe("a recorded outcome", () => {
  test.for(outcomes)("$name: fills exactly its columns, once", async ({ result, row, times, attemptNoted }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 1);
    const { claim: token, worker } = await claim(sql, ids);
    const before = await message(sql, ids[0]);
    const results = ids.map((id) => resultFor(id, token, result));

    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: ids });

    const after = await message(sql, ids[0]);
    expect(after).toMatchObject(row);
    for (const time of times) expect(after[time]).toBeInstanceOf(Date);
    const unset = [
      "acceptedAt",
      "nextCheckAt",
      "dueAt",
      "endedAt",
      "unknownAt",
      "sentAt",
      "deliveredAt",
      "displayedAt",
    ] as const;
    for (const time of unset) if (!times.includes(time)) expect([time, after[time]]).toEqual([time, null]);
    expect(after).toMatchObject({
      claim: token,
      sendingAt: before.sendingAt,
      recipient: before.recipient,
      vars: before.vars,
    });
    const attempts = (await messageHistory(sql, { id: ids[0] ?? "" })).filter(({ what }) => what === "attempt");
    expect(attempts).toHaveLength(attemptNoted ? 1 : 0);

    // A second time: the worker could not know whether the first one arrived.
    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: [] });
    expect(await message(sql, ids[0])).toEqual(after);
    expect((await messageHistory(sql, { id: ids[0] ?? "" })).filter(({ what }) => what === "attempt")).toEqual(
      attempts,
    );
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("keeps the attempt's number, status and reason", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "queued", outcome: "retry", reason: "HTTP 500", httpStatus: 500 });
    await send(sql, ids, {
      to: "queued",
      outcome: "throttled",
      useAttempt: false,
      reason: "HTTP 503",
      httpStatus: 503,
    });
    await send(sql, ids, { to: "rejected", reason: "HTTP 400", httpStatus: 400 });
    const attempts = await sql`select attempt, outcome, http_status, reason from attempt order by at`;
    expect([...attempts]).toEqual([
      { attempt: 1, outcome: "retry", httpStatus: 500, reason: "HTTP 500" },
      { attempt: 2, outcome: "throttled", httpStatus: 503, reason: "HTTP 503" },
      { attempt: 2, outcome: "rejected", httpStatus: 400, reason: "HTTP 400" },
    ]);
  });

  test("is the moment it happened, when that is given", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 2);
    const at = new Date("2026-12-01T00:00:00.000Z");
    const [accepted] = await send(ledger.sql, ids.slice(0, 1), { to: "accepted", at });
    const [rejected] = await send(ledger.sql, ids.slice(1), { to: "rejected", at });
    expect([accepted?.acceptedAt, rejected?.endedAt]).toEqual([at, at]);
  });

  test("of a batch may differ from message to message, campaigns and single ones mixed", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 4);
    const single = await givenSingle(sql);
    const all = [...ids, single.id];
    const { claim: token, worker } = await claim(sql, all);
    const to = ["accepted", "rejected", "queued", "unknown", "accepted"] as const;
    const results = all.map((id, index) => resultFor(id, token, { to: to[index] ?? "accepted" }));
    const { recorded } = await recordOutcomes(sql, { worker, results });
    expect(recorded.sort()).toEqual([...all].sort());
    expect((await messages(sql, all)).map(({ state }) => state)).toEqual(to);
    expect(await campaignCounts(sql, { campaignId })).toMatchObject({
      accepted: 1,
      rejected: 1,
      queued: 1,
      unknown: 1,
    });
  });

  test("under another claim moves nothing", async () => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 2);
    const { worker } = await claim(ledger.sql, ids);
    const results = [
      resultFor(ids[0] ?? "", randomUUID(), { to: "accepted" }),
      resultFor(ids[1] ?? "", randomUUID(), { to: "rejected" }),
    ];
    expect(await recordOutcomes(ledger.sql, { worker, results })).toMatchObject({ recorded: [] });
    for (const found of await messages(ledger.sql, ids)) expect(found.state).toBe("sending");
  });

  test("of an earlier claim moves nothing once the message was claimed again", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    const first = await claim(sql, ids);
    await recordOutcomes(sql, {
      worker: first.worker,
      results: ids.map((id) => resultFor(id, first.claim, { to: "queued" })),
    });
    const second = await claim(sql, ids);
    const late = ids.map((id) => resultFor(id, first.claim, { to: "accepted" }));
    expect(await recordOutcomes(sql, { worker: first.worker, results: late })).toMatchObject({ recorded: [] });
    expect(await message(sql, ids[0])).toMatchObject({ state: "sending", claim: second.claim, attempts: 2 });
  });

  test("of nothing is nothing", async () => {
    await using ledger = await openTestLedger();
    expect(await recordOutcomes(ledger.sql, { worker: randomUUID(), results: [] })).toMatchObject({ recorded: [] });
  });

  test("retry into a cancelled campaign is swept like the rest", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 1);
    const { claim: token, worker } = await claim(sql, ids);
    await cancelCampaign(sql, { campaignId });
    await recordOutcomes(sql, { worker, results: ids.map((id) => resultFor(id, token, { to: "queued", dueInMs: 1 })) });
    expect(await sweepCancelled(sql, { limit: 10 })).toBe(1);
    expect(await message(sql, ids[0])).toMatchObject({ state: "cancelled", dueAt: null });
  });
});

describe("an answer that comes after the message was given up as unknown", () => {
  const late = [
    { to: "accepted", ends: "accepted" },
    { to: "queued", ends: "queued" },
    // The table of states knows no way from unknown to rejected.
    { to: "rejected", ends: "failed" },
    { to: "failed", ends: "failed" },
    { to: "expired", ends: "expired" },
  ] as const;

  test.for(late)("$to: ends as $ends", async ({ to, ends }) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 1);
    const { claim: token, worker } = await claim(sql, ids);
    await sql`update claim set claimed_at = now() - interval '1 hour'`;
    await reapInFlight(sql, { deadAfterMs: 60_000, longestAttemptMs: 60_000, limit: 10 });
    expect((await message(sql, ids[0])).state).toBe("unknown");
    const results = ids.map((id) => resultFor(id, token, { to }));
    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: ids });
    expect(await message(sql, ids[0])).toMatchObject({ state: ends, unknownAt: null });
    expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
  });

  test("adds only the missing ids to one that a receipt has adopted", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1);
    const { claim: token, worker } = await claim(sql, ids);
    await recordOutcomes(sql, { worker, results: ids.map((id) => resultFor(id, token, { to: "unknown" })) });
    await age(sql, ids[0] ?? "", "sending_at", 60_000);
    const { recipient } = await message(sql, ids[0]);
    await storeReceipts(sql, [receipt({ providerMessageId: "m1", reportedState: "delivered", recipient })]);
    await applyReceipts(sql, { limit: 10, parkForMs: 1_000_000, parkRetryMs: 1_000 });
    const adopted = await message(sql, ids[0]);
    expect(adopted).toMatchObject({ state: "delivered", providerMessageId: "m1", providerOrderId: null });

    const ours = { providerOrderId: "o1", channel: "sms", sendMode: "0" };
    const answer = { to: "accepted", providerMessageId: "m1", ...ours } as const;
    const results = ids.map((id) => resultFor(id, token, { ...answer, nextCheckInMs: 1_000 }));
    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: ids });
    expect(await message(sql, ids[0])).toEqual({ ...adopted, ...ours });
    expect(await recordOutcomes(sql, { worker, results })).toMatchObject({ recorded: [] });
  });
});

test("a claim whose messages are all recorded is forgotten", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { ids } = await givenRunning(sql, 3);
  await send(sql, ids.slice(0, 2), { to: "accepted" });
  await send(sql, ids.slice(2), { to: "rejected" });
  expect(await sql`select id from claim`).toHaveLength(0);
});
