import { createHash } from "node:crypto";
import { type ClassRules, defaultClassRules } from "@hikyaku/core";
import {
  createCampaign,
  findCampaign,
  findMessage,
  listAudit,
  listMessages,
  newId,
  publishRoutes,
} from "@hikyaku/ledger";
import { describe, expect, test } from "vitest";
import {
  CampaignConflictError,
  InvalidContentError,
  InvalidMessageError,
  InvalidRequestError,
  type Producer,
} from "../src/index.ts";
import { type FreshProducer, freshProducer, publishCouponRoute } from "./fresh-producer.ts";

const lawful = "【株式会社飛脚堂】#{name}様、クーポンです。配信停止 https://ex.jp/stop";
const sale = { key: "sale", route: "coupon-sms", text: lawful };
const agreed = { consent_at: "2026/4/1 9:30", consent_source: "web form" };
const people = [
  { to: "090-1000-0001", name: "佐藤", ...agreed },
  { to: "090-1000-0002", name: "鈴木", ...agreed },
];

/** A producer whose route has the class rules as they come, but for these. */
async function onRoute(rules: Partial<ClassRules> = {}): Promise<FreshProducer> {
  const fresh = await freshProducer({ actor: "test" });
  await publishCouponRoute(fresh.sql, { defaultClass: null, ...rules });
  return fresh;
}

/** Local times around now: from so many hours from now to so many. */
function window(from: number, to: number) {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
  return { from: at(from), to: at(to), timeZone: "UTC" };
}

async function issuesOf(work: Promise<unknown>): Promise<{ path: string; code?: string; message: string }[]> {
  const error = await work.then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toSatisfy(
    (thrown) =>
      thrown instanceof InvalidContentError ||
      thrown instanceof InvalidRequestError ||
      thrown instanceof InvalidMessageError,
  );
  return error.issues;
}

const ways = ["createCampaign", "enqueueCampaign", "previewCampaign"] as const;

function ask(hikyaku: Producer, way: (typeof ways)[number], options: object): Promise<unknown> {
  const request = { ...sale, ...options };
  return way === "createCampaign"
    ? hikyaku.createCampaign(request)
    : hikyaku[way]({ ...request, recipients: people, start: false });
}

describe("a campaign that does not state its class", () => {
  test("is advertising", async () => {
    await using fresh = await onRoute();
    expect(await fresh.hikyaku.createCampaign(sale)).toMatchObject({
      class: "advertising",
      window: null,
      overrides: [],
    });
  });

  test("has the route's", async () => {
    await using fresh = await onRoute({ defaultClass: "dunning" });
    expect(await fresh.hikyaku.createCampaign({ ...sale, text: "お支払いのお願い" })).toMatchObject({
      class: "dunning",
    });
  });

  test("is the same campaign when it is asked for again after the route's has changed", async () => {
    await using fresh = await onRoute({ defaultClass: "transactional" });
    const first = await fresh.hikyaku.createCampaign(sale);
    await publishCouponRoute(fresh.sql, { defaultClass: "dunning" });
    expect(await fresh.hikyaku.createCampaign(sale)).toMatchObject({ id: first.id, class: "transactional" });
  });
});

describe.each(ways)("%s of advertising", (way) => {
  test("refuses a text without the sender's name or a way to refuse, and says what to do", async () => {
    await using fresh = await onRoute();
    const issues = await issuesOf(ask(fresh.hikyaku, way, { text: "#{name}様、クーポンです。" }));
    expect(issues).toMatchObject([
      { path: "content", code: "advertising-without-sender", message: expect.stringContaining("株式会社飛脚堂") },
      { path: "content", code: "advertising-without-refusal", message: expect.stringContaining("配信停止") },
    ]);
    expect(await findCampaign(fresh.sql, { key: "sale" })).toBeNull();
  });

  test("refuses any text while no sender name is configured", async () => {
    await using fresh = await onRoute({ senderName: null });
    for (const text of [lawful, "#{name}"]) {
      const issues = await issuesOf(ask(fresh.hikyaku, way, { text }));
      expect(issues).toMatchObject([
        { code: "advertising-without-sender", message: expect.stringContaining("set sender.name") },
      ]);
    }
  });

  test("refuses a window that goes beyond the class's, and any time", async () => {
    await using fresh = await onRoute();
    for (const wide of ["08:00-20:00", "09:00-20:01 Asia/Tokyo", null]) {
      const [issue] = await issuesOf(ask(fresh.hikyaku, way, { window: wide }));
      expect(issue).toMatchObject({ path: "window", message: expect.stringContaining("09:00-20:00 Asia/Tokyo") });
    }
  });

  test("takes all of it when it is overridden with reasons", async () => {
    await using fresh = await onRoute();
    const overrides = (["window", "sender-name", "refusal-way"] as const).map((rule) => ({
      rule,
      reason: `no ${rule}`,
    }));
    const asked = ask(fresh.hikyaku, way, { text: "#{name}様", window: "06:00-23:00", overrides });
    expect(await asked).toMatchObject({ class: "advertising" });
  });
});

describe("a +Message with its SMS", () => {
  const full = "株式会社飛脚堂のセール #{name}様 配信停止 https://ex.jp/stop";
  const onPlus = async (): Promise<FreshProducer> => {
    const fresh = await onRoute();
    const classRules = { ...defaultClassRules, senderName: "株式会社飛脚堂" };
    const settings = { smsNumber: "0312345678", plusMessage: true };
    await publishRoutes(fresh.sql, [{ name: "plus", provider: "kddi", settings, classRules }]);
    return fresh;
  };
  const campaign = (title: string, text: string) => ({
    ...{ key: "sale", route: "plus", content: { card: { title }, text }, fallbackAfter: "4h" },
  });

  test("must show its sender and the way to refuse on each of its legs, whatever the other shows", async () => {
    await using fresh = await onPlus();
    for (const [title, text] of [
      [full, "セール #{name}様"],
      ["セール", full],
    ] as const) {
      const issues = await issuesOf(fresh.hikyaku.createCampaign(campaign(title, text)));
      expect(issues.map(({ code }) => code)).toEqual(["advertising-without-sender", "advertising-without-refusal"]);
    }
    expect(await fresh.hikyaku.createCampaign(campaign(full, full))).toMatchObject({ class: "advertising" });
  });

  test("whose SMS comes from a column is refused for those whose SMS lacks them", async () => {
    await using fresh = await onPlus();
    const recipients = [full, "セール"].map((sms, index) => ({ ...people[index], to: people[index]?.to ?? "", sms }));
    const request = { ...campaign(full, "#{sms}"), recipients };
    const refused = { recipients: 1, rejected: 1, rejections: [{ line: 2, code: "advertising-without-sender" }] };
    expect(await fresh.hikyaku.previewCampaign(request)).toMatchObject(refused);
    expect(await fresh.hikyaku.enqueueCampaign(request)).toMatchObject(refused);
    const single = {
      route: "plus",
      to: "090-1000-0001",
      class: "advertising",
      fallbackAfter: "4h",
      ...agreed,
    } as const;
    const { consent_at: consentAt, consent_source: consentSource, ...message } = single;
    const sent = fresh.hikyaku.sendMessage({
      ...{ ...message, consentAt, consentSource, variables: { name: "佐藤", sms: "セール" } },
      content: request.content,
    });
    expect(await issuesOf(sent)).toMatchObject([{ code: "advertising-without-sender" }]);
  });
});

describe("what is overridden", () => {
  test("stands on the campaign and in the audit, with who asked", async () => {
    await using fresh = await onRoute();
    const overrides = [{ rule: "window", reason: "recall of a product" }] as const;
    const { id } = await fresh.hikyaku.createCampaign({ ...sale, overrides, by: "api-key:shop" });
    expect(await fresh.hikyaku.findCampaign({ id })).toMatchObject({
      window: null,
      overrides: [{ ...overrides[0], by: "api-key:shop", at: expect.stringMatching(/^20\d\d-/) }],
    });
    await fresh.hikyaku.createCampaign({ ...sale, key: "other", overrides });
    expect(await listAudit(fresh.sql, { limit: 9 })).toMatchObject([
      { actor: "test", action: "override-rule", rule: "window", reason: "recall of a product" },
      { actor: "api-key:shop", campaignId: id },
    ]);
  });

  test("is part of the request: the same key with another reason is another campaign", async () => {
    await using fresh = await onRoute();
    await fresh.hikyaku.createCampaign({ ...sale, overrides: [{ rule: "window", reason: "a" }] });
    const again = fresh.hikyaku.createCampaign({ ...sale, overrides: [{ rule: "window", reason: "b" }] });
    await expect(again).rejects.toThrow(CampaignConflictError);
    await expect(again).rejects.toMatchObject({ differs: ["overrides"] });
    await expect(fresh.hikyaku.createCampaign({ ...sale, class: "dunning" })).rejects.toMatchObject({
      differs: ["class", "overrides"],
    });
  });

  test.each([
    [{ overrides: [{ rule: "window" }] }, "overrides.0.reason"],
    [{ overrides: [{ rule: "law", reason: "x" }] }, "overrides.0.rule"],
    [{ overrides: [0, 1].map(() => ({ rule: "window", reason: "x" })) }, "overrides"],
    [{ class: "promo" }, "class"],
  ])("%j is refused", async (change, path) => {
    await using fresh = await onRoute();
    expect(await issuesOf(fresh.hikyaku.createCampaign({ ...sale, ...change } as typeof sale))).toMatchObject([
      { path },
    ]);
  });
});

describe("the recipients of advertising", () => {
  test("whose whole text comes from a column are checked one by one", async () => {
    await using fresh = await onRoute();
    const recipients = [
      { to: "090-1000-0001", 本文: "株式会社飛脚堂のセール 配信停止 https://ex.jp/1", ...agreed },
      { to: "090-1000-0002", 本文: "セール 配信停止 https://ex.jp/2", ...agreed },
      { to: "090-1000-0003", 本文: "株式会社飛脚堂のセール", ...agreed },
    ];
    const request = { ...sale, text: "#{本文}", recipients };
    const refused = { recipients: 1, rejected: 2 };
    expect(await fresh.hikyaku.previewCampaign(request)).toMatchObject(refused);
    const result = await fresh.hikyaku.enqueueCampaign(request);
    expect(result).toMatchObject(refused);
    expect(result.rejections.map(({ line, code }) => [line, code])).toEqual([
      [2, "advertising-without-sender"],
      [3, "advertising-without-refusal"],
    ]);
  });

  test("keep their consent beside their message", async () => {
    await using fresh = await onRoute();
    const recipients = [
      people[0],
      { ...people[1], consent_at: new Date("2026-04-02T00:00:00Z"), consent_source: "店頭" },
    ] as typeof people;
    const { id, warnings } = await fresh.hikyaku.enqueueCampaign({ ...sale, recipients });
    expect(warnings).toEqual([]);
    expect(await listMessages(fresh.sql, { campaignId: id, limit: 9 })).toMatchObject([
      { consentAt: new Date("2026-04-01T00:30:00Z"), consentSource: "web form" },
      { consentAt: new Date("2026-04-02T00:00:00Z"), consentSource: "店頭" },
    ]);
  });

  const mixed = [
    people[0],
    { to: "090-1000-0003", name: "高橋" },
    { to: "090-1000-0004", name: "田中", consent_at: "2026-04-01", consent_source: "" },
    { to: "090-1000-0005", name: "伊藤", consent_at: "yes", consent_source: "web" },
  ] as typeof people;

  test("with a record that is no text are refused", async () => {
    await using fresh = await onRoute();
    const recipients = [
      { ...people[0], consent_source: { form: 1 } },
      { ...people[1], consent_at: true },
    ] as unknown as typeof people;
    const { rejections } = await fresh.hikyaku.enqueueCampaign({ ...sale, recipients });
    expect(rejections).toMatchObject([
      { code: "not-text", reason: expect.stringMatching(/^consent_source is a value of type object/) },
      { code: "not-text", reason: expect.stringMatching(/^consent_at is a value of type boolean/) },
    ]);
  });

  test("without a record are warned of, and one that can't be read is refused", async () => {
    await using fresh = await onRoute();
    const result = await fresh.hikyaku.enqueueCampaign({ ...sale, recipients: mixed });
    expect(result).toMatchObject({
      recipients: 3,
      warnings: [{ code: "no-consent", rows: 2, firstLine: 2, message: expect.stringContaining("consent_at") }],
      rejections: [{ line: 4, code: "invalid-consent", reason: expect.stringContaining("2026-04-01") }],
    });
    expect(await listMessages(fresh.sql, { campaignId: result.id, limit: 9 })).toMatchObject([
      { consentSource: "web form" },
      { consentAt: null, consentSource: null },
      { consentAt: expect.any(Date), consentSource: null },
    ]);
  });

  test("without a record are refused where one is required, unless that is overridden", async () => {
    await using fresh = await onRoute({ requireConsent: true });
    const refused = await fresh.hikyaku.enqueueCampaign({ ...sale, recipients: mixed });
    expect(refused).toMatchObject({ recipients: 1, rejected: 3, warnings: [] });
    expect(refused.rejections.map(({ code }) => code)).toEqual(["no-consent", "no-consent", "invalid-consent"]);
    const overrides = [{ rule: "consent", reason: "customers of ours (art. 3)" }] as const;
    const taken = await fresh.hikyaku.enqueueCampaign({ ...sale, key: "b", overrides, recipients: mixed });
    expect(taken).toMatchObject({ recipients: 3, rejected: 1, warnings: [{ code: "no-consent", rows: 2 }] });
  });

  test("are the same on a second call only with the same records", async () => {
    await using fresh = await onRoute();
    await fresh.hikyaku.enqueueCampaign({ ...sale, recipients: people });
    expect(await fresh.hikyaku.enqueueCampaign({ ...sale, recipients: people })).toMatchObject({ created: false });
    const others = [people[0], { ...people[1], consent_source: "paper" }] as typeof people;
    await expect(fresh.hikyaku.enqueueCampaign({ ...sale, recipients: others })).rejects.toMatchObject({
      code: "different-recipients",
    });
  });
});

test("of a notice neither text nor consents are looked at", async () => {
  await using fresh = await onRoute({ requireConsent: true });
  const recipients = [{ to: "090-1000-0001", name: "佐藤", consent_at: "yes" }];
  const request = {
    ...sale,
    class: "transactional",
    text: "#{name}様、発送しました。",
    window: null,
    recipients,
  } as const;
  const { id, ...result } = await fresh.hikyaku.enqueueCampaign(request);
  expect(result).toMatchObject({ class: "transactional", recipients: 1, warnings: [] });
  expect(await listMessages(fresh.sql, { campaignId: id, limit: 9 })).toMatchObject([{ consentSource: null }]);
});

test("a campaign from before there were classes goes on as it was", async () => {
  await using fresh = await onRoute();
  const written =
    '{"content":{"dst":"0","smsNumber":"0312345678","text":"#{name}様"},"onUnknown":"hold","priority":5,"route":"coupon-sms","startAt":null,"window":null}';
  await createCampaign(fresh.sql, {
    ...{ id: newId(), key: "sale", name: "sale", route: "coupon-sms", variables: ["name"] },
    content: { text: "#{name}様", smsNumber: "0312345678", dst: "0" },
    requestHash: createHash("sha256").update(written).digest(),
  });
  const recipients = people.map(({ to, name }) => ({ to, name }));
  expect(await fresh.hikyaku.enqueueCampaign({ ...sale, text: "#{name}様", recipients })).toMatchObject({
    ...{ created: false, class: null, recipients: 2, warnings: [], state: "running" },
  });
});

describe("a single message", () => {
  const note = { route: "coupon-sms", to: "090-1000-0001", text: "認証コード 482913" };
  const ad = { ...note, class: "advertising", text: "株式会社飛脚堂のセール 配信停止 https://ex.jp" } as const;

  test("is transactional and goes at once, unless it says otherwise", async () => {
    await using fresh = await onRoute();
    expect(await fresh.hikyaku.sendMessage(note)).toMatchObject({
      ...{ class: "transactional", waitsUntil: null, handedOver: true, warnings: [] },
    });
  });

  test("of advertising waits for its window, and is not handed over before", async () => {
    await using fresh = await onRoute();
    const shut = window(2, 4);
    await publishCouponRoute(fresh.sql, {
      ...{ defaultClass: null, windows: { advertising: shut, dunning: null, transactional: null } },
    });
    const request = { ...ad, consentAt: "2026-04-01", consentSource: "web", validFor: "1h" };
    const result = await fresh.hikyaku.sendMessage(request, { idempotencyKey: "a" });
    expect(result).toMatchObject({ class: "advertising", handedOver: false, created: true });
    const waitMs = (result.waitsUntil?.getTime() ?? 0) - Date.now();
    expect(waitMs).toBeGreaterThan(1.9 * 3_600_000);
    expect(waitMs).toBeLessThanOrEqual(2 * 3_600_000);
    expect(result.warnings.map(({ code }) => code)).toEqual(["expires-before-window"]);
    expect(await findMessage(fresh.sql, { id: result.id })).toMatchObject({
      ...{ state: "queued", dueAt: result.waitsUntil, class: "advertising", consentSource: "web" },
    });
    expect(await fresh.hikyaku.sendMessage(request, { idempotencyKey: "a" })).toMatchObject({
      ...{ id: result.id, created: false, handedOver: false, waitsUntil: result.waitsUntil },
    });
  });

  test("goes at once when its window is overridden, and that stands in the audit", async () => {
    await using fresh = await onRoute();
    await publishCouponRoute(fresh.sql, {
      ...{ windows: { advertising: window(2, 4), dunning: null, transactional: null } },
    });
    const overrides = [{ rule: "window", reason: "a recall" }] as const;
    const { id, ...result } = await fresh.hikyaku.sendMessage({ ...ad, overrides, by: "api-key:shop" });
    expect(result).toMatchObject({ waitsUntil: null, handedOver: true });
    expect(await listAudit(fresh.sql, { limit: 9 })).toMatchObject([
      { actor: "api-key:shop", action: "override-rule", rule: "window", reason: "a recall", messageId: id },
    ]);
  });

  test("of advertising must show sender and refusal way, and have a consent where one is required", async () => {
    await using fresh = await onRoute({ requireConsent: true });
    const refused = (change: object) => issuesOf(fresh.hikyaku.sendMessage({ ...ad, ...change }));
    expect(await refused({ text: "セール 配信停止" })).toMatchObject([
      { path: "content", code: "advertising-without-sender" },
    ]);
    expect(await refused({})).toMatchObject([{ path: "consentAt", code: "no-consent" }]);
    expect(await refused({ consentAt: "2999-01-01", consentSource: "x" })).toMatchObject([{ code: "invalid-consent" }]);
    const overrides = [{ rule: "consent", reason: "a customer" }];
    expect(await fresh.hikyaku.sendMessage({ ...ad, overrides } as typeof ad)).toMatchObject({
      warnings: [{ code: "no-consent" }],
    });
  });
});
