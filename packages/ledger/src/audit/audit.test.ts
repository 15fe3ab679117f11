import { expect, test } from "vitest";
import { givenDraft, givenRunning, givenSingle, message, recipientOf, route, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import {
  addSuppression,
  auditActions,
  cancelCampaign,
  findCampaign,
  holdRoute,
  insertMessage,
  listAudit,
  newId,
  releaseRoute,
  removeSuppression,
  resendUnknown,
} from "../index.ts";

const by = { actor: "cli:sato@desk", reason: "asked by phone" };
const overrides = [
  { rule: "window", reason: "an alarm", by: "api-key:shop", at: "2026-12-01T00:00:00.000Z" },
  { rule: "refusal-way", reason: "by law of 2026", by: "api-key:shop", at: "2026-12-01T00:00:00.000Z" },
] as const;

test("what a campaign sets aside stands on it and in the audit, once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const campaign = await givenDraft(sql, { key: "k", class: "advertising", overrides });
  await givenDraft(sql, { key: "k", class: "advertising", overrides });
  expect(campaign).toMatchObject({ class: "advertising", overrides });
  expect(await findCampaign(sql, { key: "k" })).toMatchObject({ class: "advertising", overrides });
  expect((await listAudit(sql, { limit: 9 })).reverse()).toMatchObject(
    overrides.map(({ rule, reason, by: actor }) => ({
      ...{
        action: "override-rule",
        rule,
        reason,
        actor,
        route,
        campaignId: campaign.id,
        campaignName: campaign.name,
        messageId: null,
      },
      at: expect.any(Date),
    })),
  );
});

test("so does what a single message sets aside", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const input = { class: "advertising", overrides: overrides.slice(0, 1), idempotencyKey: "k" } as const;
  const single = await givenSingle(sql, input);
  await givenSingle(sql, input);
  expect(single).toMatchObject({ class: "advertising", overrides: [{ rule: "window" }] });
  expect(await listAudit(sql, { limit: 9, messageId: single.id })).toMatchObject([
    { action: "override-rule", rule: "window", messageId: single.id, campaignId: null },
  ]);
});

test("a campaign without a class has none, and nothing in the audit", async () => {
  await using ledger = await openTestLedger();
  expect(await givenDraft(ledger.sql)).toMatchObject({ class: null, overrides: [] });
  expect(await listAudit(ledger.sql, { limit: 9 })).toEqual([]);
});

test("sending unknown messages again is noted for each campaign, with how many", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const two = await givenRunning(sql, 2);
  const stopped = await givenRunning(sql, 1, { from: 11 });
  const single = await givenSingle(sql, { recipient: recipientOf(20) });
  for (const { ids } of [two, stopped, { ids: [single.id] }]) await send(sql, ids, { to: "unknown" });
  await cancelCampaign(sql, { campaignId: stopped.campaignId });
  expect(await resendUnknown(sql, { olderThanMs: -1_000 }, by)).toBe(3);
  const noted = await listAudit(sql, { limit: 9, action: "resend-unknown" });
  expect(noted).toHaveLength(2);
  expect(noted.find(({ campaignId }) => campaignId === two.campaignId)).toMatchObject({
    ...{ ...by, messageId: null, details: { messages: 2 } },
  });
  expect(noted.find(({ campaignId }) => campaignId === null)).toMatchObject({
    ...{ ...by, messageId: single.id, details: { messages: 1 } },
  });
  expect(await resendUnknown(sql, { olderThanMs: -1_000 }, by)).toBe(0);
  expect(await listAudit(sql, { limit: 9 })).toHaveLength(2);
});

test("lifting a hold is noted with what was held; one that ends by itself is not", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await givenDraft(sql);
  const hold = { route, cause: "credentials", reason: "HTTP 401", probeInMs: 1_000 } as const;
  await holdRoute(sql, hold);
  expect(await releaseRoute(sql, { route })).toBe(true);
  expect(await listAudit(sql, { limit: 9 })).toEqual([]);
  await holdRoute(sql, hold);
  expect(await releaseRoute(sql, { route, by })).toBe(true);
  expect(await releaseRoute(sql, { route, by })).toBe(false);
  expect(await listAudit(sql, { limit: 9 })).toMatchObject([
    { ...by, action: "release-route", route, details: { heldCause: "credentials", heldReason: "HTTP 401" } },
  ]);
});

test("removing a suppression is noted with whose it was and why it was there", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const recipient = recipientOf(1);
  await addSuppression(sql, { recipient, reason: "停止", source: "reply" });
  expect(await removeSuppression(sql, { recipient, by })).toBe(true);
  expect(await removeSuppression(sql, { recipient, by })).toBe(false);
  expect(await listAudit(sql, { limit: 9 })).toMatchObject([
    { ...by, action: "remove-suppression", recipient, route: "*", details: { source: "reply", reason: "停止" } },
  ]);
});

test("the audit is read page by page, newest first", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  for (let number = 1; number <= 5; number++) {
    await addSuppression(sql, { recipient: recipientOf(number) });
    await removeSuppression(sql, { recipient: recipientOf(number), by });
  }
  const first = await listAudit(sql, { limit: 3 });
  const rest = await listAudit(sql, { limit: 3, before: first.at(-1)?.id ?? 0 });
  expect([...first, ...rest].map(({ recipient }) => recipient)).toEqual([5, 4, 3, 2, 1].map(recipientOf));
});

test("the ledger takes every action there is, and no other", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  for (const action of auditActions) await sql`insert into audit (actor, action) values (${by.actor}, ${action})`;
  const other = sql`insert into audit (actor, action) values (${by.actor}, 'something-else')`;
  await expect(other).rejects.toThrow(/audit_action_check/);
});

test("a single message may wait for its window, unless it is suppressed", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const dueAt = new Date(Date.now() + 3_600_000);
  expect(await givenSingle(sql, { dueAt })).toMatchObject({ state: "queued", dueAt });
  await addSuppression(sql, { recipient: recipientOf(9) });
  const { message: suppressed } = await insertMessage(sql, {
    ...{ id: newId(), route, recipient: recipientOf(9), content: {}, segments: 1, dueAt },
  });
  expect(await message(sql, suppressed.id)).toMatchObject({ state: "suppressed", dueAt: null });
});
