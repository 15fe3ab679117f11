import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { testClient } from "../test/test-route.ts";

const ref = (providerMessageId: string) => ({ messageId: "0198", providerMessageId, channel: "sms" });
const at = new Date("2022-03-22T11:45:01.000Z");

async function check(status: number, body: unknown, changes: Record<string, unknown> = {}, headers: string[] = []) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  await using server = await startRawServer(answering(httpAnswer(status, text, headers)));
  await using client = testClient(server.port, changes);
  const [answer] = await client.checkStatus([ref("m")]);
  return answer;
}

describe("the request", () => {
  async function requestOf(msgId: string, changes: Record<string, unknown> = {}) {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(404, ""), received));
    await using client = testClient(server.port, changes);
    await client.checkStatus([ref(msgId)]);
    return (received[0] ?? "").replace(String(server.port), "PORT");
  }

  test("is a GET with the headers of the send and no body", async () => {
    expect(await requestOf("05840e5f-fbe3-41c3-8af9-a3e363d5a678")).toBe(
      [
        "GET /au/v1/fallback/rcs/bot/v1/botId_dummy/messages/05840e5f-fbe3-41c3-8af9-a3e363d5a678/status HTTP/1.1",
        "host: 127.0.0.1:PORT",
        "connection: keep-alive",
        "Authorization: Basic dGVzdFVzZXI6cGFzc3dvcmQ=",
        "Content-Type: application/json",
        "X-Plusmsg-mkn-Authorization: Bearer smsonly",
        "X-Plusmsg-tmt-Authorization: Bearer smsonly",
        "X-Plusmsg-gmp-Authorization: Bearer smsonly",
        "X-Fallback: 2",
        "",
        "",
      ].join("\r\n"),
    );
  });

  test("encodes an id that is no plain word", async () => {
    expect(await requestOf("a/b?c d@e")).toContain("/messages/a%2Fb%3Fc%20d@e/status HTTP/1.1");
  });

  test("goes to the path the route names", async () => {
    expect(await requestOf("m", { statusPath: "/status?id={msgId}&v=1" })).toContain(
      "/botId_dummy/status?id=m&v=1 HTTP/1.1",
    );
  });

  test("changes, adds and leaves out headers as the route says", async () => {
    const request = await requestOf("m", { statusHeaders: { "content-type": "", "x-fallback": "1", "X-More": "yes" } });
    expect(request).not.toContain("Content-Type");
    expect(request).toContain("x-fallback: 1\r\n");
    expect(request).toContain("X-More: yes\r\n");
    expect(request).toContain("Authorization: Basic");
  });
});

const sms = (fields: Record<string, unknown>) => ({
  smsmessage: { orderId: "m", msgId: "m", ...fields },
  Destination: "sms",
});
const answers: [label: string, body: unknown, expected: unknown][] = [
  [
    "the SMS answer",
    sms({ status: "delivered", timestamp: "2022-03-22T11:45:01.000Z" }),
    { kind: "status", state: "delivered", rawStatus: "delivered", at },
  ],
  ["the RCS answer", { RCSMessage: { msgId: "m", status: "displayed" } }, { state: "displayed", at: null }],
  ["pending", sms({ status: "pending" }), { kind: "status", state: "pending" }],
  ["another case", { SMSMessage: { MSGID: "m", Status: "DELIVERED" } }, { state: "delivered", rawStatus: "DELIVERED" }],
  ["a Japanese word", sms({ status: "圏外" }), { state: "failed" }],
  ["no id: the one that was asked for", { smsmessage: { status: "sent" } }, { state: "sent" }],
  ["the asked id as orderId", { smsmessage: { msgId: "other", orderId: "m", status: "sent" } }, { state: "sent" }],
  [
    "the status of the call around that of the message",
    { status: "success", ...sms({ status: "failed" }) },
    { state: "failed" },
  ],
  ["deliveryStatus", { msgId: "m", deliveryStatus: "sent" }, { state: "sent" }],
  [
    "another message",
    sms({ msgId: "x", orderId: "x", status: "delivered" }),
    { kind: "failed-check", reason: "HTTP 200: the answer is about another message (x)", isAboutAnother: true },
  ],
  [
    "an unknown word",
    sms({ status: "teleported" }),
    { kind: "failed-check", reason: expect.stringContaining("smsStatusMap") },
  ],
  ["no status", sms({}), { kind: "failed-check", reason: "HTTP 200: the answer names no status" }],
  ["HTML", "<html>", { kind: "failed-check", reason: "HTTP 200: the answer is not a JSON object" }],
];

describe("an answer of 200", () => {
  test.each(answers)("with %s", async (_, body, expected) => {
    expect(await check(200, body)).toMatchObject(expected as object);
  });

  test("with a word of the route's own map is known", async () => {
    const map = { smsStatusMap: { Teleported: "delivered" } };
    expect(await check(200, sms({ status: "teleported" }), map)).toMatchObject({ kind: "status", state: "delivered" });
  });

  test("reads a time without zone in the route's zone", async () => {
    const body = sms({ status: "sent", timestamp: "2022-03-22 20:45:01" });
    expect(await check(200, body, { timestampZone: "Asia/Tokyo" })).toMatchObject({ at });
  });
});

const statuses: [status: number, expected: unknown][] = [
  [404, { kind: "not-known", reason: "HTTP 404: gone" }],
  [410, { kind: "not-known" }],
  [401, { kind: "held", cause: "credentials" }],
  [403, { kind: "held", cause: "forbidden" }],
  [405, { kind: "held", cause: "configuration" }],
  [429, { kind: "throttled", retryAfterMs: 3_000 }],
  [503, { kind: "throttled", retryAfterMs: 3_000 }],
  [400, { kind: "failed-check" }],
  [500, { kind: "failed-check" }],
  [502, { kind: "failed-check" }],
  [504, { kind: "failed-check" }],
];

describe("another answer", () => {
  test.each(statuses)("%i never speaks of the message", async (status, expected) => {
    const answer = await check(status, { message: "gone" }, {}, ["Retry-After: 3"]);
    expect(answer).toMatchObject(expected as object);
  });

  test("ambiguousStatuses and retry504 are about sending; a check is always made again", async () => {
    expect(await check(504, "", { retry504: false })).toMatchObject({ kind: "failed-check" });
  });

  test("a call that breaks is a failed check", async () => {
    await using server = await startRawServer(({ socket }) => void socket.destroy());
    await using client = testClient(server.port);
    expect(await client.checkStatus([ref("m")])).toMatchObject([{ kind: "failed-check" }]);
  });

  test("a body that breaks off is a failed check", async () => {
    await using server = await startRawServer(async (connection) => {
      await connection.request();
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"smsm');
      connection.socket.end();
    });
    await using client = testClient(server.port);
    expect(await client.checkStatus([ref("m")])).toMatchObject([
      { kind: "failed-check", reason: expect.stringContaining("broke off") },
    ]);
  });
});

test("several are answered in the order they were asked", async () => {
  await using server = await startRawServer(async (connection) => {
    for (let request = await connection.request(); request !== null; request = await connection.request()) {
      const [, id] = /messages\/(\w+)\/status/.exec(request.toString("latin1")) ?? [];
      const status = id === "a" ? "sent" : "delivered";
      // The later question is answered first.
      const answer = () => connection.write(httpAnswer(200, JSON.stringify({ smsmessage: { msgId: id, status } })));
      if (id === "a") setImmediate(answer);
      else answer();
    }
  });
  await using client = testClient(server.port);
  expect(await client.checkStatus([ref("a"), ref("b")])).toMatchObject([{ state: "sent" }, { state: "delivered" }]);
});

describe("an answer of another shape", () => {
  const paths = { msgId: ["head.key"], status: ["head.state", "state"], timestamp: ["head.when"] };

  test("is read where the route says, before the known places", async () => {
    const body = { status: "failed", head: { key: "m", state: "delivered", when: "2022-03-22T11:45:01Z" } };
    expect(await check(200, body, { statusFieldPaths: paths })).toMatchObject({
      kind: "status",
      state: "delivered",
      at,
    });
    expect(await check(200, { state: "sent" }, { statusFieldPaths: paths })).toMatchObject({ state: "sent" });
    expect(await check(200, { status: "sent" }, { statusFieldPaths: paths })).toMatchObject({ state: "sent" });
  });

  test("about another message is not believed", async () => {
    const body = { head: { key: "another", state: "delivered" } };
    expect(await check(200, body, { statusFieldPaths: paths })).toMatchObject({ kind: "failed-check" });
  });

  test.each([
    ["by its block", { RCSMessage: { msgId: "m", status: "sent" } }, "rcs"],
    ["by Destination", { msgId: "m", status: "sent", Destination: "SMS" }, "sms"],
    ["not at all", { msgId: "m", status: "sent" }, null],
  ])("names the channel %s", async (_, body, channel) => {
    expect(await check(200, body)).toMatchObject({ kind: "status", channel });
  });
});
