import { afterAll, beforeAll, expect, test } from "vitest";
import type { OpenApiDocument } from "../src/openapi/describe-api.ts";
import { startTestConsole, type TestConsole } from "./start-test-console.ts";

let site: TestConsole;
beforeAll(async () => {
  site = await startTestConsole();
});
afterAll(() => site[Symbol.asyncDispose]());

/** What PostgreSQL would not take as an id, a number or a text, and a cursor of another list. */
const oddValues = [
  "zzz",
  "\0",
  "99999999999999999999999",
  "ffffffff-ffff-ffff-ffff-fffffffffffff",
  ...[{ before: "zzz" }, { after: "zzz" }, { before: 1e300 }, { after: "\0" }].map((position) =>
    Buffer.from(JSON.stringify(position)).toString("base64url"),
  ),
];

/** 599 of an answer that broke off. */
async function statusOf(response: Promise<{ statusCode: number }>): Promise<number> {
  return await response.then(
    ({ statusCode }) => statusCode,
    () => 599,
  );
}

test("no value of a parameter makes the ledger's own words the answer of the API", async () => {
  const document: OpenApiDocument = (await site.app.inject("/openapi.json")).json();
  const faults: string[] = [];
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, { parameters = [] }] of Object.entries(item)) {
      for (const parameter of parameters.filter((each) => each.in !== "header")) {
        for (const value of oddValues) {
          const odd = encodeURIComponent(value);
          const filled = path
            .replace(`{${parameter.name}}`, odd)
            .replace("{route}", "coupon-sms")
            .replace(/\{\w+\}/g, "nobody");
          const url = parameter.in === "query" ? `${filled}?${parameter.name}=${odd}` : filled;
          const status = await statusOf(site.call(method.toUpperCase() as "GET", url));
          if (status >= 500) faults.push(`${status} ${method} ${url}`);
        }
      }
    }
  }
  expect(faults).toEqual([]);
});

test("nor that of a page", async () => {
  const cookie = await site.signIn();
  const pages = [
    ["/", "state", "cursor"],
    ["/campaigns/{}", "notice"],
    ["/campaigns/{}/messages", "state", "leg", "cursor"],
    ["/campaigns/{}/rejections", "cursor"],
    ["/messages/{}"],
    ["/unknown", "campaign", "route", "cursor", "of"],
    ["/events", "state", "cursor"],
    ["/events/{}"],
    ["/inbound", "event", "word", "campaign", "route", "cursor"],
    ["/inbound/{}"],
    ["/history", "from", "until", "route", "campaign", "to", "state", "request", "template", "requestId", "cursor"],
    ["/history.csv", "from", "until", "route", "campaign", "to", "state", "request", "template", "requestId"],
    ["/audit", "action", "campaign", "cursor"],
    ["/suppressions", "cursor"],
    ["/schedules", "after"],
    ["/schedules/{}"],
    ["/schedules/{}/delete"],
    ["/templates/{}/x"],
    ["/templates/coupon-sms/{}"],
    ["/templates/coupon-sms/{}/preview"],
    ["/routes/{}/hold"],
    ["/usage", "month", "by"],
    ["/usage.csv", "month", "by"],
  ];
  const faults: string[] = [];
  for (const [path = "", ...parameters] of pages) {
    for (const value of oddValues) {
      const odd = encodeURIComponent(value);
      const filled = path.replace("{}", odd);
      for (const url of parameters.length === 0 ? [filled] : parameters.map((name) => `${filled}?${name}=${odd}`)) {
        const status = await statusOf(site.browse(url, { cookie }));
        if (status >= 500) faults.push(`${status} ${url}`);
      }
    }
  }
  expect(faults).toEqual([]);
});

test("a text with a NUL is told by its place, wherever it stands", async () => {
  const of = async (...call: Parameters<TestConsole["call"]>) => {
    const { statusCode, body } = await site.call(...call);
    return [statusCode, JSON.parse(body).errors?.map((each: object) => Object.values(each)[0])];
  };
  expect(await of("GET", "/v1/messages?route=%00")).toEqual([400, ["route"]]);
  expect(await of("GET", "/v1/campaigns/%00")).toEqual([400, ["campaign"]]);
  expect(await of("POST", "/v1/routes/coupon-sms/hold", { body: { reason: "a\0b" } })).toEqual([400, ["#/reason"]]);
  const content = { text: "x", more: ["\0"] };
  const headers = { "idempotency-key": "nul" };
  expect(
    await of("POST", "/v1/messages", { headers, body: { route: "coupon-sms", to: "090-0100-0001", content } }),
  ).toEqual([400, ["#/content/more/0"]]);
  const cookie = await site.signIn();
  const form = { recipient: "090-0100-0001", reason: "\0" };
  expect((await site.browse("/suppressions", { cookie, form })).statusCode).toBe(400);
});
