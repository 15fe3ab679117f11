import fc from "fast-check";
import { expect, test } from "vitest";
import { givenRunning, givenSingle, recipientOf, route, send } from "../../test/given.ts";
import { givenDue, secondLegOf, settle } from "../../test/given-fallback.ts";
import { openTestLedger, type TestLedger } from "../../test/test-ledger.ts";
import { deleteFinished, findCampaign, publishRoutes, type UsageRow, usageOfMonth } from "../index.ts";

const timeZone = "Asia/Tokyo";
const usage = (sql: TestLedger["sql"], month = "2026-11", zone = timeZone) =>
  usageOfMonth(sql, { month, timeZone: zone });
const short = ({ day, key, channel, messages, segments }: UsageRow) => ({ day, key, channel, messages, segments });

/** Accepted at these moments, one message each, of two parts. */
async function givenAccepted(sql: TestLedger["sql"], key: string, times: readonly string[], channel = "sms") {
  const campaign = await givenRunning(sql, times.length, { key, name: `Campaign ${key}` });
  await sql`update message set segments = 2 where campaign_id = ${campaign.campaignId}`;
  for (const [index, id] of campaign.ids.entries()) {
    await send(sql, [id], { to: "accepted", channel, at: new Date(times[index] ?? "") });
  }
  return campaign;
}

async function forget(sql: TestLedger["sql"], limit = 100): Promise<void> {
  await sql`
    update message set state = 'delivered', delivered_at = accepted_at, ended_at = now() where state in ('accepted', 'sent')`;
  await sql`update campaign set state = 'finished', finished_at = now() - interval '99 days'`;
  for (;;) {
    const { campaigns, messages } = await deleteFinished(sql, { olderThanDays: 90, limit });
    if (campaigns + messages === 0) return;
  }
}

test("a second leg is counted where it went: over its own route, by its own channel", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const { campaignId, ids } = await givenDue(sql, 3, { key: "plus" });
  await publishRoutes(sql, [
    { name: route, provider: "kddi", settings: {}, account: "bot_0001" },
    { name: "sms", provider: "sens-sms", settings: {}, account: "ncp:sms" },
  ]);
  await sql`update message set accepted_at = '2026-11-10T03:00:00Z' where campaign_id = ${campaignId}`;
  await settle(sql, ids.slice(0, 1));
  await settle(sql, ids.slice(1, 2), { second: { route: "sms", segments: 2, content: null, fault: null } });
  const [same, elsewhere] = [await secondLegOf(sql, ids[0]), await secondLegOf(sql, ids[1])];
  await send(sql, [same.id], { to: "accepted", channel: "sms", at: new Date("2026-11-10T07:00:00Z") });
  await send(
    sql,
    [elsewhere.id],
    { to: "accepted", channel: "lms", at: new Date("2026-11-10T07:00:00Z") },
    { route: "sms" },
  );
  const parts = async () =>
    (await usage(sql)).map((row) => [row.route, row.account, row.key, row.channel, row.messages, row.segments]);
  const expected = [
    [route, "bot_0001", "plus", "rcs", 3, 3],
    [route, "bot_0001", "plus", "sms", 1, 2],
    ["sms", "ncp:sms", "plus", "lms", 1, 2],
  ];
  expect(await parts()).toEqual(expected);
  await forget(sql);
  expect(await sql`select id from message`).toHaveLength(0);
  expect(await parts()).toEqual(expected);
});

test("what the carrier accepted is counted by day, route, campaign and channel, in the time zone asked for", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {}, account: "bot_0001" }]);
  await givenAccepted(sql, "a", [
    "2026-10-31T14:59:59.999Z", // the last moment of October in Tokyo
    "2026-10-31T15:00:00Z",
    "2026-11-01T01:00:00Z",
    "2026-11-29T15:00:00Z",
    "2026-11-30T14:59:59.999Z",
    "2026-11-30T15:00:00Z", // December
  ]);
  await givenAccepted(sql, "b", ["2026-11-01T03:00:00Z"], "rcs");
  const waiting = await givenRunning(sql, 3, { key: "c" });
  await send(sql, waiting.ids, { to: "rejected" });
  const single = await givenSingle(sql, { recipient: recipientOf(99) });
  await send(sql, [single.id], { to: "accepted", at: new Date("2026-11-01T04:00:00Z") });
  await publishRoutes(sql, [{ name: route, provider: "kddi", settings: {}, account: "bot_0001" }]);

  const november = await usage(sql);
  expect(november.map(short)).toEqual([
    { day: "2026-11-01", key: null, channel: null, messages: 1, segments: 1 },
    { day: "2026-11-01", key: "a", channel: "sms", messages: 2, segments: 4 },
    { day: "2026-11-01", key: "b", channel: "rcs", messages: 1, segments: 2 },
    { day: "2026-11-30", key: "a", channel: "sms", messages: 2, segments: 4 },
  ]);
  expect(november[1]).toMatchObject({ route, account: "bot_0001", name: "Campaign a" });
  expect((await usage(sql, "2026-10")).map(short)).toMatchObject([{ day: "2026-10-31", key: "a", messages: 1 }]);
  expect((await usage(sql, "2026-12")).map(short)).toMatchObject([{ day: "2026-12-01", key: "a", messages: 1 }]);
  expect((await usage(sql, "2026-10", "UTC")).map(short)).toMatchObject([{ day: "2026-10-31", key: "a", messages: 2 }]);
});

test("it is the same after retention has deleted the messages and their campaigns, also half-way and in other zones", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const first = await givenAccepted(sql, "a", [
    ...["2026-11-01T00:00:00Z", "2026-11-01T00:14:59Z", "2026-11-01T00:15:00Z"],
    ...["2026-11-10T18:20:00Z", "2026-11-30T14:59:59Z"],
  ]);
  await givenAccepted(sql, "b", ["2026-11-02T00:00:00Z", "2026-11-02T00:00:01Z"], "rcs");
  const single = await givenSingle(sql, { recipient: recipientOf(99) });
  await send(sql, [single.id], { to: "accepted", at: new Date("2026-11-05T04:00:00Z") });
  const zones = [timeZone, "Asia/Kathmandu", "America/New_York"];
  const read = () => Promise.all(zones.map((zone) => usage(sql, "2026-11", zone)));
  const before = await read();

  await sql`
    update message set state = 'delivered', delivered_at = accepted_at, ended_at = now() where campaign_id is not null`;
  await sql`update campaign set state = 'finished', finished_at = now() - interval '99 days'`;
  await deleteFinished(sql, { olderThanDays: 90, limit: 3 });
  expect(await read()).toEqual(before);
  await sql`
    update message set state = 'delivered', delivered_at = accepted_at, ended_at = now() - interval '99 days',
      id = ('00000000-0000-7000-8000-' || right(id::text, 12))::uuid
    where campaign_id is null`;
  await forget(sql, 2);
  expect(await sql`select count(*) from message`).toEqual([{ count: 0 }]);
  expect(await findCampaign(sql, { id: first.campaignId })).toBeNull();
  expect(await read()).toEqual(before);
});

test("two processes that delete at once count everything once", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const times = Array.from({ length: 60 }, (_, index) => new Date(Date.UTC(2026, 10, 1, 0, 0, index)).toISOString());
  await givenAccepted(sql, "a", times);
  await Promise.all([
    forget(sql, 7),
    forget(ledger.connect({ max: 1 }).sql, 5),
    forget(ledger.connect({ max: 1 }).sql, 3),
  ]);
  expect((await usage(sql)).map(short)).toEqual([
    { day: "2026-11-01", key: "a", channel: "sms", messages: 60, segments: 120 },
  ]);
});

test("whatever is accepted when, and whatever is deleted in between, the sums are those of the messages", async () => {
  await using ledger = await openTestLedger();
  const { sql } = ledger;
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.date({ min: new Date("2026-10-30"), max: new Date("2026-12-02"), noInvalidDate: true }),
    },
    { weight: 1, arbitrary: fc.constant("delete" as const) },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
      await sql`truncate message, campaign, campaign_count, usage_past, campaign_past, claim, attempt, import_rejection`;
      const days = new Map<string, number>();
      const format = new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
      for (const each of steps) {
        if (each === "delete") await forget(sql);
        else {
          await givenAccepted(sql, `${Math.random()}`, [each.toISOString()]);
          const day = format.format(each);
          if (day.startsWith("2026-11")) days.set(day, (days.get(day) ?? 0) + 1);
        }
      }
      const found = new Map<string, number>();
      for (const { day, messages } of await usage(sql)) found.set(day, (found.get(day) ?? 0) + messages);
      expect([...found].sort()).toEqual([...days].sort());
    }),
    { numRuns: 20 },
  );
});
