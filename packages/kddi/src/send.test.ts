import { decodeSmsText, normaliseSmsText } from "@hikyaku/core";
import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guideMessage, testClient, testMessage } from "../test/test-route.ts";
import { smsRequestBody } from "./send.ts";

const accepted = httpAnswer(
  202,
  JSON.stringify({ smsmessage: { msgId: "m-1", orderId: "o-1", status: "pending" }, Destination: "sms" }),
);

describe("the request", () => {
  test("is the guide's sample, byte for byte", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(accepted, received));
    await using client = testClient(server.port);
    await client.send([guideMessage]);
    const body =
      '{"message":{"messageContact":{"userContact":"+818000000000"}},' +
      '"smsmessage":{"smsNumber":"0312345678","smsText":"これは、SMSテストメッセージです",' +
      '"smsTextEnc":"MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ=="},"dst":"0"}';
    expect(received).toEqual([
      [
        "POST /au/v1/fallback/rcs/bot/v1/botId_dummy/messages HTTP/1.1",
        `host: 127.0.0.1:${server.port}`,
        "connection: keep-alive",
        "Authorization: Basic dGVzdFVzZXI6cGFzc3dvcmQ=",
        "Content-Type: application/json",
        "X-Plusmsg-mkn-Authorization: Bearer smsonly",
        "X-Plusmsg-tmt-Authorization: Bearer smsonly",
        "X-Plusmsg-gmp-Authorization: Bearer smsonly",
        "X-Fallback: 2",
        `content-length: ${Buffer.byteLength(body)}`,
        "",
        body,
      ].join("\r\n"),
    ]);
  });

  test("has the fixed SMS token even for an account with tokens of its own", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(accepted, received));
    await using client = testClient(server.port, { tokens: { au: "a", docomo: "d", softbank: "s" } });
    await client.send([guideMessage]);
    expect(received[0]?.match(/Bearer smsonly/g)).toHaveLength(3);
  });

  test("encodes user and password as UTF-8", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(accepted, received));
    await using client = testClient(server.port, { basicAuth: { user: "飛脚", password: "p:ä" } });
    await client.send([guideMessage]);
    const [, encoded = ""] = /Authorization: Basic (\S+)/.exec(received[0] ?? "") ?? [];
    expect(Buffer.from(encoded, "base64").toString("utf8")).toBe("飛脚:p:ä");
  });

  test("goes out once for each message, over connections that stay open", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(accepted, received));
    await using client = testClient(server.port);
    for (let count = 0; count < 20; count++) await client.send([guideMessage]);
    expect(received).toHaveLength(20);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test("never opens more connections than it was given", async () => {
    await using server = await startRawServer(answering(accepted));
    await using client = testClient(server.port, {}, 3);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => client.send([guideMessage])));
    expect(outcomes.flat().every(({ kind }) => kind === "accepted")).toBe(true);
    expect(server.connections()).toBe(3);
  });

  test.each([
    ["a batch", 3],
    ["an empty batch", 0],
  ])("%s answers one outcome a message", async (_, size) => {
    await using server = await startRawServer(answering(accepted));
    await using client = testClient(server.port);
    expect(await client.send(Array.from({ length: size }, () => guideMessage))).toHaveLength(size);
  });
});

describe("the body", () => {
  const settings = { newline: "lf", sendBoth: true } as const;
  const payload = { text: "一行目\n二行目", smsNumber: "0312345678", dst: "1" };
  const read = (body: string) => JSON.parse(body) as { smsmessage: Record<string, string>; dst: string };

  test("carries the same text in both fields, whatever the text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 100 }), (raw) => {
        const text = normaliseSmsText(raw);
        const { smsmessage } = read(smsRequestBody("+819012345678", { ...payload, text }, settings));
        expect(smsmessage.smsText).toBe(text);
        expect(decodeSmsText(smsmessage.smsTextEnc ?? "")).toBe(text);
      }),
    );
  });

  test("names dst as a text and nothing that was not asked for", () => {
    const body = read(smsRequestBody("+819012345678", payload, settings));
    expect(Object.keys(body)).toEqual(["message", "smsmessage", "dst"]);
    expect(body.dst).toBe("1");
  });

  test("with newline crlf has CRLF in smsText and LF in smsTextEnc, like the guide's live sample", () => {
    const { smsmessage } = read(smsRequestBody("+819012345678", payload, { ...settings, newline: "crlf" }));
    expect(smsmessage.smsText).toBe("一行目\r\n二行目");
    expect(decodeSmsText(smsmessage.smsTextEnc ?? "")).toBe("一行目\n二行目");
  });

  test("without sendBoth has smsTextEnc alone", () => {
    const { smsmessage } = read(smsRequestBody("+819012345678", payload, { ...settings, sendBoth: false }));
    expect(Object.keys(smsmessage)).toEqual(["smsNumber", "smsTextEnc"]);
  });
});

/** What the gateway answers → what is read (protocol notes §4.4). */
const acceptances: [
  label: string,
  status: number,
  body: unknown,
  id: string | null,
  order: string | null,
  channel: string | null,
][] = [
  [
    "the guide's answer",
    202,
    { smsmessage: { orderId: "o", status: "pending", msgId: "m", timestamp: "t" }, Destination: "sms" },
    "m",
    "o",
    "sms",
  ],
  ["200 in place of 202", 200, { smsmessage: { msgId: "m" }, Destination: "sms" }, "m", null, "sms"],
  ["201", 201, { smsmessage: { msgId: "m" } }, "m", null, "sms"],
  ["smsMessage", 202, { smsMessage: { msgid: "m", orderid: "o" }, destination: "SMS" }, "m", "o", "sms"],
  ["SMSMessage", 202, { SMSMessage: { MsgId: "m" } }, "m", null, "sms"],
  ["RCSMessage", 202, { RCSMessage: { msgId: "m", status: "pending" }, Destination: "rcs" }, "m", null, "rcs"],
  ["RCSMessage without Destination", 202, { rcsMessage: { msgId: "m" } }, "m", null, "rcs"],
  ["inside message", 202, { message: { smsmessage: { msgId: "m" } } }, "m", null, "sms"],
  ["RCSMessage inside message", 202, { message: { RCSMessage: { msgId: "m" } } }, "m", null, "rcs"],
  ["+message as Destination", 202, { msgId: "m", Destination: "+Message" }, "m", null, "rcs"],
  ["plusmessage as Destination", 202, { msgId: "m", DESTINATION: "PlusMessage" }, "m", null, "rcs"],
  ["an unknown Destination", 202, { smsmessage: { msgId: "m" }, Destination: "pigeon" }, "m", null, "sms"],
  ["the id at the root", 202, { msgId: "m" }, "m", null, "sms"],
  ["messageId at the root", 202, { messageId: "m" }, "m", null, "sms"],
  ["an orderId only", 202, { smsmessage: { orderId: "o" } }, "o", "o", "sms"],
  ["both places: the SMS block wins", 202, { msgId: "root", smsmessage: { msgId: "m" } }, "m", null, "sms"],
  ["a number as id", 202, { smsmessage: { msgId: 4711 } }, "4711", null, "sms"],
  ["an unknown block", 202, { result: { data: { msgId: "m" } } }, "m", null, "sms"],
  ["a list of one", 202, [{ smsmessage: { msgId: "m" } }], "m", null, "sms"],
  ["no id", 202, { smsmessage: { status: "pending" }, Destination: "sms" }, null, null, "sms"],
  ["an empty id", 202, { smsmessage: { msgId: "  " } }, null, null, "sms"],
  ["null as id", 202, { smsmessage: { msgId: null } }, null, null, "sms"],
  ["an empty object", 202, {}, null, null, "sms"],
];

describe("an accepting answer", () => {
  test.each(acceptances)("%s", async (_, status, body, providerMessageId, providerOrderId, channel) => {
    await using server = await startRawServer(answering(httpAnswer(status, JSON.stringify(body))));
    await using client = testClient(server.port);
    const [outcome] = await client.send([guideMessage]);
    expect(outcome).toMatchObject({ kind: "accepted", providerMessageId, providerOrderId, channel });
    const alarm = outcome?.kind === "accepted" ? outcome.alarm : undefined;
    expect(alarm).toBe(
      providerMessageId === null
        ? `accepted with HTTP ${status} but without an id: the answer names no msgId`
        : undefined,
    );
  });

  test.each([
    ["no body", ""],
    ["HTML", "<html>ok</html>"],
    ["half a JSON", '{"smsmessage":{"msgId":"m"'],
    ["a JSON text", '"m"'],
  ])("with %s is accepted without an id, with an alarm", async (_, body) => {
    await using server = await startRawServer(answering(httpAnswer(202, body)));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toEqual([
      {
        kind: "accepted",
        providerMessageId: null,
        providerOrderId: null,
        channel: "sms",
        sendMode: "2",
        alarm: "accepted with HTTP 202 but without an id: the answer is not a JSON object",
      },
    ]);
  });

  test("with a byte order mark is read", async () => {
    await using server = await startRawServer(answering(httpAnswer(202, '\ufeff{"msgId":"m"}')));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([{ providerMessageId: "m" }]);
  });

  test("with a status outside acceptStatuses makes the outcome unknown", async () => {
    await using server = await startRawServer(answering(httpAnswer(200, '{"msgId":"m"}')));
    await using client = testClient(server.port, { acceptStatuses: [202] });
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "unknown", httpStatus: 200 }]);
  });

  test("that follows an early hint is the one that counts", async () => {
    await using server = await startRawServer(answering(`HTTP/1.1 103 Early Hints\r\n\r\n${accepted}`));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "accepted", providerMessageId: "m-1" }]);
  });
});

type Expected = { kind: string; cause?: string };
const refusals: [status: number, knobs: Record<string, unknown>, expected: Expected][] = [
  [301, {}, { kind: "held", cause: "configuration" }],
  [307, {}, { kind: "held", cause: "configuration" }],
  [400, {}, { kind: "rejected" }],
  [401, {}, { kind: "held", cause: "credentials" }],
  [403, {}, { kind: "held", cause: "forbidden" }],
  [404, {}, { kind: "held", cause: "configuration" }],
  [405, {}, { kind: "held", cause: "configuration" }],
  [408, {}, { kind: "throttled" }],
  [413, {}, { kind: "rejected" }],
  [415, {}, { kind: "held", cause: "configuration" }],
  [429, {}, { kind: "throttled" }],
  [500, {}, { kind: "retry", cause: "gateway-fault" }],
  [500, { ambiguousStatuses: [500] }, { kind: "unknown" }],
  [502, {}, { kind: "retry", cause: "gateway-fault" }],
  [502, { ambiguousStatuses: [500, 502] }, { kind: "unknown" }],
  [503, {}, { kind: "throttled" }],
  [503, { ambiguousStatuses: [500] }, { kind: "throttled" }],
  [504, {}, { kind: "retry", cause: "not-reached" }],
  [504, { retry504: false }, { kind: "unknown" }],
  [599, {}, { kind: "retry", cause: "gateway-fault" }],
];

describe("a refusing answer", () => {
  test.each(refusals)("%i with %j is %j", async (status, knobs, expected) => {
    await using server = await startRawServer(answering(httpAnswer(status, "")));
    await using client = testClient(server.port, knobs);
    expect(await client.send([guideMessage])).toMatchObject([
      { ...expected, httpStatus: status, reason: `HTTP ${status}` },
    ]);
  });

  test("a redirect is not followed", async () => {
    const received: string[] = [];
    await using other = await startRawServer(answering(accepted, received));
    const location = `Location: http://127.0.0.1:${other.port}/`;
    await using server = await startRawServer(answering(httpAnswer(307, "", [location])));
    await using client = testClient(server.port);
    await client.send([guideMessage]);
    expect(received).toEqual([]);
  });

  test("503 hands on Retry-After in milliseconds", async () => {
    await using server = await startRawServer(answering(httpAnswer(503, "", ["Retry-After: 7"])));
    await using client = testClient(server.port);
    expect(await client.send([guideMessage])).toMatchObject([{ kind: "throttled", retryAfterMs: 7_000 }]);
  });

  test("the gateway's reason is kept, what it repeats of the message is not", async () => {
    const body = JSON.stringify({
      reason: { code: 42005, text: "bad contact +819012345678 for text 認証コードは482913です" },
    });
    await using server = await startRawServer(answering(httpAnswer(400, body)));
    await using client = testClient(server.port);
    const [outcome] = await client.send([testMessage("お客様の認証コードは482913です。")]);
    expect(outcome).toMatchObject({ reason: "HTTP 400: bad contact ****78 for text … (code 42005)" });
  });
});
