import { expect, test } from "vitest";
import { givenDraft, givenRunning, send } from "../../test/given.ts";
import { openTestLedger } from "../../test/test-ledger.ts";
import { cancelCampaign, createCampaign, findCampaign, listCampaigns, type NewCampaign, newId } from "../index.ts";

function newCampaign(options: Partial<NewCampaign> = {}): NewCampaign {
  return {
    id: newId(),
    key: "2026-12-coupon",
    name: "Coupons for December",
    route: "coupon-sms",
    content: { text: "#{name} 様", nested_key: { some_key: null } },
    variables: ["name", "店舗"],
    requestHash: Buffer.from([0, 255, 1]),
    ...options,
  };
}

test("a campaign is read back as it was created", async () => {
  await using ledger = await openTestLedger();
  const given = newCampaign({
    priority: 2,
    deliveryWindow: { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" },
    startAt: new Date("2026-12-01T00:00:00Z"),
    validUntil: new Date("2026-12-02T00:00:00Z"),
    onUnknown: "resend",
  });
  const { campaign, created } = await createCampaign(ledger.sql, given);
  expect(created).toBe(true);
  expect(campaign).toMatchObject({
    ...given,
    state: "draft",
    round: 1,
    importedRows: 0,
    feedCursor: null,
    triedBefore: 0,
  });
  expect(await findCampaign(ledger.sql, { id: given.id })).toEqual(campaign);
  expect(await findCampaign(ledger.sql, { key: given.key })).toEqual(campaign);
});

test("what is not said takes its default", async () => {
  await using ledger = await openTestLedger();
  const { campaign } = await createCampaign(ledger.sql, newCampaign());
  expect(campaign).toMatchObject({
    priority: 5,
    onUnknown: "hold",
    deliveryWindow: null,
    startAt: null,
    validUntil: null,
  });
});

test("the same key answers the campaign that has it", async () => {
  await using ledger = await openTestLedger();
  const first = await createCampaign(ledger.sql, newCampaign());
  const second = await createCampaign(ledger.sql, newCampaign({ requestHash: Buffer.from("other") }));
  expect(second).toEqual({ campaign: first.campaign, created: false });
});

test("of many processes that create a key at once, one does", async () => {
  await using ledger = await openTestLedger();
  const all = await Promise.all(Array.from({ length: 12 }, () => createCampaign(ledger.sql, newCampaign())));
  expect(all.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(all.map(({ campaign }) => campaign.id)).size).toBe(1);
});

test("an id or key nobody knows finds nothing", async () => {
  await using ledger = await openTestLedger();
  for (const by of [{ id: newId() }, { id: "2026-12-coupon" }, { key: "none" }]) {
    expect(await findCampaign(ledger.sql, by)).toBeNull();
  }
});

test("campaigns are listed newest first, page by page, with their counts", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const older = await givenRunning(sql, 3);
  await send(sql, older.ids.slice(0, 1), { to: "accepted" });
  const middle = await givenDraft(sql);
  const newer = await givenRunning(sql, 2);
  await cancelCampaign(sql, { campaignId: newer.campaignId });

  const page = await listCampaigns(sql, { limit: 2 });
  expect(page.map(({ id }) => id)).toEqual([newer.campaignId, middle.id]);
  expect(page[1]?.counts).toMatchObject({ total: 0, queued: 0, everAccepted: 0 });
  const rest = await listCampaigns(sql, { limit: 2, before: middle.id });
  expect(rest.map(({ id }) => id)).toEqual([older.campaignId]);
  expect(rest[0]?.counts).toMatchObject({ total: 3, queued: 2, accepted: 1, segmentsAccepted: 1 });
  const cancelled = await listCampaigns(sql, { limit: 9, state: "cancelled" });
  expect(cancelled.map(({ id }) => id)).toEqual([newer.campaignId]);
});
