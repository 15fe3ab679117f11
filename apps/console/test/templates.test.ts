import { noteAccountError, publishRoutes, recordAccount, takeAccountRefresh } from "@hikyaku/ledger";
import { waitFor } from "@hikyaku/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
let cookie: string;

const approved = {
  templateCode: "NEWS01",
  templateName: "News",
  content: "#{name}님 <소식>",
  buttons: [{ type: "WL", name: "보기", linkMobile: "https://#{url}", linkPc: "https://#{url}" }],
  templateInspectionStatus: "COMPLETE",
  templateStatus: "ACTIVE",
};
const returned = {
  ...approved,
  templateCode: "BACK01",
  templateInspectionStatus: "REJECT",
  comments: [{ content: "버튼 링크를 확인해 주세요", createTime: "2026-11-20T10:00:00" }],
};

beforeAll(async () => {
  const kakao = {
    ...{ provider: "sens", serviceId: "ncp:kkobizmsg:kr:1:demo", accessKey: "key", secretKey: "secret" },
    ...{ plusFriendId: "@demo_shop", class: "transactional", limits: { tps: 20, concurrency: 5 } },
  };
  site = await startTestConsole({ config: { routes: { kakao } } });
  cookie = await site.signIn();
  const { sql } = site.ledger;
  await publishRoutes(sql, [{ name: "kakao", provider: "sens", settings: { plusFriendId: "@demo_shop" } }]);
  await takeAccountRefresh(sql, { route: "kakao", everyMs: 600_000, leaseMs: 60_000 });
  const templates = [approved, returned].map((template) => ({
    ...{ code: template.templateCode, state: template.templateInspectionStatus, template },
  }));
  const channel = { channelId: "@demo_shop", channelName: "Demo", channelStatus: "ACTIVE", isBlock: false };
  await recordAccount(sql, { route: "kakao", templates, channels: [{ id: "@demo_shop", channel }] });
});
afterAll(() => site[Symbol.asyncDispose]());

test("the page lists templates and channels, and a template's page says what may be done with it", async () => {
  const list = await site.browse("/templates", { cookie });
  expect(list.statusCode).toBe(200);
  for (const text of [
    "NEWS01",
    "approved",
    "BACK01",
    "returned",
    "@demo_shop Demo: normal",
    "#{name}님 &lt;소식&gt;",
  ]) {
    expect(list.body).toContain(text);
  }
  const one = await site.browse("/templates/kakao/BACK01", { cookie });
  for (const text of [
    "버튼 링크를 확인해 주세요",
    "only templates that are approved can be sent by",
    "Edit it</dt><dd><b>yes",
  ]) {
    expect(one.body).toContain(text);
  }
  const preview = await site.browse("/templates/kakao/NEWS01/preview", { cookie });
  expect(preview.headers["content-security-policy"]).toContain("style-src 'unsafe-inline'");
  expect(preview.body).toContain("name님 &lt;소식&gt;");
  expect((await site.browse("/templates/kakao/NOTHING", { cookie })).statusCode).toBe(404);
});

test("the limit of a route that sends in batches is shown as requests, not as a rate of messages", async () => {
  const text = "20 requests/s, up to 100 messages each";
  expect((await site.browse("/routes", { cookie })).body).toContain(`limit ${text}`);
  const { items } = (await site.call("GET", "/v1/routes")).json();
  expect(items).toContainEqual(
    expect.objectContaining({ name: "kakao", limits: { tps: 20, concurrency: 5, messagesPerRequest: 100 } }),
  );
  const content = { templateCode: "NEWS01", text: "#{name}님 <소식>", buttons: approved.buttons };
  const made = await site.call("POST", "/v1/campaigns", {
    headers: { "idempotency-key": "batches" },
    body: { route: "kakao", name: "batches", class: "transactional", content },
  });
  expect(made.statusCode, made.body).toBe(201);
  expect((await site.browse(`/campaigns/${made.json().id}`, { cookie })).body).toContain(`limit of the route ${text}`);
});

test("the API lists, shows, previews and checks, and asks for a fresh copy", async () => {
  const list = (await site.call("GET", "/v1/templates?state=reject")).json();
  expect(list.items).toMatchObject([{ code: "BACK01", state: "REJECT", actions: { edit: null, delete: null } }]);
  expect(list.accounts).toMatchObject([{ route: "kakao", error: null }]);
  const shown = (await site.call("GET", "/v1/templates/kakao/NEWS01")).json();
  expect(shown).toMatchObject({ variables: ["name", "url"], content: { templateCode: "NEWS01" } });
  const body = { variables: { name: "김하나" } };
  const preview = (await site.call("POST", "/v1/templates/kakao/NEWS01/preview", { body })).json();
  expect(preview.text).toContain("김하나님 <소식>");
  const lint = await site.call("POST", "/v1/templates/lint", { body: { route: "kakao", template: approved } });
  expect(lint.json()).toMatchObject({ ok: false, issues: [{ code: "not-unique" }, { code: "not-unique" }] });
  expect((await site.call("GET", "/v1/channels")).json().items).toMatchObject([{ id: "@demo_shop", faults: [] }]);
  const asked = await site.call("POST", "/v1/templates/refresh", { body: { route: "kakao" } });
  expect(asked.statusCode).toBe(202);
  expect(asked.json().askedAt).not.toBeNull();
  expect((await site.call("POST", "/v1/templates/refresh", { body: { route: "coupon-sms" } })).statusCode).toBe(404);
});

test("a campaign by a template that is not approved is refused with its state", async () => {
  const body = {
    route: "kakao",
    class: "transactional",
    content: { templateCode: "BACK01", text: "#{name}님 <소식>" },
  };
  const refused = await site.call("POST", "/v1/campaigns", { body, headers: { "idempotency-key": "back" } });
  expect(refused.json()).toMatchObject({ errors: [{ code: "template-not-usable" }] });
  expect(refused.json().detail).toContain("is returned (REJECT)");
});

test("what starts by the copy of its template, as the carrier can't be asked, is told so by API and page", async () => {
  const { sql } = site.ledger;
  const template = { ...approved, templateCode: "PLAIN01", content: "#{name}님", buttons: [] };
  const copy = { code: "PLAIN01", state: "COMPLETE", template };
  const take = () => takeAccountRefresh(sql, { route: "kakao", everyMs: 600_000, leaseMs: 60_000 });
  await take();
  await recordAccount(sql, { route: "kakao", templates: [copy], channels: [] });
  const given = async (key: string, query = "") => {
    const body = {
      route: "kakao",
      class: "transactional",
      content: { templateCode: "PLAIN01", text: "#{name}님" },
    };
    const created = await site.call("POST", "/v1/campaigns", { body, headers: { "idempotency-key": key } });
    expect(created.statusCode, created.body).toBe(201);
    const recipients = [{ to: "010-1234-5678", name: "하나", url: "shop.example" }];
    const imported = () =>
      site.call("POST", `/v1/campaigns/${created.json().id}/recipients${query}`, { body: recipients });
    return { id: created.json().id, imported };
  };
  /** Does it, while a poller finds the carrier away. */
  const whileAway = async <T>(action: () => Promise<T>): Promise<T> => {
    const done = action();
    await waitFor(take, { what: "the templates to be asked for" });
    await noteAccountError(sql, { route: "kakao", error: "HTTP 500" });
    return await done;
  };
  const warning = {
    code: "template-copy-counts",
    message: expect.stringContaining("could not be read now (HTTP 500)"),
  };

  const first = await given("copy-1");
  await first.imported();
  const started = await whileAway(() => site.call("POST", `/v1/campaigns/${first.id}/start`));
  expect(started.json()).toMatchObject({ state: "running", warnings: [warning] });
  await site.call("POST", `/v1/campaigns/${first.id}/pause`);
  const resumed = await whileAway(() => site.call("POST", `/v1/campaigns/${first.id}/resume`));
  expect(resumed.json()).toMatchObject({ state: "running", warnings: [warning] });
  const again = await site.call("POST", `/v1/campaigns/${first.id}/start`);
  expect(again.json()).toMatchObject({ state: "running", warnings: [] });

  const second = await given("copy-2", "?start=true");
  expect((await whileAway(second.imported)).json()).toMatchObject({ state: "running", warnings: [warning] });

  const third = await given("copy-3");
  await third.imported();
  const form = { cookie, form: {} };
  const answer = await whileAway(() => site.browse(`/campaigns/${third.id}/start`, form));
  expect(answer.statusCode).toBe(303);
  const shown = await site.browse(String(answer.headers.location), { cookie });
  expect(shown.body).toContain("Started.");
  expect(shown.body).toContain("their copy counted");
});

test("the history is searched over HTTP, page by page", async () => {
  const none = await site.call("GET", "/v1/messages?template=NEWS01&state=delivered&request=accepted&requestId=x");
  expect(none.json()).toEqual({ items: [], nextCursor: null });
  expect((await site.call("GET", "/v1/messages?campaign=nobody")).statusCode).toBe(404);
});

test("a message repeated by its key answers what the first call did, though its template is gone since", async () => {
  const { sql } = site.ledger;
  const template = { ...approved, templateCode: "GONE01", content: "#{name}님", buttons: [] };
  const given = { code: "GONE01", state: "COMPLETE", template };
  await recordAccount(sql, { route: "kakao", templates: [given], channels: [] });
  const content = { templateCode: "GONE01", text: "#{name}님" };
  const body = { route: "kakao", to: "010-1234-5678", content, variables: { name: "김하나" } };
  const send = (key: string, change = {}) =>
    site.call("POST", "/v1/messages", { body: { ...body, ...change }, headers: { "idempotency-key": key } });
  const first = await send("hello");
  expect(first.statusCode).toBe(201);

  await recordAccount(sql, { route: "kakao", templates: [], channels: [] });
  const again = await send("hello");
  expect(again.statusCode).toBe(200);
  expect(again.json()).toMatchObject({ id: first.json().id, created: false });
  expect((await send("hello", { variables: { name: "다른" } })).statusCode).toBe(409);
  expect((await send("another")).json().detail).toContain("the channel has no template GONE01");
});
