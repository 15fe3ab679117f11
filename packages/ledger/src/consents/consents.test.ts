import { expect, test } from "vitest";
import {
  claim,
  givenDraft,
  givenReady,
  givenRunning,
  givenSingle,
  importRows,
  messages,
  recipientOf,
  route,
  send,
} from "../../test/given.ts";
import { makeDue, plan, secondLegOf, settle } from "../../test/given-fallback.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import {
  advanceCampaigns,
  appendRows,
  beginImport,
  type ConsentRecord,
  consentsOfRecipient,
  deleteFinished,
  finishImport,
  listMessages,
  newId,
  purgeConsents,
  recordCarrierLegs,
  retryFailed,
  startCampaign,
  streamConsents,
} from "../index.ts";

const dayMs = 86_400_000;
const april = new Date("2026-04-01T00:00:00Z");
const may = new Date("2026-05-01T00:00:00Z");

interface Given {
  campaignId: string;
  ids: string[];
}

/** A running advertising campaign to recipients 1 … `count` who agreed at these times. */
async function givenAdvertising(sql: TestLedger["sql"], count: number, agreedAt?: Date): Promise<Given> {
  const { id: campaignId } = await givenDraft(sql, { class: "advertising" });
  await beginImport(sql, { campaignId });
  const rows = importRows(count).map((row) => ({
    ...row,
    consent: agreedAt ? { at: agreedAt, source: `form\t${row.line}` } : null,
  }));
  const digest = Buffer.from("digest");
  const progress = { rows: count, digest, rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId, route, round: 1, rows, progress });
  await finishImport(sql, { campaignId, rejectedRows: 0, digest });
  await startCampaign(sql, { campaignId });
  return { campaignId, ids: rows.map(({ id }) => id) };
}

/** Everything of the campaign went out and ended so long ago. */
async function endedDaysAgo(sql: TestLedger["sql"], { campaignId, ids }: Given, days: number): Promise<void> {
  await send(sql, ids, { to: "accepted" });
  await sql`
    update message set state = 'delivered', accepted_at = now() - ${days} * interval '1 day', ended_at = now()
    where campaign_id = ${campaignId}`;
  await sql`update campaign set state = 'finished', finished_at = now() - ${days} * interval '1 day' where id = ${campaignId}`;
}

async function deleteAll(sql: TestLedger["sql"], olderThanDays: number): Promise<void> {
  while ((await deleteFinished(sql, { olderThanDays, limit: 3 })).messages > 0);
}

async function purge(sql: TestLedger["sql"], days: number): Promise<number> {
  let deleted = 0;
  for (;;) {
    const step = await purgeConsents(sql, { keepForMs: days * dayMs, limit: 2 });
    deleted += step.deleted;
    if (step.seen < 2) return deleted;
  }
}

async function everyConsent(sql: TestLedger["sql"]): Promise<ConsentRecord[]> {
  const records: ConsentRecord[] = [];
  for await (const page of streamConsents(sql)) records.push(...page);
  return records;
}

const daysAgo = (record: ConsentRecord | undefined) =>
  Math.round((Date.now() - (record?.sentAt?.getTime() ?? 0)) / dayMs);

test("a record of consent stays with its message and goes into every new round", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenAdvertising(sql, 2, april);
  const other = await givenReady(sql, 1, { from: 50 });
  expect(await messages(sql, ids)).toMatchObject([
    { consentAt: april, consentSource: "form\t1" },
    { consentAt: april, consentSource: "form\t2" },
  ]);
  expect(await messages(sql, other.ids)).toMatchObject([{ consentAt: null, consentSource: null }]);
  await send(sql, ids, { to: "failed" });
  await retryFailed(sql, { campaignId });
  const all = await listMessages(sql, { campaignId, limit: 9 });
  expect(all.map(({ round, consentAt }) => ({ round, consentAt }))).toEqual(
    [1, 1, 2, 2].map((round) => ({ round, consentAt: april })),
  );
});

test("a list may bring a record for some of its recipients only", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { id: campaignId } = await givenDraft(sql, { class: "advertising" });
  await beginImport(sql, { campaignId });
  const consents = [null, { at: null, source: "paper" }, { at: may, source: null }, undefined];
  const rows = importRows(4).map((row, index) => ({ ...row, consent: consents[index] ?? null }));
  const progress = { rows: 4, digest: Buffer.from("d"), rejected: 0, duplicates: 0 };
  await appendRows(sql, { campaignId, route, round: 1, rows, progress });
  expect(await listMessages(sql, { campaignId, limit: 9 })).toMatchObject([
    { consentAt: null, consentSource: null },
    { consentAt: null, consentSource: "paper" },
    { consentAt: may, consentSource: null },
    { consentAt: null, consentSource: null },
  ]);
});

test("a record outlives its message until a month after the last advertising, then it goes", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await endedDaysAgo(sql, await givenAdvertising(sql, 5, april), 20);
  await deleteAll(sql, 10);
  expect(await sql`select count(*) from message`).toEqual([{ count: 0 }]);
  expect(await purge(sql, 31)).toBe(0);
  const kept = await everyConsent(sql);
  expect(kept.map(({ recipient }) => recipient).sort()).toEqual([1, 2, 3, 4, 5].map(recipientOf));
  expect(kept[0]).toMatchObject({ consentAt: april, messageId: null });
  expect(daysAgo(kept[0])).toBe(20);
  await sql`update consent set last_sent_at = now() - interval '32 days' where recipient <= ${recipientOf(3)}`;
  expect(await purge(sql, 31)).toBe(3);
  expect(await everyConsent(sql)).toHaveLength(2);
});

test("later advertising to the same person keeps it, whether it is there, still to come, or deleted too", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await endedDaysAgo(sql, await givenAdvertising(sql, 4, april), 100);
  const old = await givenAdvertising(sql, 1);
  await endedDaysAgo(sql, old, 60);
  await deleteAll(sql, 50);
  // The record of the first was prolonged by the second campaign, which brought none.
  expect(daysAgo((await consentsOfRecipient(sql, { recipient: recipientOf(1) }))[0])).toBe(60);
  await endedDaysAgo(sql, await givenAdvertising(sql, 2), 5);
  await givenSingle(sql, { recipient: recipientOf(3), class: "advertising" });
  await givenRunning(sql, 4);
  expect(await purge(sql, 31)).toBe(1);
  const kept = (await sql`select recipient from consent order by recipient`).map(({ recipient }) => recipient);
  expect(kept).toEqual([1, 2, 3].map(recipientOf));
  expect(daysAgo((await consentsOfRecipient(sql, { recipient: recipientOf(2) })).at(-1))).toBe(5);
  expect(await purge(sql, 31)).toBe(0);
});

test("a second leg goes with the class, the overrides and the consent of its first, so that it too prolongs the record", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const overrides = [{ rule: "window", reason: "recall", by: "test", at: "2026-12-01T00:00:00.000Z" }] as const;
  const consent = { at: april, source: "form" };
  const singles = await Promise.all(
    [1, 2].map((from) => {
      const recipient = recipientOf(from);
      return givenSingle(sql, { recipient, class: "advertising", overrides, consent, fallback: plan });
    }),
  );
  const ids = singles.map(({ id }) => id);
  await send(sql, ids, { to: "accepted", channel: "rcs" });
  await makeDue(sql, ids);
  await settle(sql, ids.slice(0, 1), { second: { route, segments: 1, content: { text: "sms" }, fault: null } });
  const ofCarrier = { id: newId(), firstLeg: ids[1] ?? "", channel: "sms", providerMessageId: "sms-1", segments: 1 };
  await recordCarrierLegs(sql, [ofCarrier]);
  const seconds = [await secondLegOf(sql, ids[0]), await secondLegOf(sql, ids[1])];
  expect(seconds).toMatchObject(
    seconds.map(() => ({ class: "advertising", overrides, consentAt: april, consentSource: "form" })),
  );
  const [begun] = seconds;
  expect((await claim(sql, [begun?.id ?? ""])).claimed).toMatchObject([{ leg: 2, class: "advertising", overrides }]);

  // The first legs are long gone, the second have only just been.
  await sql`
    update message set
      state = 'delivered', ended_at = now() - interval '70 days', unknown_at = null,
      accepted_at = now() - case leg when 1 then interval '80 days' else interval '20 days' end,
      id = ('00000000-0000-7000-8000-' || right(id::text, 12))::uuid`;
  await deleteAll(sql, 60);
  expect((await everyConsent(sql)).map(daysAgo)).toEqual([20, 20]);
});

test("what was never tried, and what is no advertising, leaves no record behind", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const never = await givenAdvertising(sql, 2, april);
  await sql`update message set state = 'cancelled', ended_at = now()`;
  await sql`update campaign set state = 'cancelled', finished_at = now() - interval '99 days' where id = ${never.campaignId}`;
  const notice = await givenRunning(sql, 2, { from: 10, class: "transactional" });
  await endedDaysAgo(sql, notice, 99);
  await sql`insert into consent (recipient, source, last_sent_at) values (${recipientOf(10)}, 'paper', now() - interval '120 days')`;
  await deleteAll(sql, 90);
  expect(await sql`select count(*) from message`).toEqual([{ count: 0 }]);
  // Nor does a notice prolong what is kept of its recipient.
  expect((await everyConsent(sql)).map(daysAgo)).toEqual([120]);
});

test("two records of one person in one campaign's batch, and the same record again, become one each", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const consent = { at: april, source: "form" };
  const singles = [
    await givenSingle(sql, { class: "advertising", consent }),
    await givenSingle(sql, { class: "advertising", consent }),
    await givenSingle(sql, { class: "advertising", consent: { at: may, source: "paper" } }),
  ];
  for (const [index, { id }] of singles.entries()) {
    await send(sql, [id], { to: "accepted" });
    await sql`
      update message set state = 'delivered', accepted_at = now() - ${90 + index} * interval '1 day',
        ended_at = now() - interval '90 days' where id = ${id}`;
  }
  expect(await consentsOfRecipient(sql, { recipient: recipientOf(1) })).toHaveLength(3);
  // Ids tell the age of single messages.
  await sql`update message set id = ('00000000-0000-7000-8000-' || right(id::text, 12))::uuid`;
  expect(await deleteFinished(sql, { olderThanDays: 60, limit: 10 })).toMatchObject({ messages: 3 });
  const kept = await consentsOfRecipient(sql, { recipient: recipientOf(1) });
  expect(kept).toMatchObject([{ consentAt: may }, { consentAt: april }]);
  expect(kept.map(daysAgo)).toEqual([90, 90]);
  await advanceCampaigns(sql);
});
