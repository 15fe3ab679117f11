import { expect, test } from "vitest";
import { givenRunning, messagesRead, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { nextToFeed } from "../index.ts";

test("feeding from the beginning again does not walk over what was sent", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 3_000);
  await send(sql, ids.slice(0, 1_000), { to: "accepted" });
  await send(sql, ids.slice(1_000, 2_000), { to: "rejected" });
  const read = await messagesRead(sql, async (transaction) => {
    const next = await nextToFeed(transaction, { campaignId, after: null, limit: 5 });
    expect(next).toEqual(ids.slice(2_000, 2_005));
  });
  expect(read).toBe(5);
});
