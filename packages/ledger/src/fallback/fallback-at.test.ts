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
import { givenSentByRcs, makeDue, plan, report, settle } from "../../test/given-fallback.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  applyReceipts,
  closeUnknown,
  type MessageRow,
  type RecordedResult,
  reapInFlight,
  recordChecks,
  recordOutcomes,
  storeReceipts,
} from "../index.ts";

/** When it is to be decided about, told by what that is. */
function dueOf({ fallbackAt, acceptedAt }: MessageRow): "deadline" | "now" | "never" {
  if (fallbackAt === null) return "never";
  if (fallbackAt.getTime() === (acceptedAt?.getTime() ?? 0) + plan.afterMs) return "deadline";
  return fallbackAt.getTime() === 0 ? "now" : "never";
}

const outcomes: [what: string, due: string, result: Partial<RecordedResult> & Pick<RecordedResult, "to">][] = [
  ["accepted by +Message", "deadline", { to: "accepted", channel: "rcs" }],
  ["accepted without a word about the channel", "deadline", { to: "accepted", channel: null }],
  ["accepted as an SMS", "never", { to: "accepted", channel: "sms" }],
  ["waiting for another attempt", "never", { to: "queued", dueInMs: 1_000 }],
  ["past its validity", "never", { to: "expired" }],
  ["given up", "now", { to: "failed" }],
  ["refused", "now", { to: "rejected" }],
  ["of unknown outcome", "now", { to: "unknown" }],
];

describe("the second leg of a message", () => {
  test.each(outcomes)("%s is due: %s", async (_, due, result) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1, { fallback: plan });
    const { id } = await givenSingle(sql, { fallback: plan });
    const [of] = await send(sql, ids, result);
    const [single] = await send(sql, [id], result);
    expect([of, single].map((row) => row && dueOf(row))).toEqual([due, due]);
  });

  test.each(outcomes)("%s is never due where no second leg was asked for", async (_, __, result) => {
    await using ledger = await openTestLedger();
    const { ids } = await givenRunning(ledger.sql, 1);
    const [row] = await send(ledger.sql, ids, result);
    expect(row).toMatchObject({ fallbackAt: null, fallbackAfterMs: null });
  });

  test.each([
    ["sent", "deadline"],
    ["delivered", "never"],
    ["displayed", "never"],
    ["failed", "now"],
    ["revoked", "now"],
  ])("reported as %s is due: %s", async (state, due) => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenSentByRcs(sql, 2);
    expect(dueOf(await report(sql, ids[0], state))).toBe(due);
    const reported = { answer: "state" as const, state: state as "sent", at: null, rawStatus: state };
    await recordChecks(sql, [{ messageId: ids[1] ?? "", ...reported }]);
    expect(dueOf(await message(sql, ids[1]))).toBe(due);
  });

  test("that was decided about is due again when its first leg fails", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenSentByRcs(sql, 1);
    await sql`update message set channel = null`;
    await makeDue(sql, ids);
    await settle(sql, ids);
    expect(dueOf(await message(sql, ids[0]))).toBe("never");
    expect(dueOf(await report(sql, ids[0], "sent"))).toBe("never");
    expect(dueOf(await report(sql, ids[0], "failed"))).toBe("now");
  });

  test("that turns out to be one by SMS already is not due any more", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenSentByRcs(sql, 2);
    await sql`update message set channel = null`;
    const learnt = { answer: "none", nextCheckInMs: 1_000 } as const;
    await recordChecks(sql, [
      { messageId: ids[0] ?? "", ...learnt, channel: "sms" },
      { messageId: ids[1] ?? "", ...learnt, channel: "rcs" },
    ]);
    expect((await messages(sql, ids)).map(dueOf)).toEqual(["never", "deadline"]);
  });

  test("whose worker died is to be decided about at once, and from its acceptance on when a notification proves that", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids } = await givenRunning(sql, 1, { fallback: plan });
    await claim(sql, ids);
    await sql`update claim set claimed_at = now() - interval '1 hour'`;
    await age(sql, ids[0] ?? "", "sending_at", 60_000);
    await reapInFlight(sql, { deadAfterMs: 1e9, longestAttemptMs: 1_000, limit: 9 });
    expect(dueOf(await message(sql, ids[0]))).toBe("now");
    const { recipient } = await message(sql, ids[0]);
    await storeReceipts(sql, [receipt({ providerMessageId: "late", reportedState: "sent", recipient })]);
    expect(await applyReceipts(sql, { limit: 9, parkForMs: 1e9, parkRetryMs: 1 })).toMatchObject({ adopted: 1 });
    expect(await message(sql, ids[0])).toMatchObject({ state: "sent", providerMessageId: "late" });
    expect(dueOf(await message(sql, ids[0]))).toBe("deadline");
  });

  test("whose answer comes late is due from its acceptance on", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { ids, campaignId } = await givenRunning(sql, 1, { fallback: plan });
    const { claim: token, worker } = await claim(sql, ids);
    const record = (to: RecordedResult["to"]) =>
      recordOutcomes(sql, { worker, results: ids.map((id) => resultFor(id, token, { to, channel: "rcs" })) });
    await record("unknown");
    await closeUnknown(sql, { campaignId });
    expect(await settle(sql, ids)).toMatchObject({ begun: [], waiting: 0 });
    await record("accepted");
    expect(await message(sql, ids[0])).toMatchObject({ state: "accepted" });
    expect(dueOf(await message(sql, ids[0]))).toBe("deadline");
  });
});
