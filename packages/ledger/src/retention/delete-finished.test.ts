import { describe, expect, test } from "vitest";
import { claim, givenRunning, givenSingle, message, receipt, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  cancelCampaign,
  deleteFinished,
  findCampaign,
  recordRejections,
  storeReceipts,
  sweepCancelled,
} from "../index.ts";

describe("what ended long ago", () => {
  test("is deleted in bounded batches with everything that belongs to it; the rest stays", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const old = await givenRunning(sql, 25);
    await send(sql, old.ids, { to: "rejected" });
    await recordRejections(sql, { campaignId: old.campaignId, rejections: [{ line: 1, code: "x", reason: "y" }] });
    const cancelled = await givenRunning(sql, 5);
    await cancelCampaign(sql, { campaignId: cancelled.campaignId });
    await sweepCancelled(sql, { limit: 100 });
    await advanceCampaigns(sql);
    await sql`update campaign set finished_at = now() - interval '91 days'`;
    const recent = await givenRunning(sql, 3);
    await send(sql, recent.ids, { to: "rejected" });
    await advanceCampaigns(sql);
    const running = await givenRunning(sql, 4);

    const batches = [];
    do batches.push(await deleteFinished(sql, { olderThanDays: 90, limit: 10 }));
    while (Object.values(batches.at(-1) ?? {}).some((count) => count > 0));

    expect(Math.max(...batches.map(({ messages }) => messages))).toBe(10);
    expect(batches.reduce((sum, { messages }) => sum + messages, 0)).toBe(30);
    expect(batches.reduce((sum, { campaigns }) => sum + campaigns, 0)).toBe(2);
    expect(await findCampaign(sql, { id: old.campaignId })).toBeNull();
    expect(await findCampaign(sql, { id: cancelled.campaignId })).toBeNull();
    const left = await sql`select count(*) from message`;
    expect(left[0]?.count).toBe(7);
    for (const { campaignId } of [recent, running]) expect(await findCampaign(sql, { id: campaignId })).not.toBeNull();
    const [orphans] = await sql`
      select (select count(*) from campaign_count where campaign_id not in (select id from campaign)) as counters,
             (select count(*) from import_rejection) as rejections,
             (select count(*) from attempt where message_id not in (select id from message)) as attempts`;
    expect(orphans).toEqual({ counters: 0, rejections: 0, attempts: 0 });
  });

  test("is deleted too when it is a single message or a notification", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const hundredDaysAgo = new Date(Date.now() - 100 * 86_400_000);
    const oldId = `${hundredDaysAgo
      .getTime()
      .toString(16)
      .padStart(12, "0")
      .replace(/(.{8})/, "$1-")}-7000-8000-000000000000`;
    const old = await givenSingle(sql, { id: oldId });
    const open = await givenSingle(sql, { id: `${oldId.slice(0, -1)}1` });
    const young = await givenSingle(sql);
    await send(sql, [old.id, young.id], { to: "rejected" });
    await sql`update message set ended_at = now() - interval '99 days' where id = ${old.id}`;
    await storeReceipts(sql, [
      receipt({ providerMessageId: "m1", reportedState: "sent", receivedAt: hundredDaysAgo }),
      receipt({ providerMessageId: "m2", reportedState: "sent" }),
    ]);
    expect(await deleteFinished(sql, { olderThanDays: 90, limit: 10 })).toEqual({
      campaigns: 0,
      messages: 1,
      receipts: 1,
    });
    expect((await message(sql, open.id)).state).toBe("queued");
    expect((await message(sql, young.id)).state).toBe("rejected");
  });
});

test("deleting neither waits for senders nor makes them wait", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const old = await givenRunning(sql, 50);
  await send(sql, old.ids, { to: "rejected" });
  await advanceCampaigns(sql);
  await sql`update campaign set finished_at = now() - interval '91 days'`;
  const running = await givenRunning(sql, 20);
  // A deletion that has not committed yet, and a sender in the middle of a claim.
  await sql.begin(async (deleting) => {
    await deleteFinished(deleting as unknown as typeof sql, { olderThanDays: 90, limit: 30 });
    const sender = ledger.connect({ max: 1 }).sql;
    await sender`set statement_timeout = 5000`;
    expect((await claim(sender, running.ids.slice(0, 10))).claimed).toHaveLength(10);
    expect(await send(sender, running.ids.slice(10), { to: "accepted" })).toHaveLength(10);
  });
  await sql.begin(async (sending) => {
    await claim(sending as unknown as typeof sql, old.ids);
    const deleter = ledger.connect({ max: 1 }).sql;
    await deleter`set statement_timeout = 5000`;
    expect(await deleteFinished(deleter, { olderThanDays: 90, limit: 100 })).toMatchObject({
      messages: 20,
      campaigns: 1,
    });
  });
});
