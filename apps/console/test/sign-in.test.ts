import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestConsole, type TestConsole, user } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
});
afterAll(() => site[Symbol.asyncDispose]());

const pages = [
  "/",
  "/routes",
  "/unknown",
  "/recipients",
  "/suppressions",
  "/api-keys",
  "/queues",
  "/campaigns/x",
  "/messages/x",
];

describe("signing in", () => {
  test.each(pages)("%s sends a browser to the sign-in, and back afterwards", async (path) => {
    const response = await site.browse(`${path}?a=b`);
    expect(response.statusCode).toBe(303);
    expect(response.headers.location).toBe(`/sign-in?next=${encodeURIComponent(`${path}?a=b`)}`);
    const form = await site.browse(response.headers.location ?? "");
    expect(form.body).toContain(`name="next" value="${path}?a=b"`);
    const signedIn = await site.browse("/sign-in", { form: { ...user, next: `${path}?a=b` } });
    expect(signedIn.headers.location).toBe(`${path}?a=b`);
  });

  test("programs get a problem instead", async () => {
    for (const url of ["/", "/queues/api/queues"]) {
      const response = await site.app.inject({ url, headers: { accept: "application/json" } });
      expect(response.json()).toMatchObject({ status: 401, type: "/problems/signed-out" });
    }
  });

  test("the cookie can't be read by scripts nor sent by other sites, and expires", async () => {
    const response = await site.browse("/sign-in", { form: { ...user } });
    const [cookie] = response.cookies;
    expect(cookie).toMatchObject({ name: "hikyaku_session", path: "/", httpOnly: true, sameSite: "Lax" });
    expect(cookie?.secure).toBeUndefined();
    const hours = (new Date(cookie?.expires ?? 0).getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeCloseTo(12, 1);
  });

  test("behind a proxy that speaks HTTPS it is sent over HTTPS only", async () => {
    await using proxied = await startTestConsole({ console: { trustProxy: true } });
    const response = await proxied.browse("/sign-in", {
      form: { ...user },
      headers: {
        ...{ host: "10.0.0.1:3000", "x-forwarded-proto": "https", "x-forwarded-host": "console.example" },
        origin: "https://console.example",
      },
    });
    expect(response.statusCode).toBe(303);
    expect(response.cookies[0]?.secure).toBe(true);
  });

  test.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    "/%0d%0aset-cookie:a=b",
  ])("nobody is sent on to %s", async (next) => {
    const { headers } = await site.browse("/sign-in", { form: { ...user, next } });
    expect(new URL(headers.location ?? "", "http://console.test").origin).toBe("http://console.test");
    expect(headers.location).not.toMatch(/^[/\\]{2}|[\r\n]/);
  });

  test("a wrong password is refused without saying what was wrong, and is not logged", async () => {
    for (const form of [
      { name: user.name, password: "guess-4711" },
      { name: "nobody-4711", password: user.password },
    ]) {
      const response = await site.browse("/sign-in", { form });
      expect(response.statusCode).toBe(401);
      expect(response.body).toContain("Name or password is wrong.");
      expect(response.cookies).toEqual([]);
    }
    expect(JSON.stringify(site.logged)).not.toMatch(/4711|correct horse/);
  });

  test("after five wrong ones that name has to wait, even with the right one", async () => {
    await using fresh = await startTestConsole();
    for (let n = 0; n < 5; n++) await fresh.browse("/sign-in", { form: { name: user.name, password: "x" } });
    const response = await fresh.browse("/sign-in", { form: { ...user } });
    expect(response.statusCode).toBe(429);
    expect(Number(response.headers["retry-after"])).toBeGreaterThan(800);
    expect(response.body).toContain("Too many attempts");
  });

  test("signing out ends it, also for a copy of the cookie", async () => {
    const cookie = await site.signIn();
    expect((await site.browse("/", { cookie })).statusCode).toBe(200);
    const out = await site.browse("/sign-out", { cookie, form: {} });
    expect(out.headers.location).toBe("/sign-in");
    expect((await site.browse("/", { cookie })).statusCode).toBe(303);
  });

  test("with nobody configured the pages are closed and say how to open them", async () => {
    await using closed = await startTestConsole({ users: [] });
    for (const url of ["/", "/queues", "/sign-in", "/queues/api/queues"]) {
      const response = await closed.browse(url);
      expect(response.statusCode).toBe(403);
      expect(response.body).toContain("console.users");
      expect(response.body).toContain("CONSOLE_PASSWORD");
    }
    expect((await closed.browse("/sign-in", { form: { name: "", password: "" } })).statusCode).toBe(403);
    expect((await closed.call("GET", "/v1/routes")).statusCode).toBe(200);
    expect((await closed.browse("/docs")).statusCode).toBe(200);
  });
});

describe("requests of other sites", () => {
  test.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another port", { origin: "http://console.test:81" }],
    ["no origin at all", { origin: "" }],
    ["what the browser calls cross-site", { "sec-fetch-site": "cross-site" }],
    ["what the browser calls same-site", { "sec-fetch-site": "same-site" }],
  ])("%s changes nothing", async (_, headers) => {
    const cookie = await site.signIn();
    for (const url of ["/routes/coupon-sms/hold", "/sign-out", "/api-keys"]) {
      const response = await site.browse(url, { cookie, form: { reason: "x", name: "x" }, headers });
      expect(response.statusCode).toBe(403);
      expect(response.body).toContain("another site");
    }
    expect((await site.browse("/", { cookie })).statusCode).toBe(200);
  });

  test("what the browser calls same-origin is ours, whatever a proxy made of the host", async () => {
    const cookie = await site.signIn();
    const headers = { host: "10.0.0.1:3000", "sec-fetch-site": "same-origin" };
    const response = await site.browse("/routes/coupon-sms/release", { cookie, form: {}, headers });
    expect(response.statusCode).toBe(303);
  });
});
