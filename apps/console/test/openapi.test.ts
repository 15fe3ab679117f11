import { openEndpoint } from "@hikyaku/ledger";
import type { InjectOptions } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { OpenApiDocument, Operation } from "../src/openapi/describe-api.ts";
import { startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
let document: OpenApiDocument;
let operations: { method: string; path: string; operation: Operation }[];
beforeAll(async () => {
  site = await startTestConsole();
  await openEndpoint(site.ledger.sql, { name: "*", url: "https://crm.example/events" });
  document = (await site.app.inject("/openapi.json")).json();
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  );
});
afterAll(() => site[Symbol.asyncDispose]());

describe("the OpenAPI document", () => {
  test("describes every route of the API and nothing else", () => {
    expect(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort()).toEqual([
      "DELETE /v1/campaigns/{campaign}/recipients",
      "DELETE /v1/schedules/{code}",
      "DELETE /v1/suppressions/{recipient}",
      "GET /v1/audit",
      "GET /v1/campaigns",
      "GET /v1/campaigns/{campaign}",
      "GET /v1/campaigns/{campaign}/messages",
      "GET /v1/campaigns/{campaign}/rejections",
      "GET /v1/campaigns/{campaign}/report",
      "GET /v1/channels",
      "GET /v1/event-endpoints",
      "GET /v1/events",
      "GET /v1/events/{id}",
      "GET /v1/inbound",
      "GET /v1/inbound/{id}",
      "GET /v1/messages",
      "GET /v1/messages/export",
      "GET /v1/messages/{id}",
      "GET /v1/routes",
      "GET /v1/routes/{route}/reservations",
      "GET /v1/routes/{route}/reservations/{reserveId}",
      "GET /v1/routes/{route}/subscribers",
      "GET /v1/schedules",
      "GET /v1/schedules/{code}",
      "GET /v1/schedules/{code}/runs",
      "GET /v1/suppressions",
      "GET /v1/templates",
      "GET /v1/templates/{route}/{code}",
      "GET /v1/unknown",
      "GET /v1/usage",
      "PATCH /v1/schedules/{code}",
      "POST /v1/campaigns",
      "POST /v1/campaigns/preview",
      "POST /v1/campaigns/{campaign}/cancel",
      "POST /v1/campaigns/{campaign}/pause",
      "POST /v1/campaigns/{campaign}/recipients",
      "POST /v1/campaigns/{campaign}/resume",
      "POST /v1/campaigns/{campaign}/retry-failed",
      "POST /v1/campaigns/{campaign}/start",
      "POST /v1/content/lint",
      "POST /v1/content/preview",
      "POST /v1/event-endpoints/{endpoint}/enable",
      "POST /v1/events/replay",
      "POST /v1/messages",
      "POST /v1/routes/{route}/capability-checks",
      "POST /v1/routes/{route}/hold",
      "POST /v1/routes/{route}/release",
      "POST /v1/routes/{route}/reservations/{reserveId}/cancel",
      "POST /v1/schedules",
      "POST /v1/suppressions",
      "POST /v1/suppressions/bulk",
      "POST /v1/templates/lint",
      "POST /v1/templates/refresh",
      "POST /v1/templates/{route}/{code}/preview",
      "POST /v1/unknown/close",
      "POST /v1/unknown/resend",
      "PUT /v1/schedules/{code}/recipients",
    ]);
  });

  test("is well formed: every reference leads somewhere, every parameter of a path is described", () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    for (const [, name = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(document.components.schemas).toHaveProperty(name);
    }
    for (const { path, operation } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const described = operation.parameters?.filter((each) => each.in === "path") ?? [];
      expect(described.map(({ name }) => name)).toEqual(inPath);
      expect(described.every(({ required }) => required)).toBe(true);
    }
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = document.tags?.map(({ name }) => name);
    for (const { operation } of operations) expect(tags).toEqual(expect.arrayContaining(operation.tags));
  });

  test("every operation tells what it does, how it succeeds and how it fails", () => {
    for (const { operation } of operations) {
      expect(operation.summary).toBeTruthy();
      const answers = Object.entries(operation.responses);
      expect(answers.some(([status]) => status.startsWith("2"))).toBe(true);
      for (const [status, { description, content }] of answers) {
        expect(description).toBeTruthy();
        expect(description).not.toContain("Default Response");
        if (!status.startsWith("2")) expect(Object.keys(content ?? {})).toEqual(["application/problem+json"]);
      }
      expect(Object.keys(operation.responses)).toEqual(expect.arrayContaining(["400", "401", "503"]));
    }
  });

  test("every body has an example, and the API understands each of them", async () => {
    const bodies = operations.flatMap(({ method, path, operation }) =>
      Object.entries(operation.requestBody?.content ?? {}).map(([type, media]) => ({ method, path, type, media })),
    );
    expect(bodies.length).toBeGreaterThan(10);
    for (const { method, path, type, media } of bodies) {
      const example = media.example ?? Object.values(media.examples ?? {})[0]?.value;
      expect(example, `${method} ${path} ${type}`).toBeDefined();
      const request: InjectOptions = {
        method: method.toUpperCase() as "POST",
        url: path
          .replace("{campaign}", "example")
          .replace("{code}", "friday-coupon")
          .replace("{route}", "coupon-sms")
          .replace("{endpoint}", "*"),
        headers: { authorization: `Bearer ${site.key}`, "content-type": type, "idempotency-key": "example" },
        payload: typeof example === "string" ? example : JSON.stringify(example),
      };
      const response = await site.app.inject(request);
      const isPage = String(response.headers["content-type"]).startsWith("text/html");
      const { type: problem } = isPage ? { type: undefined } : response.json();
      // Some can't be done in the state the others left, or on a route of this carrier; none may be malformed.
      const expected = path.startsWith("/v1/templates")
        ? /^\/problems\/(?:route|template)-not-found$/
        : /^\/problems\/(?:campaign-state|not-offered)$/;
      expect(problem ?? "/problems/campaign-state", path).toMatch(expected);
    }
  });

  test("our answers are open for further fields, requests are not", () => {
    expect(document.components.schemas.Campaign).not.toHaveProperty("additionalProperties");
    const body = document.paths["/v1/campaigns"]?.post?.requestBody?.content["application/json"];
    expect(body?.schema).toHaveProperty("additionalProperties", false);
  });
});

describe("/docs", () => {
  test("shows every operation, and loads nothing from elsewhere", async () => {
    const response = await site.app.inject("/docs");
    expect(response.headers["content-type"]).toContain("text/html");
    for (const { path, operation } of operations) {
      expect(response.body).toContain(path);
      expect(response.body).toContain(`id="${operation.operationId}"`);
    }
    const loaded = [...response.body.matchAll(/<(?:script|link|img)[^>]*(?:src|href)="([^"]+)"/g)].map(
      ([, url]) => url,
    );
    expect(loaded.length).toBeGreaterThan(0);
    for (const url of loaded) expect(url).toMatch(/^\/assets\//);
  });
});
