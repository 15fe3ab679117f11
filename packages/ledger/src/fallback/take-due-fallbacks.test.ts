import { expect, test } from "vitest";
import { givenSingle, message, messagesRead, route, send } from "../../test/given.ts";
import { givenDue, givenSentByRcs, makeDue, plan, settle } from "../../test/given-fallback.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { cancelCampaign, fallbackCampaigns, pauseCampaign, takeDueFallbacks } from "../index.ts";

test("first legs whose second is due are taken, the longest due first, and hidden for the lease", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenDue(sql, 3);
  const early = await givenSentByRcs(sql, 1);
  const { id: single } = await givenSingle(sql, { fallback: plan });
  await send(sql, [single], { to: "accepted", channel: "rcs", providerMessageId: null });
  await makeDue(sql, [single]);
  await sql`update message set fallback_at = fallback_at - interval '1 hour' where id = ${single}`;
  const take = (limit: number, campaigns = [campaignId, early.campaignId]) =>
    takeDueFallbacks(sql, { route, limit, leaseMs: 60_000, campaigns });

  const [first] = await take(1, []);
  expect(first).toMatchObject({ id: single, checks: 0, recipient: (await message(sql, single)).recipient });
  expect(await take(9, [])).toEqual([]);
  const taken = await take(9);
  expect(taken.map(({ id }) => id).sort()).toEqual([...ids].sort());
  // What the carrier can be asked about counts as asked.
  expect(taken.map(({ checks }) => checks)).toEqual([1, 1, 1]);
  expect(await take(9)).toEqual([]);

  await sql`update message set fallback_at = now() where id = ${ids[0] ?? ""}`;
  expect((await take(9)).map(({ id }) => id)).toEqual([ids[0]]);
});

test("any number of takers share what is due", async () => {
  await using ledger = await openTestLedger();
  const { campaignId, ids } = await givenDue(ledger.sql, 40);
  const pools = Array.from({ length: 4 }, () => ledger.connect({ max: 1 }).sql);
  const take = (sql: typeof ledger.sql) =>
    takeDueFallbacks(sql, { route, limit: 10, leaseMs: 60_000, campaigns: [campaignId] });
  const taken = (await Promise.all(pools.map(take))).flat().map(({ id }) => id);
  while (taken.length < 40) taken.push(...(await take(ledger.sql)).map(({ id }) => id));
  expect(taken.sort()).toEqual([...ids].sort());
});

test("campaigns with something to decide are found, but not the paused, nor those of another route", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const [due, paused, cancelled] = [await givenDue(sql, 1), await givenDue(sql, 1), await givenDue(sql, 1)];
  await givenSentByRcs(sql, 1);
  await givenDue(sql, 1, { fallback: null });
  await pauseCampaign(sql, { campaignId: paused.campaignId, reason: "test" });
  await cancelCampaign(sql, { campaignId: cancelled.campaignId });
  const found = await fallbackCampaigns(sql, { route });
  expect(found.map(({ id, state }) => [id, state])).toEqual([
    [due.campaignId, "running"],
    [cancelled.campaignId, "cancelled"],
  ]);
  expect(await fallbackCampaigns(sql, { route: "other" })).toEqual([]);
  await settle(sql, cancelled.ids);
  expect((await fallbackCampaigns(sql, { route })).map(({ id }) => id)).toEqual([due.campaignId]);
});

test("what waits in others is not walked over", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await givenDue(sql, 500);
  const { campaignId } = await givenDue(sql, 2);
  const read = await messagesRead(sql, (transaction) =>
    takeDueFallbacks(transaction, { route, limit: 10, leaseMs: 1_000, campaigns: [campaignId] }),
  );
  expect(read).toBeLessThan(10);
});
