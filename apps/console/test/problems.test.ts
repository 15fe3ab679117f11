import { createApiKey, listApiKeys, revokeApiKey } from "@hikyaku/ledger";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createApiKeyGuard } from "../src/api/api-key-guard.ts";
import { problemTypes } from "../src/problems/problem-types.ts";
import { route, startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole({ console: { maxBodyBytes: 2_000, maxUploadBytes: 2_000 } });
});
afterAll(() => site[Symbol.asyncDispose]());

const json = { "content-type": "application/json" };
const keyed = { "idempotency-key": "k" };
const id = "01936f0e-7b00-7000-8000-000000000001";
const text = "クーポンです";

const broken: [string, InjectOptions, string, object][] = [
  ["a path nobody has", { url: "/v1/nothing" }, "not-found", {}],
  ["a path above the API", { url: "/nothing" }, "not-found", {}],
  ["a path that can't be decoded", { url: "/v1/campaigns/%E0%A4%A" }, "invalid-request", {}],
  [
    "a wrong method",
    { method: "PUT", url: "/v1/campaigns" },
    "method-not-allowed",
    { detail: expect.stringContaining("GET, HEAD, POST") },
  ],
  ["a wrong method below a parameter", { method: "GET", url: `/v1/campaigns/${id}/start` }, "method-not-allowed", {}],
  [
    "no key of idempotency",
    { method: "POST", url: "/v1/campaigns", payload: { route, text } },
    "missing-idempotency-key",
    { errors: [{ header: "idempotency-key", detail: expect.any(String) }] },
  ],
  [
    "a key of idempotency that is too long",
    {
      method: "POST",
      url: "/v1/messages",
      headers: { "idempotency-key": "x".repeat(300) },
      payload: { route, text, to: "1" },
    },
    "invalid-request",
    { errors: [{ header: "idempotency-key" }] },
  ],
  [
    "JSON that is none",
    { method: "POST", url: "/v1/campaigns", headers: { ...keyed, ...json }, payload: "{" },
    "invalid-json",
    {},
  ],
  [
    "no JSON at all",
    { method: "POST", url: "/v1/campaigns", headers: { ...keyed, ...json }, payload: "" },
    "invalid-json",
    {},
  ],
  [
    "no body",
    { method: "POST", url: "/v1/campaigns", headers: keyed },
    "invalid-request",
    { errors: [{ pointer: "#" }] },
  ],
  [
    "another content type",
    { method: "POST", url: "/v1/campaigns", headers: { ...keyed, "content-type": "text/plain" }, payload: "x" },
    "unsupported-media-type",
    {},
  ],
  [
    "a form",
    {
      method: "POST",
      url: "/v1/messages",
      headers: { ...keyed, "content-type": "application/x-www-form-urlencoded" },
      payload: "a=b",
    },
    "unsupported-media-type",
    {},
  ],
  [
    "NDJSON where JSON belongs",
    {
      method: "POST",
      url: "/v1/messages",
      headers: { ...keyed, "content-type": "application/x-ndjson" },
      payload: "{}",
    },
    "unsupported-media-type",
    {},
  ],
  [
    "CSV for recipients",
    {
      method: "POST",
      url: `/v1/campaigns/${id}/recipients`,
      headers: { "content-type": "text/csv" },
      payload: "to\n090",
    },
    "unsupported-media-type",
    {},
  ],
  [
    "a body that is too long",
    { method: "POST", url: "/v1/campaigns", headers: keyed, payload: { route, text: "x".repeat(3_000) } },
    "body-too-large",
    {},
  ],
  [
    "unknown fields, named one by one",
    { method: "POST", url: "/v1/campaigns", headers: keyed, payload: { route, text, recipient: 1, "a/b": 2 } },
    "invalid-request",
    {
      errors: [
        { pointer: "#/recipient", code: "unknown-field" },
        { pointer: "#/a~1b", code: "unknown-field" },
      ],
    },
  ],
  [
    "several faults, named all at once",
    {
      method: "POST",
      url: "/v1/campaigns",
      headers: keyed,
      payload: { route: 7, priority: 11, onUnknown: "drop", startAt: "soon" },
    },
    "invalid-request",
    {
      errors: [
        { pointer: "#/route" },
        { pointer: "#/priority" },
        { pointer: "#/startAt" },
        { pointer: "#/onUnknown", detail: "must be one of hold, resend" },
      ],
    },
  ],
  [
    "a fault that only the producer sees",
    { method: "POST", url: "/v1/campaigns", headers: keyed, payload: { route, text, window: "always" } },
    "invalid-request",
    { errors: [{ pointer: "#/window" }] },
  ],
  [
    "a route nobody has",
    { method: "POST", url: "/v1/campaigns", headers: keyed, payload: { route: "fax", text } },
    "unknown-route",
    { errors: [{ pointer: "#/route", detail: expect.stringContaining(route) }] },
  ],
  ["an unknown parameter", { url: "/v1/campaigns?order=asc" }, "invalid-request", { errors: [{ parameter: "order" }] }],
  [
    "a parameter out of range",
    { url: "/v1/campaigns?limit=100000" },
    "invalid-request",
    { errors: [{ parameter: "limit" }] },
  ],
  [
    "a cursor of another list",
    { url: `/v1/unknown?cursor=${Buffer.from('{"before":1}').toString("base64url")}` },
    "invalid-cursor",
    { errors: [{ parameter: "cursor" }] },
  ],
  ["a campaign nobody has", { url: "/v1/campaigns/nobody" }, "campaign-not-found", {}],
  [
    "recipients for a campaign nobody has",
    { method: "POST", url: "/v1/campaigns/nobody/recipients", payload: [] },
    "campaign-not-found",
    {},
  ],
  ["a message nobody has", { url: `/v1/messages/${id}` }, "message-not-found", {}],
  ["an id that is none", { url: "/v1/messages/1" }, "invalid-request", { errors: [{ parameter: "id" }] }],
  ["a number that is none", { url: "/v1/messages?to=abc" }, "invalid-number", { errors: [{ parameter: "to" }] }],
  [
    "a message to a fixed line",
    { method: "POST", url: "/v1/messages", headers: keyed, payload: { route, text, to: "03-1234-5678" } },
    "invalid-message",
    { errors: [{ pointer: "#/to", code: "not-mobile" }] },
  ],
  [
    "a message that lacks a value",
    { method: "POST", url: "/v1/messages", headers: keyed, payload: { route, text: "#{code}", to: "090-1234-5678" } },
    "invalid-message",
    { errors: [{ code: "missing-value" }] },
  ],
  [
    "unknowns without saying which",
    { method: "POST", url: "/v1/unknown/resend", payload: {} },
    "invalid-request",
    { errors: [{ pointer: "#" }] },
  ],
  [
    "unknowns older than nonsense",
    { method: "POST", url: "/v1/unknown/close", payload: { olderThan: "1 fortnight" } },
    "invalid-request",
    { errors: [{ pointer: "#/olderThan" }] },
  ],
  [
    "a suppression of nobody",
    { method: "POST", url: "/v1/suppressions", payload: { recipient: "110" } },
    "invalid-number",
    { errors: [{ pointer: "#/recipient" }] },
  ],
  [
    "lifting what isn't there",
    { method: "DELETE", url: "/v1/suppressions/090-1234-5678" },
    "suppression-not-found",
    {},
  ],
  ["holding a route nobody has", { method: "POST", url: "/v1/routes/fax/hold" }, "route-not-found", {}],
];

describe("every error is a problem", () => {
  test.each(broken)("%s", async (_, request, type, members) => {
    const response = await site.app.inject({
      ...request,
      headers: { authorization: `Bearer ${site.key}`, ...request.headers },
    });
    const problem = response.json();
    expect(problem).toMatchObject({
      type: `/problems/${type}`,
      status: response.statusCode,
      title: expect.any(String),
      instance: expect.stringMatching(/^urn:request:[0-9a-f]{16}$/),
      ...members,
    });
    expect(response.statusCode).toBe(problemTypes[type as keyof typeof problemTypes].status);
    expect(response.headers["content-type"]).toBe("application/problem+json");
    expect(response.headers["cache-control"]).toBe("no-store");
  });

  test("an empty body is none where none is needed, whatever its type", async () => {
    const empty = { headers: json, body: "" };
    const { id } = (
      await site.call("POST", "/v1/campaigns", { headers: { "idempotency-key": "empty" }, body: { route, text } })
    ).json();
    await site.call("POST", `/v1/campaigns/${id}/recipients`, { body: [{ to: "090-1234-5678" }] });
    for (const control of ["start", "pause", "resume", "cancel"]) {
      const response = await site.call("POST", `/v1/campaigns/${id}/${control}`, empty);
      expect([control, response.statusCode]).toEqual([control, 200]);
    }
    for (const control of ["hold", "release"]) {
      expect((await site.call("POST", `/v1/routes/${route}/${control}`, empty)).statusCode).toBe(200);
    }
    expect((await site.call("POST", `/v1/campaigns/${id}/retry-failed`, empty)).json().type).not.toMatch(/json/);
    expect((await site.call("DELETE", "/v1/suppressions/090-1234-5678", empty)).statusCode).toBe(404);
    const broken = await site.call("POST", `/v1/campaigns/${id}/cancel`, { headers: json, body: '{"reservations":' });
    expect(broken.json()).toMatchObject({ type: "/problems/invalid-json" });
  });

  test("an NDJSON upload that is too long says so", async () => {
    const { id } = (
      await site.call("POST", "/v1/campaigns", { headers: { "idempotency-key": "long" }, body: { route, text } })
    ).json();
    const response = await site.call("POST", `/v1/campaigns/${id}/recipients`, {
      headers: { "content-type": "application/x-ndjson" },
      body: '{"to":"090-1234-5678"}\n'.repeat(200),
    });
    expect(response.json()).toMatchObject({ status: 413, type: "/problems/body-too-large" });
  });

  test("a wrong method says which are right", async () => {
    const response = await site.call("DELETE", "/v1/suppressions");
    expect(response.headers.allow).toBe("GET, HEAD, POST");
  });

  test("the type of every problem is a page that explains it", async () => {
    for (const name of Object.keys(problemTypes)) {
      const response = await site.app.inject(`/problems/${name}`);
      expect(response.statusCode).toBe(200);
      expect(response.headers["content-type"]).toContain("text/html");
    }
    expect((await site.app.inject("/problems/nothing")).json()).toMatchObject({ type: "/problems/not-found" });
  });
});

describe("API keys", () => {
  const get = (authorization?: string) =>
    site.app.inject({ url: "/v1/campaigns", ...(authorization ? { headers: { authorization } } : {}) });

  test.each([
    ["none", undefined],
    ["of another scheme", "Basic dXNlcjpwYXNzd29yZA=="],
    ["that nobody was given", `Bearer hk_${"A".repeat(43)}`],
    ["that is cut off", "Bearer hk_abc"],
  ])("a key %s is refused with a challenge", async (_, authorization) => {
    const response = await get(authorization);
    expect(response.statusCode).toBe(401);
    expect(response.json()).toMatchObject({ type: "/problems/unauthorized", errors: [{ header: "authorization" }] });
    expect(response.headers["www-authenticate"]).toBe('Bearer realm="hikyaku"');
  });

  test("a valid key is let in, and its use is noted", async () => {
    expect((await get(`bearer ${site.key}`)).statusCode).toBe(200);
    const [key] = await listApiKeys(site.ledger.sql);
    expect(key?.lastUsedAt).toBeInstanceOf(Date);
  });

  test("the body of a request without a key is not read", async () => {
    const response = await site.app.inject({
      method: "POST",
      url: "/v1/campaigns",
      payload: "x".repeat(5_000),
      headers: json,
    });
    expect(response.statusCode).toBe(401);
  });

  test("a key is asked of the ledger once in ten seconds, and a revoked one is refused afterwards", async () => {
    const { sql } = site.ledger;
    const { id, secret } = await createApiKey(sql, { name: "cached" });
    let at = 0;
    const guard = createApiKeyGuard({ sql, now: () => at });
    await guard(`Bearer ${secret}`);
    await revokeApiKey(sql, { id });
    at = 9_999;
    await expect(guard(`Bearer ${secret}`)).resolves.toMatchObject({ name: "cached" });
    at = 10_000;
    await expect(guard(`Bearer ${secret}`)).rejects.toMatchObject({ type: "unauthorized" });
  });

  test("secrets stand in no log", () => {
    expect(JSON.stringify(site.logged)).not.toContain(site.key);
  });
});
