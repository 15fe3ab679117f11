import { connectRedis, openSendWorker } from "@hikyaku/queue";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { route, startTestConsole, type TestConsole, user } from "./start-test-console.ts";

let site: TestConsole;
let cookie: string;
let campaign: string;
const name = "12月クーポン <全会員>";
const number = "+819033334444";

beforeAll(async () => {
  site = await startTestConsole();
  cookie = await site.signIn();
  campaign = (
    await site.call("POST", "/v1/campaigns", {
      headers: { "idempotency-key": "2026-12" },
      body: { route, name, text: "#{name}様、クーポンです", priority: 3 },
    })
  ).json().id;
  const rows = Array.from({ length: 10 }, (_, n) => ({ to: `+81903333444${n}`, name: `佐藤${n}` }));
  await site.call("POST", `/v1/campaigns/${campaign}/recipients`, {
    body: [...rows, { to: "03-1234-5678", name: "x" }],
  });
});
afterAll(() => site[Symbol.asyncDispose]());

async function page(url: string): Promise<string> {
  const response = await site.browse(url, { cookie });
  expect(response.statusCode, url).toBe(200);
  return response.body;
}

async function post(url: string, form: Record<string, string | string[]>): Promise<string> {
  const response = await site.browse(url, { cookie, form });
  expect(response.statusCode, response.body).toBeLessThan(400);
  return response.statusCode === 303 ? page(response.headers.location ?? "") : response.body;
}

async function messageAt(line: number): Promise<string> {
  const [row] = await site.ledger.sql<
    { id: string }[]
  >`select id from message where campaign_id = ${campaign} and line = ${line}`;
  return row?.id ?? "";
}

describe("every page", () => {
  const paths = () => [
    ...[
      "/",
      "/?state=ready",
      "/schedules",
      "/routes",
      "/unknown",
      "/inbound",
      "/events?state=failed",
      "/history",
      "/history?from=2026-01-01&until=2026-01-31&state=failed&request=refused",
      "/recipients",
      "/suppressions",
      "/usage",
      "/usage?by=day&month=2026-01",
      "/audit",
      "/api-keys",
      "/docs",
      "/problems",
    ],
    ...["", "/messages", "/messages?state=queued", "/rejections", "/start", "/cancel"].map(
      (path) => `/campaigns/${campaign}${path}`,
    ),
    `/routes/${route}/hold`,
  ];

  test("is complete, loads only our own files, and needs no script of its own in it", async () => {
    for (const path of paths()) {
      const response = await site.browse(path, { cookie });
      expect(response.statusCode, path).toBe(200);
      expect(response.body).toContain("</html>");
      expect(response.body).not.toMatch(/undefined|\[object|NaN|>null</);
      expect(response.body).not.toMatch(/<script(?! src="\/assets\/)|<style|\sstyle=|\son[a-z]+=/);
      expect(response.body).not.toMatch(/\s(?:src|href|action)="(?![/#])/);
      const policy = response.headers["content-security-policy"];
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain("unsafe");
      expect(response.headers["x-content-type-options"]).toBe("nosniff");
    }
  });

  test("escapes what people named things", async () => {
    for (const path of ["/", `/campaigns/${campaign}`, `/campaigns/${campaign}/cancel`]) {
      const body = await page(path);
      expect(body).toContain("12月クーポン &lt;全会員&gt;");
      expect(body).not.toContain("<全会員>");
    }
  });

  test("its files are there", async () => {
    for (const file of ["console.css", "console.js", "icon.svg"]) {
      expect((await site.browse(`/assets/${file}`)).statusCode).toBe(200);
    }
  });

  test("what isn't there is a page too", async () => {
    for (const path of ["/campaigns/nobody", "/messages/nobody", "/nothing", `/campaigns/${campaign}/explode`]) {
      const response = await site.browse(path, { cookie });
      expect(response.statusCode, path).toBe(404);
      expect(response.headers["content-type"]).toContain("text/html");
    }
  });
});

describe("a campaign", () => {
  test("shows its state, its exact numbers and what it says", async () => {
    const body = await page(`/campaigns/${campaign}`);
    expect(body).toContain("#{name}様、クーポンです");
    expect(body).toMatch(/Rows of the list<\/dt><dd>11</);
    expect(body).toMatch(/Rejected rows<\/dt><dd>1</);
    expect(body).toMatch(/<span class="state ready">ready</);
    expect(await page(`/campaigns/${campaign}/rejections`)).toContain("not-mobile");
  });

  test("is started, paused, resumed and cancelled, each after a question with exact numbers", async () => {
    expect(await page(`/campaigns/${campaign}/start`)).toContain("10 messages will go out");
    expect(await post(`/campaigns/${campaign}/start`, {})).toMatch(/Started\.[\s\S]*state running/);
    expect(await page(`/campaigns/${campaign}/pause`)).toContain("10 are left to send");
    expect(await post(`/campaigns/${campaign}/pause`, {})).toContain(`paused by ${user.name}`);
    expect(await page("/")).toContain(`paused by ${user.name}`);
    expect(await page(`/campaigns/${campaign}/resume`)).toContain("10 messages left to send go out");
    expect(await post(`/campaigns/${campaign}/resume`, {})).toMatch(/Resumed\.[\s\S]*state running/);
    await site.ledger.sql`
      update message set state = 'delivered', accepted_at = now(), delivered_at = now() where campaign_id = ${campaign} and line = 1`;
    await site.ledger.sql`
      update message set state = 'failed', accepted_at = now(), ended_at = now(), reason = 'unreachable <b>'
      where campaign_id = ${campaign} and line = 2`;
    const again = await page(`/campaigns/${campaign}/retry-failed`);
    expect(again).toContain("at most 1");
    await post(`/campaigns/${campaign}/retry-failed`, {});
    const running = await page(`/campaigns/${campaign}`);
    expect(running).toContain("round 2");
    // Reasons are counted anew every few seconds.
    await expect.poll(() => page(`/campaigns/${campaign}`), { timeout: 15_000 }).toContain("unreachable &lt;b&gt;");
    expect(await page(`/campaigns/${campaign}/cancel`)).toContain("9 messages will never be sent");
    const cancelled = await post(`/campaigns/${campaign}/cancel`, {});
    expect(cancelled).toContain("2 had gone out, 9 will never be sent");
    const late = await site.browse(`/campaigns/${campaign}/pause`, { cookie });
    expect(late.statusCode).toBe(409);
    expect(late.body).toContain("is cancelled by now");
    expect(site.logged).toContainEqual(
      expect.objectContaining({ msg: "campaign action by a person", action: "cancel", user: user.name }),
    );
  });
});

describe("numbers of recipients", () => {
  test("are masked in lists, and shown with the text by a click that is logged", async () => {
    expect(await page(`/campaigns/${campaign}/messages`)).toContain("+8190****4444");
    const id = await messageAt(5);
    const masked = await page(`/messages/${id}`);
    expect(masked).toContain("+8190****4444");
    expect(masked).not.toContain(number);
    expect(masked).not.toContain("佐藤4様");
    const shown = await post(`/messages/${id}`, {});
    expect(shown).toContain(number);
    expect(shown).toContain("佐藤4様、クーポンです");
    expect(site.logged).toContainEqual(
      expect.objectContaining({ msg: "number and text shown to a person", user: user.name, messageId: id }),
    );
    expect(JSON.stringify(site.logged)).not.toContain("90333344");
  });

  test("are looked up in any spelling, without standing in an address", async () => {
    const found = await post("/recipients", { to: "090-3333-4444" });
    expect(found).toContain(await messageAt(5));
    expect(found).toContain("Not suppressed.");
    expect(found).not.toContain(number);
    expect(await post("/recipients", { to: "110" })).toContain("not a number that can be messaged");
  });

  test("are suppressed, and freed again after a question", async () => {
    expect(await post("/suppressions", { recipient: "090-3333-4444", route: "*", reason: "by phone" })).toContain(
      `by phone (${user.name})`,
    );
    expect(await post("/recipients", { to: "090-3333-4444" })).toContain("<b>Suppressed</b> on every route");
    const question = await post("/suppressions/lift", { recipient: number, route: "*" });
    expect(question).toContain("Lift the suppression of +8190****4444");
    expect(await post("/suppressions/lift", { recipient: number, route: "*", sure: "yes" })).toContain(
      "Nobody is suppressed.",
    );
  });
});

describe("unknown outcomes", () => {
  test("are listed and settled, one or all of a campaign, after a question that names the price", async () => {
    const headers = { "idempotency-key": "unknowns" };
    const other = (await site.call("POST", "/v1/campaigns", { headers, body: { route, text: "クーポンです" } })).json()
      .id;
    const body = [1, 2, 3].map((n) => ({ to: `+81904444555${n}` }));
    await site.call("POST", `/v1/campaigns/${other}/recipients?start=true`, { body });
    const rows = await site.ledger.sql<{ id: string }[]>`
      update message set state = 'unknown', unknown_at = now(), sending_at = now(), reason = 'connection reset'
      where campaign_id = ${other} returning id`;
    const [first = ""] = rows.map(({ id }) => id);
    expect(await page("/")).toMatch(/class="count">3</);
    const list = await page(`/unknown?campaign=${other}`);
    for (const { id } of rows) expect(list).toContain(`value="${id}"`);
    expect(list).toContain("3 messages of unknown outcome");

    expect(await post("/unknown/settle", { what: "resend", id: [first] })).toMatch(
      /Send again: 1 message[\s\S]*gets it twice/,
    );
    expect(await post("/unknown/settle", { what: "resend", id: [first], sure: "yes" })).toContain("1 message settled");
    expect(await page(`/campaigns/${other}/cancel`)).toContain("2 messages of unknown outcome may have gone out");
    expect(await post(`/campaigns/${other}/cancel`, {})).toContain("2 are of unknown outcome");
    const refused = await post("/unknown/settle", { what: "resend", campaign: other, sure: "yes" });
    expect(refused).toContain("0 messages of 2 settled. Those of cancelled campaigns are never sent again");
    expect(await post("/unknown/settle", { what: "close", campaign: other })).toContain("Close: 2 messages");
    expect(await post("/unknown/settle", { what: "close", campaign: other, sure: "yes" })).toContain(
      "2 messages settled",
    );
    expect(await page("/unknown")).toContain("None. Every message");
    const none = await site.browse("/unknown/settle", { cookie, form: { what: "close" } });
    expect(none.statusCode).toBe(400);
  });
});

describe("routes", () => {
  test("show their limits and who is connected, and are held and released after a question", async () => {
    await using stack = new AsyncDisposableStack();
    const connections = connectRedis({ url: site.redisUrl });
    stack.defer(() => connections.closeAll());
    const worker = openSendWorker({
      ...{ connections, route, lane: "campaign", concurrency: 1, prefix: site.redisPrefix },
      handle: async () => {},
    });
    stack.defer(() => worker.close());
    await expect
      .poll(() => page("/routes"), { timeout: 10_000 })
      .toMatch(/Workers connected<\/span><strong>1<\/strong>/);
    const open = await page("/routes");
    expect(open).toContain("limit 100/s");
    expect(await page(`/routes/${route}/hold`)).toContain("Nothing goes out on this route");
    const held = await post(`/routes/${route}/hold`, { reason: "maintenance" });
    expect(held).toContain(`maintenance (${user.name})`);
    expect(await page("/suppressions")).toContain(`<b>Route ${route} is held</b>`);
    expect(await post(`/routes/${route}/release`, {})).not.toContain("is held");
  });
});

describe("API keys", () => {
  test("are shown once, work, and are revoked after a question", async () => {
    const made = await post("/api-keys", { name: "shop backend" });
    const secret = /hk_[A-Za-z0-9_-]{43}/.exec(made)?.[0] ?? "";
    const ask = () => site.app.inject({ url: "/v1/routes", headers: { authorization: `Bearer ${secret}` } });
    expect((await ask()).statusCode).toBe(200);
    const list = await page("/api-keys");
    expect(list).toContain("shop backend");
    expect(list).not.toContain("hk_");
    const id = /name="id" value="([^"]+)"/.exec(list)?.[1] ?? "";
    expect(await post("/api-keys/revoke", { id, name: "shop backend" })).toContain("Revoke the key of shop backend");
    expect(await post("/api-keys/revoke", { id, sure: "yes" })).toContain("revoked");
    expect(JSON.stringify(site.logged)).not.toContain(secret);
  });
});
