import { Readable } from "node:stream";
import { addSuppression, campaignCounts, countRows, listRejections } from "@hikyaku/ledger";
import { connectRedis, onFeederSignal } from "@hikyaku/queue";
import { createDatabase, waitFor } from "@hikyaku/testkit";
import { describe, expect, test } from "vitest";
import {
  CampaignConflictError,
  createProducer,
  DifferentRecipientsError,
  InvalidContentError,
  InvalidRequestError,
  LedgerNotReadyError,
  UnknownRouteError,
} from "../src/index.ts";
import { freshProducer, people, publishCouponRoute } from "./fresh-producer.ts";

const coupon = { key: "2026-12-coupon", route: "coupon-sms", text: "#{name}様、クーポンをお送りします。" };

/** A source that must not be touched. */
const untouchable: Iterable<never> = {
  [Symbol.iterator]() {
    throw new Error("the source was read");
  },
};

describe("a new campaign", () => {
  test("has one message for each recipient, with the values its content uses, and runs", async () => {
    await using fresh = await freshProducer();
    const recipients = [
      { to: "090-1234-5678", name: "山田", password: "secret" },
      { to: "+819012345679", name: '佐藤 \\ "N"\n', password: "secret" },
    ];
    const result = await fresh.hikyaku.enqueueCampaign({ ...coupon, name: "December", priority: 2, recipients });
    expect(result).toMatchObject({
      key: "2026-12-coupon",
      name: "December",
      state: "running",
      created: true,
      recipients: 2,
      rejected: 0,
      duplicates: 0,
      suppressed: 0,
      segments: 2,
      rejections: [],
      warnings: [],
    });
    const messages = await fresh.sql`
      select recipient, vars, line, state, route, segments from message where campaign_id = ${result.id} order by id`;
    const rest = { state: "queued", route: "coupon-sms", segments: 1 };
    expect([...messages]).toEqual([
      { recipient: "+819012345678", vars: ["山田"], line: 1, ...rest },
      { recipient: "+819012345679", vars: ['佐藤 \\ "N"\n'], line: 2, ...rest },
    ]);
  });

  test.each([
    ["a generator", () => people(25_001)],
    ["a stream", () => Readable.from(people(25_001))],
  ])("comes in whole from %s of several chunks, and tells how far it is", async (_, source) => {
    await using fresh = await freshProducer();
    const seen: number[] = [];
    const result = await fresh.hikyaku.enqueueCampaign({
      ...coupon,
      recipients: source(),
      onProgress: ({ rows }) => seen.push(rows),
    });
    expect(result.recipients).toBe(25_001);
    expect(seen).toEqual([10_000, 20_000, 25_001]);
    const counts = await campaignCounts(fresh.sql, { campaignId: result.id });
    expect(counts).toMatchObject({ total: 25_001, queued: 25_001 });
    expect(await countRows(fresh.sql, { campaignId: result.id })).toEqual(counts);
    const [order] = await fresh.sql`
      select bool_and(line = position) as same from (
        select line, row_number() over (order by id) as position from message where campaign_id = ${result.id}) as rows`;
    expect(order).toEqual({ same: true });
  });

  test("leaves out what can't be messaged and tells line, code and reason of each", async () => {
    await using fresh = await freshProducer();
    const rows = [
      { to: "090-1111-1111", name: "A" },
      { to: "03-1111-1111", name: "B" },
      { to: "0901111111１", name: "C" },
      { to: "090-2222-2222", name: "" },
      { to: "090-2222-2222" },
      { to: "", name: "F" },
      { to: "090-3333-3333", name: "😀" },
      { to: "090-4444-4444", name: "H" },
    ] as { to: string; name: string }[];
    const told: unknown[] = [];
    const result = await fresh.hikyaku.enqueueCampaign({
      ...coupon,
      recipients: rows,
      lineOf: (_, index) => index + 1,
      onRejected: ({ line, code, row }) => told.push([line, code, row]),
    });
    const expected = [
      [3, "not-mobile"],
      [4, "duplicate"],
      [5, "blank-value"],
      [6, "missing-value"],
      [7, "empty"],
      [8, "sms-unsafe-character"],
    ] as const;
    expect(result).toMatchObject({ recipients: 2, rejected: 5, duplicates: 1 });
    expect(result.rejections.map(({ line, code }) => [line, code])).toEqual(expected);
    expect(told).toEqual(expected.map(([line, code]) => [line, code, rows[line - 2]]));
    expect(await listRejections(fresh.sql, { campaignId: result.id, limit: 100 })).toEqual(result.rejections);
    expect(JSON.stringify(result.rejections)).not.toMatch(/1111|2222|3333/);
  });

  test("keeps 10,000 rejected rows and counts all of them", async () => {
    await using fresh = await freshProducer();
    let told = 0;
    const recipients = Array.from({ length: 12_345 }, (_, index) => ({ to: `03${index}`, name: "x" }));
    const result = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients, onRejected: () => told++ });
    expect(result).toMatchObject({ recipients: 0, rejected: 12_345 });
    expect(result.rejections).toHaveLength(100);
    expect(told).toBe(12_345);
    expect(await listRejections(fresh.sql, { campaignId: result.id, limit: 20_000 })).toHaveLength(10_000);
  });

  test("does not message who is suppressed, and does not count their parts", async () => {
    await using fresh = await freshProducer();
    await addSuppression(fresh.sql, { recipient: "+819010000001" });
    const result = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(3) });
    expect(result).toMatchObject({ recipients: 3, suppressed: 1, segments: 2 });
    const counts = await campaignCounts(fresh.sql, { campaignId: result.id });
    expect(counts).toMatchObject({ queued: 2, suppressed: 1 });
  });

  test("tells a warning of many rows once", async () => {
    await using fresh = await freshProducer();
    const recipients = Array.from({ length: 30 }, (_, index) => ({ to: `90100000${10 + index}`, name: "x" }));
    const { warnings } = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients });
    expect(warnings).toMatchObject([{ code: "recipient", rows: 30, firstLine: 1 }]);
  });

  test("wakes the feeder of its route", async () => {
    await using fresh = await freshProducer();
    const { redisUrl, redisPrefix } = fresh.options;
    const connections = connectRedis({ url: redisUrl });
    const heard: string[] = [];
    await onFeederSignal(["coupon-sms"], (route) => heard.push(route), { connections, prefix: redisPrefix });
    await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(1) });
    await waitFor(() => heard.length > 0, { what: "the signal" });
    expect(heard).toEqual(["coupon-sms"]);
    await connections.closeAll();
  });

  test("waits where it is told to: `start: false` until it is started, `startAt` until then", async () => {
    await using fresh = await freshProducer();
    const { hikyaku } = fresh;
    const idle = await hikyaku.enqueueCampaign({ ...coupon, recipients: people(1), start: false });
    expect(idle).toMatchObject({ state: "ready", startAt: null });
    const startAt = new Date(Date.now() + 3_600_000);
    const later = await hikyaku.enqueueCampaign({
      ...coupon,
      key: "later",
      recipients: people(1),
      startAt,
      validFor: "1h",
    });
    expect(later).toMatchObject({ state: "ready", startAt, validUntil: new Date(startAt.getTime() + 3_600_000) });
    const both = hikyaku.enqueueCampaign({ ...coupon, key: "both", recipients: untouchable, startAt, start: false });
    await expect(both).rejects.toThrow("startAt: start is false");
    expect(await hikyaku.startCampaign({ key: coupon.key })).toMatchObject({ state: "running" });
  });
});

describe("the same campaign again", () => {
  test("is answered as it is, and nothing is added or started twice", async () => {
    await using fresh = await freshProducer();
    const request = { ...coupon, recipients: [...people(3), ...people(1), { to: "1", name: "x" }] };
    const first = await fresh.hikyaku.enqueueCampaign(request);
    await fresh.hikyaku.pauseCampaign({ id: first.id });
    const told: unknown[] = [];
    const again = await fresh.hikyaku.enqueueCampaign({
      ...request,
      onRejected: ({ line, code, row }) => told.push([line, code, row]),
    });
    expect(again).toEqual({ ...first, created: false, state: "paused" });
    expect(told).toEqual([
      [4, "duplicate", request.recipients[3]],
      [5, "wrong-length", request.recipients[4]],
    ]);
    const counts = await countRows(fresh.sql, { campaignId: first.id });
    expect(counts.total).toBe(3);
  });

  test("is started when the first call did not come to that", async () => {
    await using fresh = await freshProducer();
    const request = { ...coupon, recipients: [...people(3)] };
    await fresh.hikyaku.enqueueCampaign({ ...request, start: false });
    expect(await fresh.hikyaku.enqueueCampaign(request)).toMatchObject({ created: false, state: "running" });
  });

  test.each([
    ["fewer", [...people(2)], "ends after 2 rows"],
    ["more", [...people(4)], "more than the 3 rows"],
    ["other", [...people(2), { to: "09099999999", name: "x" }], "first 3 rows are not"],
    ["differently named", [...people(2), { ...[...people(3)][2], name: "x" }], "first 3 rows are not"],
    ["reordered", [...people(3)].toReversed(), "first 3 rows are not"],
  ])("with %s recipients is an error, and nothing changes", async (_, recipients, message) => {
    await using fresh = await freshProducer();
    const { id } = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(3) });
    const before = await fresh.sql`select * from campaign`;
    const again = fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: recipients as { to: string }[] });
    await expect(again).rejects.toThrow(DifferentRecipientsError);
    await expect(again).rejects.toThrow(message);
    expect(await fresh.sql`select * from campaign`).toEqual(before);
    expect(await countRows(fresh.sql, { campaignId: id })).toMatchObject({ total: 3 });
  });

  test.each([
    ["content", { text: "another #{name}" }],
    ["priority", { priority: 1 }],
    ["window", { window: "09:00-20:00" }],
    ["onUnknown", { onUnknown: "resend" }],
    ["startAt, validUntil or validFor", { validFor: "1h" }],
    ["startAt, validUntil or validFor", { startAt: "2026-01-01T00:00:00Z" }],
    ["content, priority", { text: "x", priority: 9 }],
  ] as const)("with another %s is an error that says so, before any recipient is read", async (differs, change) => {
    await using fresh = await freshProducer();
    await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(1) });
    const again = fresh.hikyaku.enqueueCampaign({ ...coupon, ...change, recipients: untouchable });
    await expect(again).rejects.toThrow(CampaignConflictError);
    await expect(again).rejects.toThrow(`differs in ${differs};`);
  });

  test("may bear another name and be said in other words that mean the same", async () => {
    await using fresh = await freshProducer();
    await fresh.hikyaku.enqueueCampaign({ ...coupon, window: "09:00-20:00", validFor: "2h", recipients: people(1) });
    const again = await fresh.hikyaku.enqueueCampaign({
      key: coupon.key,
      name: "another",
      route: coupon.route,
      content: { text: coupon.text },
      priority: 5,
      window: { to: "20:00", from: "09:00", timeZone: "Asia/Tokyo" },
      validFor: "120m",
      recipients: people(1),
    });
    expect(again.created).toBe(false);
  });

  test("takes its route's policy for unknown outcomes once, and is the same when that changes", async () => {
    await using fresh = await freshProducer();
    const policyOf = async (key: string) => (await fresh.sql`select on_unknown from campaign where key = ${key}`)[0];
    await publishCouponRoute(fresh.sql, { onUnknown: "resend" });
    const request = { ...coupon, recipients: [...people(1)] };
    await fresh.hikyaku.enqueueCampaign(request);
    expect(await policyOf(coupon.key)).toEqual({ onUnknown: "resend" });
    await fresh.hikyaku.enqueueCampaign({ ...request, key: "held", onUnknown: "hold" });
    expect(await policyOf("held")).toEqual({ onUnknown: "hold" });

    await publishCouponRoute(fresh.sql, { onUnknown: "hold" });
    await using another = await createProducer(fresh.options);
    expect(await another.enqueueCampaign(request)).toMatchObject({ created: false });
    expect(await policyOf(coupon.key)).toEqual({ onUnknown: "resend" });
    const said = another.enqueueCampaign({ ...request, onUnknown: "hold" });
    await expect(said).rejects.toThrow("differs in onUnknown;");
  });

  test("after it was cancelled stays cancelled", async () => {
    await using fresh = await freshProducer();
    const { id } = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(2) });
    await fresh.hikyaku.cancelCampaign({ id });
    const again = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(2) });
    expect(again).toMatchObject({ id, created: false, state: "cancelled" });
  });
});

describe("what can't be a campaign is refused before anything is read or written:", () => {
  test.each([
    ["a route nobody knows", { route: "kakao" }, UnknownRouteError, '"kakao" is not known; known are coupon-sms'],
    ["a text with an open variable", { text: "#{name" }, InvalidContentError, "content.text: "],
    ["a text that is too long by itself", { text: "あ".repeat(661) }, InvalidContentError, "content.text: "],
    [
      "a sender of somebody else",
      { text: undefined, content: { text: "a", smsNumber: "1" } },
      InvalidContentError,
      "content.smsNumber: ",
    ],
    ["a validity that is over", { validUntil: new Date(0) }, InvalidRequestError, "validUntil: "],
    ["a text for recipients", { recipients: "09012345678" }, InvalidRequestError, "recipients: must be an iterable"],
    ["a misspelt option", { lineof: () => 1 }, InvalidRequestError, "lineof: there is no such field"],
  ])("%s", async (_, change, type, message) => {
    await using fresh = await freshProducer();
    const request = { ...coupon, recipients: untouchable, ...change } as unknown as typeof coupon & { recipients: [] };
    const refused = fresh.hikyaku.enqueueCampaign(request);
    await expect(refused).rejects.toThrow(type);
    await expect(refused).rejects.toThrow(message);
    expect(await fresh.sql`select id from campaign`).toHaveLength(0);
  });
});

describe("a producer", () => {
  test("says that its database has no tables", async () => {
    await using database = await createDatabase();
    const opening = createProducer({ databaseUrl: database.url, redisUrl: "redis://127.0.0.1:1" });
    await expect(opening).rejects.toThrow(LedgerNotReadyError);
    await expect(opening).rejects.toThrow("hikyaku migrate");
  });

  test("says that its database does not answer, and keeps the password to itself", async () => {
    const opening = createProducer({
      databaseUrl: "postgres://user:hidden@127.0.0.1:1/ledger",
      redisUrl: "redis://127.0.0.1:1",
    });
    await expect(opening).rejects.toThrow(
      "databaseUrl: the database does not answer (connect ECONNREFUSED 127.0.0.1:1)",
    );
    await expect(opening).rejects.not.toThrow("hidden");
  });

  test("names options that are missing or wrong", async () => {
    const opening = createProducer({ databaseUrl: "mysql://hidden", redisUrl: undefined as unknown as string });
    await expect(opening).rejects.toThrow(
      "databaseUrl: must be a postgres:// URL; redisUrl: missing; it must be a redis:// or rediss:// URL",
    );
  });

  test("enqueues while Redis is away", async () => {
    await using fresh = await freshProducer({ redisUrl: "redis://127.0.0.1:1" });
    const result = await fresh.hikyaku.enqueueCampaign({ ...coupon, recipients: people(2) });
    expect(result).toMatchObject({ state: "running", recipients: 2 });
  });
});
