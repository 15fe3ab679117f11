import { startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { type Scripted, startScriptedServer } from "../test/scripted-server.ts";
import { payloadOf, recipientOf, servicePath, testClient, testMessage, toOf } from "../test/test-route.ts";
import { type AlimtalkMessage, alimtalkRequestBody } from "./send.ts";

const batch = (size: number, content: Record<string, unknown> = {}) =>
  Array.from({ length: size }, (_, index) => testMessage(index + 1, content));

/** One entry of the protocol's example answer. */
const entry = (nth: number, changes: Record<string, unknown> = {}) => ({
  messageId: `id-${nth}`,
  countryCode: "82",
  to: toOf(nth),
  content: `주문 ${nth}이(가) 발송되었습니다.`,
  requestStatusCode: "A000",
  requestStatusName: "success",
  requestStatusDesc: "성공",
  useSmsFailover: false,
  ...changes,
});
const answer = (messages: unknown, changes: Record<string, unknown> = {}) => ({
  requestId: "RBAA-20261120101500123-AbCdEfGh",
  requestTime: "2026-11-20T10:15:00.123",
  statusCode: "202",
  statusName: "processing",
  messages,
  ...changes,
});
const taken = (nth: number) => ({
  kind: "accepted",
  providerMessageId: `id-${nth}`,
  providerOrderId: "RBAA-20261120101500123-AbCdEfGh",
  channel: "alimtalk",
});

async function send(messages: AlimtalkMessage[], scripted: Scripted, changes: Record<string, unknown> = {}) {
  await using server = await startScriptedServer(() => scripted);
  await using client = testClient(server.port, changes);
  return { outcomes: await client.send(messages), seen: server.seen };
}

describe("the body", () => {
  test("is the protocol's example", () => {
    const text = "Hana, your order 1001 has been shipped.";
    const link = "https://shop.example/o/1001";
    const payload = payloadOf(
      {
        text: "#{name}, your order #{no} has been shipped.",
        buttons: [
          { type: "DS", name: "Track parcel" },
          { type: "WL", name: "Order page", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
        ],
        failover: {
          type: "LMS",
          subject: "Shipping notice",
          text: "#{name}, your order #{no} has been shipped. https://#{url}",
        },
      },
      ["Hana", "1001", "shop.example/o/1001"],
      { smsNumber: "0200000000" },
    );
    expect(JSON.parse(alimtalkRequestBody([{ id: "1", recipient: "+821000000001", payload }], "@demo_shop"))).toEqual({
      plusFriendId: "@demo_shop",
      templateCode: "ORDER01",
      messages: [
        {
          countryCode: "82",
          to: "01000000001",
          content: text,
          buttons: [
            { type: "DS", name: "Track parcel" },
            { type: "WL", name: "Order page", linkMobile: link, linkPc: link },
          ],
          useSmsFailover: true,
          failoverConfig: { type: "LMS", from: "0200000000", subject: "Shipping notice", content: `${text} ${link}` },
        },
      ],
    });
  });

  test("says explicitly that no SMS is wanted, and nothing that was not asked for", () => {
    const body = JSON.parse(alimtalkRequestBody([testMessage(1)], "@demo_shop"));
    expect(body.messages).toEqual([
      { countryCode: "82", to: "01000000001", content: "주문 1이(가) 발송되었습니다.", useSmsFailover: false },
    ]);
    expect(Object.keys(body)).toEqual(["plusFriendId", "templateCode", "messages"]);
  });

  test("carries title, header, highlight and items as they are", () => {
    const parts = {
      title: "배송 안내",
      headerContent: "주문 내역",
      itemHighlight: { title: "8,000원", description: "결제 금액" },
      item: {
        list: [
          { title: "상품", description: "머그컵" },
          { title: "수량", description: "2" },
        ],
        summary: { title: "합계", description: "8,000원" },
      },
    };
    const [message] = JSON.parse(alimtalkRequestBody([testMessage(1, parts)], "@demo_shop")).messages;
    expect(message).toMatchObject(parts);
  });

  test("names the reserved time and its zone", () => {
    const reserved = testMessage(1, { reserve: { time: "2099-12-24 09:00", timeZone: "Asia/Tokyo" } });
    expect(JSON.parse(alimtalkRequestBody([reserved], "@demo_shop"))).toMatchObject({
      reserveTime: "2099-12-24 09:00",
      reserveTimeZone: "Asia/Tokyo",
    });
  });
});

describe("a batch", () => {
  test("of 100 is one request, and each recipient has the outcome of its own entry", async () => {
    const messages = Array.from({ length: 100 }, (_, index) => entry(index + 1));
    messages[41] = entry(42, {
      messageId: null,
      requestStatusCode: "A003",
      requestStatusName: "fail",
      requestStatusDesc: "거절",
    });
    const { outcomes, seen } = await send(batch(100), { status: 202, body: answer(messages) });
    expect(seen.map(({ method, target }) => `${method} ${target}`)).toEqual([`POST ${servicePath}/messages`]);
    expect(JSON.parse(seen[0]?.body ?? "").messages).toHaveLength(100);
    expect(outcomes[41]).toEqual({ kind: "rejected", reason: "refused by SENS (A003: 거절)" });
    for (const [index, outcome] of outcomes.entries()) if (index !== 41) expect(outcome).toEqual(taken(index + 1));
  });

  test("of the longest texts is read whole, though the answer repeats them all", async () => {
    const text = "가".repeat(1_000);
    const messages = Array.from({ length: 100 }, (_, index) => entry(index + 1, { content: text }));
    const { outcomes } = await send(batch(100, { text }), { status: 202, body: answer(messages) });
    expect(outcomes.every(({ kind }) => kind === "accepted")).toBe(true);
  });

  test("answered out of order is told apart by number and text", async () => {
    const messages = [3, 1, 2].map((nth) => entry(nth));
    const { outcomes } = await send(batch(3), { status: 202, body: answer(messages) });
    expect(outcomes).toEqual([taken(1), taken(2), taken(3)]);
  });

  test("with one number twice gives each message its own id", async () => {
    const twin = { ...testMessage(2), recipient: recipientOf(1) };
    const messages = [entry(2, { to: toOf(1) }), entry(1)];
    const { outcomes } = await send([testMessage(1), twin], { status: 202, body: answer(messages) });
    expect(outcomes).toEqual([taken(1), taken(2)]);
  });

  test("with one message twice uses each entry once", async () => {
    const messages = [entry(1), entry(1, { messageId: "id-1b" })];
    const { outcomes } = await send([testMessage(1), testMessage(1)], { status: 202, body: answer(messages) });
    expect(outcomes).toEqual([taken(1), { ...taken(1), providerMessageId: "id-1b" }]);
    const lacking = await send([testMessage(1), testMessage(1)], { status: 202, body: answer([entry(1)]) });
    expect(lacking.outcomes).toMatchObject([taken(1), { kind: "unknown" }]);
  });

  test("whose answer lacks a recipient leaves that one unknown, never another's id", async () => {
    const { outcomes } = await send(batch(3), { status: 202, body: answer([entry(1), entry(3)]) });
    expect(outcomes).toMatchObject([taken(1), { kind: "unknown" }, taken(3)]);
  });

  test("of nothing asks nothing", async () => {
    expect(await send([], { status: 500 })).toEqual({ outcomes: [], seen: [] });
  });

  test("of two templates, which never ought to be, is two requests", async () => {
    const other = testMessage(2, { templateCode: "OTHER" });
    const { outcomes, seen } = await send([testMessage(1), other], { status: 202, body: answer([entry(1), entry(2)]) });
    expect(seen.map(({ body }) => JSON.parse(body).templateCode).sort()).toEqual(["ORDER01", "OTHER"]);
    expect(outcomes).toMatchObject([taken(1), taken(2)]);
  });
});

/** What one entry says → what it means for its message. */
const entries: [label: string, entry: unknown, outcome: Record<string, unknown>][] = [
  ["the protocol's example", entry(1), taken(1)],
  ["a number written internationally", entry(1, { to: "821000000001" }), taken(1)],
  ["a number with hyphens", entry(1, { to: "010-0000-0001" }), taken(1)],
  ["no number", entry(1, { to: undefined }), taken(1)],
  ["no text", entry(1, { content: undefined }), taken(1)],
  ["a text with CRLF and a space at its end", entry(1, { content: "주문 1이(가) 발송되었습니다.\r\n " }), taken(1)],
  ["unknown fields", entry(1, { somethingNew: { a: 1 } }), taken(1)],
  ["a number as id", entry(1, { messageId: 4711 }), { ...taken(1), providerMessageId: "4711" }],
  ["success without a code", entry(1, { requestStatusCode: undefined }), taken(1)],
  [
    "fail without a code",
    entry(1, { requestStatusCode: null, requestStatusName: "fail", requestStatusDesc: "x" }),
    { kind: "rejected" },
  ],
  ["another code, though its word is success", entry(1, { requestStatusCode: "A999" }), { kind: "rejected" }],
  ["neither code nor word", entry(1, { requestStatusCode: null, requestStatusName: null }), { kind: "unknown" }],
  [
    "A000 without an id",
    entry(1, { messageId: null }),
    { kind: "accepted", providerMessageId: null, alarm: "HTTP 202 accepted the message without a messageId" },
  ],
  ["another's number", entry(1, { to: toOf(9) }), { kind: "unknown" }],
  ["its text written in another way", entry(1, { content: "주문 1이&#40;가&#41; …" }), taken(1)],
  ["neither number nor text", entry(1, { to: null, content: null }), { kind: "unknown" }],
  ["no object", "id-1", { kind: "unknown" }],
];

describe("an entry of a 202", () => {
  test.each(entries)("with %s", async (_, given, expected) => {
    const { outcomes } = await send(batch(1), { status: 202, body: answer([given]) });
    expect(outcomes).toMatchObject([expected]);
  });
});

describe("a 2xx that says nothing of its recipients leaves them unknown, to be looked up", () => {
  test.each([
    ["no body", ""],
    ["HTML", "<html>ok</html>"],
    ["half a JSON", '{"requestId":"RBAA","messages":[{"messageId":"id-1"'],
    ["no messages", { requestId: "RBAA-1", statusCode: "202", statusName: "processing" }],
    ["messages of another shape", { requestId: "RBAA-1", messages: "2" }],
    ["a list", []],
  ])("%s", async (_, body) => {
    const { outcomes } = await send(batch(2), { status: 202, body });
    expect(outcomes).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }]);
  });

  test("200 in place of 202 is read like it", async () => {
    expect((await send(batch(1), { status: 200, body: answer([entry(1)]) })).outcomes).toEqual([taken(1)]);
  });
});

const gatewayError = (errorCode: string, message: string) => ({ error: { errorCode, message, details: "…" } });

/** Status and body → the one outcome of every message of the request (protocol notes §3.3, §15.1). */
const refusals: [status: number, body: unknown, headers: Record<string, string>, outcome: Record<string, unknown>][] = [
  [
    400,
    { status: 400, errors: ["Invalid templateCode"] },
    {},
    { kind: "rejected", reason: "HTTP 400: Invalid templateCode" },
  ],
  [400, gatewayError("100", "Bad Request Exception"), {}, { kind: "rejected" }],
  [401, { errorCode: "210", errorMessage: "Authentication Failed" }, {}, { kind: "held", cause: "credentials" }],
  [403, "", {}, { kind: "held", cause: "forbidden" }],
  [404, gatewayError("300", "Not Found Exception"), {}, { kind: "held", cause: "configuration" }],
  [413, gatewayError("430", "Request Entity Too Large"), {}, { kind: "rejected" }],
  [429, gatewayError("400", "Quota Exceeded"), {}, { kind: "held", cause: "quota" }],
  [429, "", {}, { kind: "held", cause: "quota" }],
  [429, gatewayError("410", "Throttle Limited"), {}, { kind: "throttled" }],
  [429, gatewayError("420", "Rate Limited"), {}, { kind: "throttled" }],
  [429, "", { "retry-after": "3" }, { kind: "throttled", retryAfterMs: 3_000 }],
  [500, gatewayError("900", "Unexpected Error"), {}, { kind: "unknown", httpStatus: 500 }],
  [502, "<h1>Bad Gateway</h1>", {}, { kind: "unknown", reason: "HTTP 502: Bad Gateway" }],
  [503, gatewayError("500", "Endpoint Error"), {}, { kind: "unknown" }],
  [504, gatewayError("510", "Endpoint Timeout"), {}, { kind: "unknown" }],
  [302, "", { location: "/" }, { kind: "held", cause: "configuration" }],
];

describe("a request that failed", () => {
  test.each(refusals)("%i %j %j", async (status, body, headers, expected) => {
    const { outcomes, seen } = await send(batch(3), { status, body, headers });
    expect(outcomes).toMatchObject([expected, expected, expected]);
    expect(seen).toHaveLength(1);
  });

  test("with a 5xx that surely sent nothing, by the route's word, is tried again", async () => {
    const { outcomes } = await send(batch(1), { status: 503 }, { notProcessedStatuses: [503] });
    expect(outcomes).toMatchObject([{ kind: "throttled" }]);
    const other = await send(batch(1), { status: 500 }, { notProcessedStatuses: [503] });
    expect(other.outcomes).toMatchObject([{ kind: "unknown" }]);
  });

  test("tells nothing of the message, its number or the keys, should the gateway repeat them", async () => {
    const [message] = batch(1);
    const echo = `bad ${message?.payload.message.text} to 01000000001 by TestSecretKey`;
    const { outcomes } = await send(batch(1), { status: 400, body: { status: 400, errors: [echo] } });
    expect(outcomes).toEqual([{ kind: "rejected", reason: "HTTP 400: bad … to ****01 by …", httpStatus: 400 }]);
  });

  test("without an answer after it was written is unknown for all, and made once", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.socket.resetAndDestroy();
    });
    await using client = testClient(server.port);
    expect(await client.send(batch(2))).toMatchObject([{ kind: "unknown" }, { kind: "unknown" }]);
    expect(server.connections()).toBe(1);
  });

  test("refused before it was written is tried again", async () => {
    await using client = testClient(1);
    expect(await client.send(batch(2))).toMatchObject([
      { kind: "retry", cause: "unreachable" },
      { kind: "retry", cause: "unreachable" },
    ]);
  });
});

describe("a reserved request", () => {
  const ahead = { reserve: { time: "2099-12-24 09:00" } };
  const soon = () => {
    const time = new Date(Date.now() + 86_400_000 + 9 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    return { reserve: { time } };
  };

  test("is accepted under its request's id, without ids of its messages", async () => {
    const body = { requestId: "RBAA-176-0000-0000-AbCdEfGh", statusCode: "202", statusName: "reserved" };
    const { outcomes } = await send(batch(2, soon()), { status: 202, body });
    const accepted = {
      kind: "accepted",
      providerMessageId: null,
      providerOrderId: body.requestId,
      channel: "alimtalk",
    };
    expect(outcomes).toEqual([accepted, accepted]);
  });

  test("without a requestId raises an alarm, and one that failed is rejected", async () => {
    const without = await send(batch(1, soon()), { status: 202, body: { statusName: "reserved" } });
    expect(without.outcomes).toMatchObject([{ kind: "accepted", providerOrderId: null, alarm: expect.any(String) }]);
    const failed = await send(batch(1, soon()), { status: 202, body: { requestId: "R", statusName: "fail" } });
    expect(failed.outcomes).toMatchObject([{ kind: "rejected" }]);
  });

  test("more than 180 days ahead is not even posted", async () => {
    const { outcomes, seen } = await send(batch(1, ahead), { status: 202 });
    expect(outcomes).toMatchObject([{ kind: "rejected", reason: expect.stringContaining("180 days") }]);
    expect(seen).toEqual([]);
  });
});
