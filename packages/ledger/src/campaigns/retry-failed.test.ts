import { expect, test } from "vitest";
import { claim, givenDraft, givenRunning, messages, recipientOf, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  campaignCounts,
  cancelCampaign,
  countRows,
  findCampaign,
  messagesOfRecipient,
  newId,
  nextToFeed,
  pauseCampaign,
  retryFailed,
} from "../index.ts";

test("only the failed get a new message in a new round, with the same variables; the old ones stay", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 5);
  await send(sql, ids.slice(0, 2), { to: "failed", reason: "given up" });
  await send(sql, ids.slice(2, 3), { to: "expired" });
  await send(sql, ids.slice(3, 4), { to: "accepted" });
  await send(sql, ids.slice(4), { to: "rejected" });
  await advanceCampaigns(sql);

  expect(await retryFailed(sql, { campaignId, batchSize: 1 })).toEqual({ round: 2, messages: 2 });

  expect(await findCampaign(sql, { id: campaignId })).toMatchObject({ state: "running", round: 2, feedCursor: null });
  const [retried, old] = await messagesOfRecipient(sql, { recipient: recipientOf(1), limit: 9 });
  expect(old).toMatchObject({ id: ids[0], state: "failed", round: 1, reason: "given up" });
  expect(retried).toMatchObject({
    state: "queued",
    round: 2,
    vars: ["name 1"],
    segments: 1,
    line: 1,
    attempts: 0,
    reason: null,
  });
  const fed = await nextToFeed(sql, { campaignId, after: null, limit: 9 });
  expect((await messages(sql, fed)).map(({ recipient }) => recipient)).toEqual([recipientOf(1), recipientOf(2)]);
  expect((await claim(sql, fed)).claimed).toHaveLength(2);
  expect(await campaignCounts(sql, { campaignId })).toEqual(await countRows(sql, { campaignId }));
});

test("what expired is retried when asked for", async () => {
  await using ledger = await openTestLedger();
  const { campaignId, ids } = await givenRunning(ledger.sql, 2);
  await send(ledger.sql, ids.slice(0, 1), { to: "failed" });
  await send(ledger.sql, ids.slice(1), { to: "expired" });
  expect(await retryFailed(ledger.sql, { campaignId, states: ["failed", "expired"] })).toEqual({
    round: 2,
    messages: 2,
  });
});

test("called again it finds nobody, until the new round fails too", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 2);
  await send(sql, ids, { to: "failed" });
  await retryFailed(sql, { campaignId });
  expect(await retryFailed(sql, { campaignId })).toEqual({ round: 2, messages: 0 });
  const second = await nextToFeed(sql, { campaignId, after: null, limit: 9 });
  await send(sql, second.slice(0, 1), { to: "failed" });
  expect(await retryFailed(sql, { campaignId })).toEqual({ round: 3, messages: 1 });
});

test("cut off after some batches and called again it does the rest, and nobody gets two", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 10);
  await send(sql, ids, { to: "failed" });
  // The second batch meets a number that the first one has not: as if the process had died there.
  await sql.unsafe(`
    create function die() returns trigger language plpgsql as $$ begin raise 'cut off'; end $$;
    create trigger die before insert on message for each row when (new.recipient = '${recipientOf(5)}') execute function die()`);
  await expect(retryFailed(sql, { campaignId, batchSize: 3 })).rejects.toThrow("cut off");
  await sql.unsafe("drop trigger die on message");

  expect(await retryFailed(sql, { campaignId, batchSize: 3 })).toMatchObject({ messages: 7 });
  const newest = await sql`
    select recipient, count(*) from message where state = 'queued' group by recipient`;
  expect(newest).toHaveLength(10);
  expect(new Set(newest.map(({ count }) => count))).toEqual(new Set([1]));
});

test("two retries at once give everybody one new message", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 40);
  await send(sql, ids, { to: "failed" });
  const both = await Promise.all([
    retryFailed(sql, { campaignId, batchSize: 3 }),
    retryFailed(sql, { campaignId, batchSize: 4 }),
  ]);
  expect((both[0]?.messages ?? 0) + (both[1]?.messages ?? 0)).toBe(40);
  const newest = await sql`select recipient from message where state = 'queued'`;
  expect(new Set(newest.map(({ recipient }) => recipient)).size).toBe(40);
  expect(newest).toHaveLength(40);
});

test("a paused campaign stays paused; a cancelled, unknown or never started one has no retry", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenRunning(sql, 1);
  await send(sql, ids, { to: "failed" });
  await pauseCampaign(sql, { campaignId, reason: "test" });
  expect(await retryFailed(sql, { campaignId })).toEqual({ round: 2, messages: 1 });
  expect((await findCampaign(sql, { id: campaignId }))?.state).toBe("paused");
  await cancelCampaign(sql, { campaignId });
  expect(await retryFailed(sql, { campaignId })).toBeNull();
  expect(await retryFailed(sql, { campaignId: newId() })).toBeNull();
  expect(await retryFailed(sql, { campaignId: (await givenDraft(sql)).id })).toBeNull();
});
