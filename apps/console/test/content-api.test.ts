import { publishRoutes } from "@hikyaku/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
  await publishRoutes(site.ledger.sql, [
    { name: "plus", provider: "kddi", settings: { smsNumber: "0312345678", plusMessage: true } },
    { name: "korean-sms", provider: "sens-sms", settings: { smsNumber: "0212345678" } },
  ]);
});
afterAll(() => site[Symbol.asyncDispose]());

const media = { url: "https://cdn.example.jp/a.jpg", mime: "image/jpeg", size: 1_000, height: "tall" };
const content = {
  mode: "sms-fallback",
  carousel: [{ title: "#{name}様", media }, { title: "二" }],
  sms: { text: "#{name}様へ" },
};
const post = (path: string, body: unknown) => site.call("POST", `/v1/content/${path}`, { body });

test("a content is checked as for a campaign, and every fault has path and pointer", async () => {
  const right = await post("lint", { route: "plus", content });
  expect([right.statusCode, right.json()]).toEqual([200, { route: "plus", ok: true, variables: ["name"], issues: [] }]);
  const carousel = [content.carousel[0], { title: "二", media: { ...media, height: "huge" } }];
  const wrong = await post("lint", { route: "plus", content: { ...content, carousel } });
  expect([wrong.statusCode, wrong.json()]).toMatchObject([
    200,
    {
      ok: false,
      issues: [
        {
          ...{ level: "error", code: "wrong-shape" },
          ...{ path: "content.carousel[1].media.height", pointer: "#/content/carousel/1/media/height" },
        },
      ],
    },
  ]);
  const refused = await site.call("POST", "/v1/campaigns", {
    body: { route: "plus", content: { ...content, carousel } },
    headers: { "idempotency-key": "wrong" },
  });
  expect(refused.json()).toMatchObject({ errors: [{ pointer: "#/content/carousel/1/media/height" }] });
});

test("a campaign and a message take the content whole", async () => {
  const campaign = await site.call("POST", "/v1/campaigns", {
    body: { route: "plus", content, fallbackAfter: "4h", class: "transactional" },
    headers: { "idempotency-key": "whole" },
  });
  expect([campaign.statusCode, campaign.json()]).toMatchObject([201, { variables: ["name"] }]);
  const message = await site.call("POST", "/v1/messages", {
    body: { route: "plus", content, to: "090-1234-5678", variables: { name: "佐藤" } },
    headers: { "idempotency-key": "whole" },
  });
  expect([message.statusCode, message.json()]).toMatchObject([201, { state: "queued" }]);
});

test("a preview is a page that a browser can show by itself, and nothing more", async () => {
  const response = await post("preview", { route: "plus", content, variables: { name: "<i>佐藤" } });
  expect(response.statusCode).toBe(200);
  expect(response.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "sandbox",
    "x-content-type-options": "nosniff",
  });
  expect(response.body).toMatch(/^<!doctype html>/);
  expect(response.body).toContain("&lt;i&gt;佐藤様へ");
});

test.each([
  ["a value is missing", { route: "plus", content }, "invalid-content", "#/variables/name"],
  ["the content is wrong", { route: "plus", content: { mode: "rcs" } }, "invalid-content", "#/content"],
  ["nobody knows the route", { route: "nix", content }, "unknown-route", "#/route"],
  ["nothing is said", { route: "plus" }, "invalid-request", "#/content"],
])("no page when %s", async (_, body, type, pointer) => {
  expect((await post("preview", body)).json()).toMatchObject({ type: `/problems/${type}`, errors: [{ pointer }] });
});

test("a carrier without pages is a problem of its own", async () => {
  const body = { route: "korean-sms", content: { text: "안녕하세요" } };
  expect((await post("preview", body)).json()).toMatchObject({ status: 422, type: "/problems/no-preview" });
});
