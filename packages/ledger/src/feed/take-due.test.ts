import { describe, expect, test } from "vitest";
import { age, givenRunning, givenSingle, message, messagesRead, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { pauseCampaign, takeDue } from "../index.ts";

const take = { route, limit: 10, leaseMs: 60_000, campaigns: [] as string[], singles: false };

describe("takeDue", () => {
  test("takes retries of the campaigns it is given, and single messages when told so", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const open = await givenRunning(sql, 1);
    const shut = await givenRunning(sql, 1);
    const single = await givenSingle(sql);
    await send(sql, [...open.ids, ...shut.ids, single.id], { to: "queued", dueInMs: 0 });
    const before = await message(sql, shut.ids[0]);
    expect(await takeDue(sql, take)).toEqual([]);
    expect(await takeDue(sql, { ...take, campaigns: [open.campaignId] })).toEqual([
      { id: open.ids[0], campaignId: open.campaignId },
    ]);
    expect(await takeDue(sql, { ...take, singles: true })).toEqual([{ id: single.id, campaignId: null }]);
    expect(await message(sql, shut.ids[0])).toEqual(before);
  });

  test("takes none of a given campaign that was paused meanwhile", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const { campaignId, ids } = await givenRunning(sql, 1);
    await send(sql, ids, { to: "queued", dueInMs: 0 });
    await pauseCampaign(sql, { campaignId, reason: "test" });
    expect(await takeDue(sql, { ...take, campaigns: [campaignId] })).toEqual([]);
  });

  test("of several campaigns takes the longest waiting, as many as asked for", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const first = await givenRunning(sql, 3);
    const second = await givenRunning(sql, 3);
    const single = await givenSingle(sql);
    const all = [...first.ids, ...second.ids, single.id];
    await send(sql, all, { to: "queued", dueInMs: 0 });
    for (const id of [first.ids[2], second.ids[1], single.id]) await age(sql, id ?? "", "due_at", 60_000);
    const campaigns = [first.campaignId, second.campaignId];
    const due = await takeDue(sql, { ...take, limit: 3, campaigns, singles: true });
    expect(due.map(({ id }) => id).sort()).toEqual([first.ids[2], second.ids[1], single.id].sort());
    expect(await takeDue(sql, { ...take, campaigns, singles: true })).toHaveLength(4);
  });

  test("does not walk over what waits in campaigns it is not given", async () => {
    await using ledger = await openTestLedger();
    const { sql } = ledger;
    const shut = await givenRunning(sql, 2_000);
    const open = await givenRunning(sql, 1, { from: 5_000 });
    await send(sql, shut.ids, { to: "queued", dueInMs: 0 });
    await send(sql, open.ids, { to: "queued", dueInMs: 0 });
    const read = await messagesRead(sql, async (transaction) => {
      const due = await takeDue(transaction, { ...take, campaigns: [open.campaignId], singles: true });
      expect(due).toHaveLength(1);
    });
    expect(read).toBeLessThan(10);
  });
});
