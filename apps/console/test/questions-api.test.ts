import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  claimBatch,
  findMessage,
  holdRoute,
  insertMessage,
  newId,
  publishRoutes,
  recordOutcomes,
} from "@hikyaku/ledger";
import { afterAll, beforeAll, expect, test } from "vitest";
import { route as smsRoute, startTestConsole, type TestConsole } from "./start-test-console.ts";

const stack = new AsyncDisposableStack();
let site: TestConsole;
/** What the gateway was asked: the number, or the path where none is named. */
const asked: string[] = [];
/** How it answers everything, when not as usual. */
let refusal: number | null = null;

beforeAll(async () => {
  const gateway = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const number: string | undefined = body === "" ? undefined : JSON.parse(body).messageContact.userContact;
    asked.push(number ?? (request.url ?? "").replace(/^.*\//, "/"));
    if (refusal !== null) response.writeHead(refusal).end();
    else if (number !== undefined) {
      if (number.endsWith("1")) response.end('{"capabilities":["chat"]}');
      else response.end("{}");
    } else if (request.url?.endsWith("next=a%2Fb")) response.end('{"subscribers":["+819012345673"]}');
    else response.end('{"subscribers":["+819012345671","+819012345672","?"],"next":"a/b"}');
  }).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  stack.defer(async () => {
    gateway.closeAllConnections();
    await new Promise((resolve) => gateway.close(resolve));
  });
  const account = {
    ...{ provider: "kddi", botId: "b", basicAuth: { user: "u", password: "p" }, smsNumber: "0312345678" },
    baseUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}/au`,
    tokens: { au: "a", docomo: "d", softbank: "s" },
    limits: { tps: 500, concurrency: 20 },
  };
  const kakao = {
    ...{ provider: "sens", baseUrl: "https://sens.example", serviceId: "ncp:kkobizmsg:kr:1:shop" },
    ...{ accessKey: "k", secretKey: "s", plusFriendId: "@shop" },
  };
  site = stack.use(await startTestConsole({ config: { routes: { plus: account, kakao } } }));
});
afterAll(() => stack.disposeAsync());

const check = (route: string, body: unknown) => site.call("POST", `/v1/routes/${route}/capability-checks`, { body });

test("numbers are asked about once, in any spelling, and then known", async () => {
  const recipients = ["090-1234-5671", "+819012345672"];
  const first = await check("plus", { recipients });
  expect([first.statusCode, first.json()]).toMatchObject([
    200,
    {
      items: [
        { recipient: "+819012345671", capable: true, said: "chat", cached: false, checkedAt: expect.any(String) },
        { recipient: "+819012345672", capable: false, said: "an empty answer", cached: false },
      ],
    },
  ]);
  expect((await check("plus", { recipients })).json()).toMatchObject({ items: [{ cached: true }, { cached: true }] });
  expect(asked.splice(0)).toEqual(["+819012345671", "+819012345672"]);
  expect((await check("plus", { recipients: recipients.slice(1), maxAge: "0s" })).json()).toMatchObject({
    items: [{ cached: false }],
  });
  expect(asked.splice(0)).toEqual(["+819012345672"]);
});

test("subscribers come page by page, with a cursor of our own around the carrier's", async () => {
  const path = "/v1/routes/plus/subscribers";
  const first = (await site.call("GET", path)).json();
  expect(first).toEqual({
    items: [{ recipient: "+819012345671" }, { recipient: "+819012345672" }],
    ...{ unreadable: 1, nextCursor: expect.any(String) },
  });
  const second = (await site.call("GET", `${path}?cursor=${first.nextCursor}`)).json();
  expect(second).toEqual({ items: [{ recipient: "+819012345673" }], unreadable: 0, nextCursor: null });
  expect(asked.splice(0)).toEqual(["/subscribers", "/subscribers?next=a%2Fb"]);
  expect((await site.call("GET", `${path}?cursor=nonsense`)).json().type).toBe("/problems/invalid-cursor");
});

test.each([
  ["a number can't be messaged", "plus", { recipients: ["090-1234-5671", "03-1234-5678"] }, 422, "invalid-number"],
  ["an age is none", "plus", { recipients: ["090-1234-5671"], maxAge: "soon" }, 400, "invalid-request"],
  ["nobody is named", "plus", { recipients: [] }, 400, "invalid-request"],
  ["too many are named", "plus", { recipients: Array(101).fill("090-1234-5671") }, 400, "invalid-request"],
  ["the route is not configured here", "nix", { recipients: ["090-1234-5671"] }, 404, "route-not-found"],
  ["the account has SMS only", smsRoute, { recipients: ["090-1234-5671"] }, 422, "not-offered"],
  ["the carrier has no such call", "kakao", { recipients: ["010-1234-5678"] }, 422, "not-offered"],
])("nothing is asked when %s", async (_, route, body, status, type) => {
  expect((await check(route, body)).json()).toMatchObject({ status, type: `/problems/${type}` });
  expect(asked).toEqual([]);
});

test("reservations are asked for only where the carrier has them, and by its own words", async () => {
  for (const [method, path] of [
    ["GET", "/v1/routes/plus/reservations"],
    ["GET", "/v1/routes/plus/reservations/x"],
    ["POST", "/v1/routes/plus/reservations/x/cancel"],
  ] as const) {
    expect((await site.call(method, path)).json()).toMatchObject({ status: 422, type: "/problems/not-offered" });
  }
  expect((await site.call("GET", "/v1/routes/kakao/reservations?state=soon")).json()).toMatchObject({
    ...{ status: 400, type: "/problems/invalid-request" },
    errors: [{ parameter: "state", detail: expect.stringContaining("READY, PROCESSING") }],
  });
  expect((await site.call("GET", "/v1/routes/kakao/reservations?state=READY")).json()).toEqual({
    ...{ items: [], nextCursor: null },
  });
  expect(asked).toEqual([]);
});

test("a reservation is listed, asked about, and cancelled once", async () => {
  const reservedAt = new Date(Math.ceil(Date.now() / 60_000 + 60) * 60_000);
  let reserveStatus = "READY";
  await using gateway = createServer((request, response) => {
    if (!request.url?.includes("/reservations/R1")) response.writeHead(404).end();
    else if (request.method === "DELETE") {
      reserveStatus = "CANCELED";
      response.writeHead(204).end();
    } else {
      const reserveTime = reservedAt.toISOString();
      response.end(JSON.stringify({ reserveId: "R1", reserveTimeZone: "Asia/Seoul", reserveTime, reserveStatus }));
    }
  }).listen(0, "127.0.0.1");
  await once(gateway, "listening");
  const account = {
    ...{
      provider: "sens",
      serviceId: "ncp:kkobizmsg:kr:1:shop",
      plusFriendId: "@shop",
      accessKey: "k",
      secretKey: "s",
    },
    baseUrl: `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`,
  };
  await using kakao = await startTestConsole({ config: { routes: { kakao: account } } });
  const { sql } = kakao.ledger;
  await publishRoutes(sql, [{ name: "kakao", provider: "sens", settings: {} }]);
  const [id, claim, worker, providerOrderId] = [newId(), newId(), newId(), "R1"];
  await insertMessage(sql, { id, route: "kakao", recipient: "+821012345678", content: {}, segments: 1 });
  await claimBatch(sql, { ids: [id], claim, worker, route: "kakao", probe: false });
  const accepted = { id, claim, to: "accepted", outcome: "accepted", providerOrderId, reservedAt } as const;
  await recordOutcomes(sql, { worker, results: [accepted] });

  const path = "/v1/routes/kakao/reservations";
  const waiting = {
    ...{ reserveId: providerOrderId, state: "READY", ended: null, messages: 1 },
    reservedAt: reservedAt.toISOString(),
  };
  expect((await kakao.call("GET", `${path}?state=READY`)).json()).toMatchObject({ items: [waiting], nextCursor: null });
  expect((await kakao.call("GET", `${path}/${providerOrderId}`)).json()).toMatchObject(waiting);
  expect((await kakao.call("GET", `${path}/none`)).json()).toMatchObject({ type: "/problems/reservation-not-found" });
  const cancel = () => kakao.call("POST", `${path}/${providerOrderId}/cancel`);
  const over = { state: "CANCELED", ended: "cancelled" };
  expect((await cancel()).json()).toMatchObject({ ...over, revoked: 1, wasCancelled: false });
  expect((await cancel()).json()).toMatchObject({ ...over, revoked: 0, wasCancelled: true });
  expect(await findMessage(sql, { id })).toMatchObject({
    ...{ state: "revoked", reason: expect.stringContaining("cancelled by api-key:") },
  });
  expect((await kakao.call("GET", "/v1/audit?action=cancel-reservation")).json().items).toMatchObject([
    {
      ...{ actor: "api-key:test", route: "kakao", campaignId: null, messageId: id },
      details: { reserveId: "R1", messages: 1, wasCancelled: false },
    },
  ]);
  const { body } = await kakao.browse("/audit", { cookie: await kakao.signIn() });
  expect(body).toMatch(/Reservation cancelled.*reservation R1/s);
});

test.each([
  [401, 502, "gateway-refuses"],
  [500, 503, "gateway-silent"],
  [404, 422, "not-offered"],
])("a gateway that answers %i is a problem %i", async (answer, status, type) => {
  refusal = answer;
  const response = await site.call("GET", "/v1/routes/plus/subscribers");
  refusal = null;
  asked.splice(0);
  expect(response.json()).toMatchObject({ status, type: `/problems/${type}` });
});

test("a held route is asked nothing", async () => {
  await publishRoutes(site.ledger.sql, [{ name: "plus", provider: "kddi", settings: {} }]);
  const { sql } = site.ledger;
  await holdRoute(sql, { route: "plus", cause: "operator", reason: "maintenance", probeInMs: 86_400_000 });
  const response = await check("plus", { recipients: ["090-1234-5671"] });
  expect(response.json()).toMatchObject({
    ...{ status: 409, type: "/problems/route-held", detail: expect.stringContaining("maintenance") },
  });
});
