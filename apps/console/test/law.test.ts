import { randomUUID } from "node:crypto";
import {
  claimBatch,
  deleteFinished,
  findMessage,
  holdRoute,
  insertMessage,
  newId,
  publishRoutes,
  recordOutcomes,
  registerWorker,
} from "@hikyaku/ledger";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole, user } from "./start-test-console.ts";

let site: TestConsole;
let cookie: string;
beforeAll(async () => {
  site = await startTestConsole();
  cookie = await site.signIn();
});
afterAll(() => site[Symbol.asyncDispose]());

const lawful = "株式会社飛脚堂です。#{name}様にクーポン 配信停止: https://example.jp/stop";
const override = { rule: "window", reason: "recall of <a product>" };
let made = 0;

function create(body: Record<string, unknown>, url = "/v1/campaigns") {
  return site.call("POST", url, { headers: { "idempotency-key": `law-${++made}` }, body: { route, ...body } });
}

async function auditOf(query: string) {
  const response = await site.call("GET", `/v1/audit?${query}`);
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
}

async function page(url: string, form?: Record<string, string>): Promise<string> {
  const response = await site.browse(url, { cookie, ...(form ? { form } : {}) });
  expect(response.statusCode, response.body).toBeLessThan(400);
  return response.statusCode === 303 ? page(response.headers.location ?? "") : response.body;
}

describe("a campaign's class", () => {
  test("is told with it, in its report and on its page, with the windows in force", async () => {
    const body = { class: "advertising", text: lawful, window: "10:00-12:00" };
    const created = await create(body);
    expect(created.statusCode, created.body).toBe(201);
    const { id } = created.json();
    const expected = { class: "advertising", window: { from: "10:00", to: "12:00" }, overrides: [] };
    expect((await site.call("GET", `/v1/campaigns/${id}`)).json()).toMatchObject(expected);
    expect((await site.call("GET", `/v1/campaigns/${id}/report`)).json().campaign).toMatchObject(expected);
    const shown = await page(`/campaigns/${id}`);
    expect(shown).toMatch(/Class<\/dt><dd>advertising</);
    expect(shown).toContain("10:00 to 12:00 Asia/Tokyo, and 09:00 to 20:00 Asia/Tokyo");
  });

  test("refuses a text that lacks what it must show, a window that is too wide, and a class there is not", async () => {
    const content = await create({ class: "advertising", text: "#{name}様にクーポン" });
    expect(content.statusCode).toBe(422);
    expect(content.json()).toMatchObject({
      type: "/problems/invalid-content",
      errors: [
        { pointer: "#/content", code: "advertising-without-sender" },
        { pointer: "#/content", code: "advertising-without-refusal" },
      ],
    });
    const window = await create({ class: "advertising", text: lawful, window: "08:00-20:00" });
    expect(window.json()).toMatchObject({ status: 400, errors: [{ pointer: "#/window" }] });
    const promo = await create({ class: "promo", text: lawful });
    expect(promo.json()).toMatchObject({ status: 400, errors: [{ pointer: "#/class" }] });
    const by = await create({ text: lawful, by: "somebody else" });
    expect(by.json()).toMatchObject({ status: 400, errors: [{ pointer: "#/by" }] });
  });

  test("is what a preview goes by, and so are its recipients' consents", async () => {
    const recipients = [
      { to: "090-1234-5678", name: "佐藤", consent_at: "2026-04-01", consent_source: "web" },
      { to: "090-1234-5679", name: "鈴木" },
    ];
    const preview = (await create({ class: "advertising", text: lawful, recipients }, "/v1/campaigns/preview")).json();
    expect(preview).toMatchObject({
      ...{ class: "advertising", windows: [{ from: "09:00", to: "20:00" }], recipients: 2 },
      warnings: [{ code: "no-consent", rows: 1, firstLine: 2 }],
    });
  });

  test("has rules that can be set aside, which is told and stands in the audit with the key's name", async () => {
    const { id, ...created } = (await create({ class: "advertising", text: lawful, overrides: [override] })).json();
    const recorded = { ...override, by: "api-key:test", at: expect.any(String) };
    expect(created).toMatchObject({ window: null, overrides: [recorded] });
    const { items } = await auditOf(`campaignId=${id}`);
    expect(items).toMatchObject([
      {
        actor: "api-key:test",
        action: "override-rule",
        rule: "window",
        reason: override.reason,
        campaignId: id,
        route,
      },
    ]);
    for (const shown of [await page(`/campaigns/${id}`), await page(`/audit?campaign=${id}`)]) {
      expect(shown).toContain("recall of &lt;a product&gt;");
      expect(shown).toContain("api-key:test");
    }
    expect(await page(`/campaigns/${id}`)).toMatch(/Delivery window<\/dt><dd>any time</);
  });
});

describe("a single message", () => {
  test("has a class, a consent, and rules that can be set aside", async () => {
    const text = "株式会社飛脚堂のセール 配信停止: https://example.jp/stop";
    const consent = { consentAt: "2026-04-01T00:00:00Z", consentSource: "web" };
    const body = { to: "090-1234-5678", text, class: "advertising", overrides: [override], ...consent };
    const sent = (await create(body, "/v1/messages")).json();
    expect(sent).toMatchObject({ class: "advertising", waitsUntil: null, warnings: [] });
    const shown = (await site.call("GET", `/v1/messages/${sent.id}`)).json();
    expect(shown).toMatchObject({ class: "advertising", consentAt: "2026-04-01T00:00:00.000Z", consentSource: "web" });
    expect((await auditOf(`messageId=${sent.id}`)).items).toMatchObject([{ rule: "window", actor: "api-key:test" }]);
    expect(await page(`/messages/${sent.id}`)).toContain("window: recall of &lt;a product&gt; (api-key:test)");
  });

  test("of advertising without sender is refused", async () => {
    const refused = await create({ to: "090-1234-5678", text: "セール", class: "advertising" }, "/v1/messages");
    expect(refused.json()).toMatchObject({
      type: "/problems/invalid-message",
      errors: [{ pointer: "#/content", code: "advertising-without-sender" }],
    });
  });
});

describe("the audit", () => {
  /** Its outcome can't be known. */
  async function givenUnknown(): Promise<string> {
    const { sql } = site.ledger;
    const [id, worker, claim] = [newId(), newId(), randomUUID()];
    await insertMessage(sql, { id, route, recipient: `+81901111${id.slice(-4)}`, content: { text: "x" }, segments: 1 });
    await registerWorker(sql, { id: worker, kind: "worker", host: "test", pid: 1 });
    await claimBatch(sql, { ids: [id], claim, worker, route });
    await recordOutcomes(sql, { worker, results: [{ id, claim, to: "unknown", outcome: "unknown" }] });
    return id;
  }

  test("has what programs sent again, released and removed, and why", async () => {
    const id = await givenUnknown();
    await site.call("POST", "/v1/unknown/resend", { body: { ids: [id], reason: "nothing arrived" } });
    await holdRoute(site.ledger.sql, { route, cause: "operator", reason: "test", probeInMs: 1_000 });
    await site.call("POST", `/v1/routes/${route}/release`, { body: { reason: "mended" } });
    await site.call("POST", "/v1/suppressions", { body: { recipient: "090-2222-3333" } });
    await site.call("DELETE", "/v1/suppressions/090-2222-3333?reason=asked%20by%20phone");
    const { items } = await auditOf("limit=3");
    expect(items).toMatchObject([
      { action: "remove-suppression", recipient: "+819022223333", reason: "asked by phone", actor: "api-key:test" },
      { action: "release-route", route, reason: "mended", details: { heldReason: "test" } },
      { action: "resend-unknown", messageId: id, reason: "nothing arrived", details: { messages: 1 } },
    ]);
    const shown = await page("/audit");
    expect(shown).toContain("+8190****3333");
    expect(shown).not.toContain("+819022223333");
  });

  test("has what a person did on the pages, with that person's name", async () => {
    const id = await givenUnknown();
    await page("/unknown/settle", { sure: "yes", what: "resend", id, reason: "asked the carrier" });
    expect((await findMessage(site.ledger.sql, { id }))?.state).toBe("queued");
    await holdRoute(site.ledger.sql, { route, cause: "operator", reason: "test", probeInMs: 1_000 });
    await page(`/routes/${route}/release`, { reason: "mended" });
    await page("/suppressions", { recipient: "090-2222-4444", reason: "x" });
    await page("/suppressions/lift", { sure: "yes", recipient: "+819022224444", route: "*", reason: "signed again" });
    const { items } = await auditOf("limit=3");
    const actor = `user:${user.name}`;
    expect(items).toMatchObject([
      { actor, action: "remove-suppression", reason: "signed again" },
      { actor, action: "release-route", reason: "mended" },
      { actor, action: "resend-unknown", reason: "asked the carrier" },
    ]);
    expect(await page("/audit?action=release-route")).not.toContain("asked the carrier");
  });

  test("shows what a newer version wrote, which this one has no word for", async () => {
    const { sql } = site.ledger;
    await sql`alter table audit drop constraint audit_action_check`;
    await sql`insert into audit (actor, action, reason) values ('cli:sato@host', 'something-newer', 'at night')`;
    expect((await auditOf("limit=1")).items).toMatchObject([{ action: "something-newer", reason: "at night" }]);
    const shown = await page("/audit");
    expect(shown).toContain("something-newer");
    expect(shown).toContain("at night");
  });

  test("is read page by page", async () => {
    const first = await auditOf("limit=2");
    const rest = await auditOf(`limit=100&cursor=${first.nextCursor}`);
    const ids = [...first.items, ...rest.items].map(({ id }: { id: number }) => id);
    expect(ids).toEqual([...ids].sort((a, b) => b - a));
    expect(new Set(ids).size).toBe(ids.length);
    expect(rest.nextCursor).toBeNull();
  });
});

describe("usage", () => {
  test("of a month is divided as asked, over the API, on its page and as CSV, also after retention", async () => {
    await using own = await startTestConsole();
    const { sql } = own.ledger;
    await publishRoutes(sql, [
      { name: route, provider: "kddi", settings: { smsNumber: "0312345678" }, account: "bot_0001" },
    ]);
    const headers = { "idempotency-key": "usage" };
    const body = { route, class: "transactional", name: '=1+"x"', text: "#{name}様、発送しました" };
    const { id } = (await own.call("POST", "/v1/campaigns", { headers, body })).json();
    const rows = [1, 2, 3].map((n) => ({ to: `+8190333344${n}0`, name: `佐藤${n}` }));
    await own.call("POST", `/v1/campaigns/${id}/recipients?start=true`, { body: rows });
    const { items: messages } = (await own.call("GET", `/v1/campaigns/${id}/messages`)).json();
    const [worker, claim] = [newId(), randomUUID()];
    await registerWorker(sql, { id: worker, kind: "worker", host: "test", pid: 1 });
    const ids = messages.map((message: { id: string }) => message.id);
    await claimBatch(sql, { ids, claim, worker, route });
    const times = ["2026-10-31T14:59:59Z", "2026-10-31T15:00:00Z", "2026-11-30T14:59:59Z"];
    const results = ids.map((messageId: string, index: number) => ({
      ...{ id: messageId, claim, to: "accepted", outcome: "accepted", providerMessageId: messageId },
      ...{ channel: "sms", at: new Date(times[index] ?? "") },
    }));
    await recordOutcomes(sql, { worker, results });

    const get = async (query: string) => (await own.call("GET", `/v1/usage?${query}`)).json();
    const expectAll = async () => {
      const part = { route, account: "bot_0001", channel: "sms" };
      const whole = { timeZone: "Asia/Tokyo", messages: 2, segments: 2 };
      expect(await get("month=2026-11")).toMatchObject({
        ...{ month: "2026-11", by: "route", ...whole },
        items: [{ ...part, messages: 2, day: null, campaignId: null }],
      });
      expect(await get("month=2026-11&by=campaign")).toMatchObject({
        items: [{ ...part, campaignId: id, key: "usage", name: '=1+"x"', messages: 2 }],
      });
      expect(await get("month=2026-11&by=day")).toMatchObject({
        items: [
          { day: "2026-11-01", messages: 1 },
          { day: "2026-11-30", messages: 1 },
        ],
      });
      expect(await get("month=2026-10&timeZone=UTC")).toMatchObject({ messages: 2, timeZone: "UTC" });
      expect(await get("month=2026-11&route=other")).toMatchObject({ messages: 0, items: [] });
    };
    await expectAll();

    const signedIn = { cookie: await own.signIn() };
    const shown = await own.browse("/usage?month=2026-11&by=campaign", signedIn);
    expect(shown.body).toMatch(/bot_0001<\/td><td>sms<\/td><td class="number">2<\/td><td class="number">2</);
    const csv = await own.browse("/usage.csv?month=2026-11&by=campaign", signedIn);
    expect(csv.headers["content-type"]).toContain("text/csv");
    expect(csv.headers["content-disposition"]).toContain('filename="usage-2026-11-by-campaign.csv"');
    expect(csv.body).toBe(
      `\ufeffmonth,campaignId,key,name,route,account,channel,messages,segments\r\n2026-11,${id},usage,"'=1+""x""",${route},bot_0001,sms,2,2\r\n`,
    );

    await sql`update message set state = 'delivered', delivered_at = accepted_at, ended_at = now()`;
    await sql`update campaign set state = 'finished', finished_at = now() - interval '99 days'`;
    while ((await deleteFinished(sql, { olderThanDays: 90, limit: 2 })).messages > 0);
    expect((await own.call("GET", `/v1/campaigns/${id}`)).statusCode).toBe(404);
    await expectAll();
  });

  test.each([
    ["month=2026-13", "month"],
    ["by=hour", "by"],
    ["timeZone=Asia/Edo", "timeZone"],
  ])("%s is refused", async (query, parameter) => {
    const response = await site.call("GET", `/v1/usage?${query}`);
    expect(response.json()).toMatchObject({ status: 400, errors: [{ parameter }] });
  });
});
