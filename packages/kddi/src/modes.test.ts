import type { AttemptOutcome, OutgoingMessage } from "@hikyaku/core";
import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { guideMessage, plusTokens, testClient } from "../test/test-route.ts";
import type { PlusPayload } from "./content/payload.ts";
import { createReference, referenceMark } from "./reference.ts";

const id = "0198f2c4-7a10-7c3e-9b1d-0123456789ab";
const recipient = "+819012345678";
const tokens = { tokens: plusTokens };
const text = { textMessage: "ご予約の確認です" };
const sms = { text: "【飛脚】ご予約の確認です", smsNumber: "0312345678" };

const rcsOnly: PlusPayload = { mode: "1", dst: "0", rcs: text, sms: null };
const fallback: PlusPayload = { mode: "0", dst: "0", rcs: text, sms };
const messageOf = (payload: unknown): OutgoingMessage => ({ id, recipient, payload });

/** Sends one message and gives the request as it came, and what the client made of the answer. */
async function exchange(payload: unknown, answer: unknown, changes: Record<string, unknown> = tokens) {
  const received: string[] = [];
  const body = typeof answer === "string" ? answer : JSON.stringify(answer);
  await using server = await startRawServer(answering(httpAnswer(202, body), received));
  await using client = testClient(server.port, changes);
  const [outcome] = await client.send([messageOf(payload)]);
  return { received, outcome };
}

function headersOf(request = ""): Record<string, string> {
  const lines = request.slice(0, request.indexOf("\r\n\r\n")).split("\r\n").slice(1);
  return Object.fromEntries(lines.map((line) => [line.split(": ")[0] ?? "", line.slice(line.indexOf(": ") + 2)]));
}

const bodyOf = (request = "") => JSON.parse(request.slice(request.indexOf("\r\n\r\n"))) as Record<string, object>;

const real = ["Bearer au-token", "Bearer docomo-token", "Bearer softbank-token"];
const fixed = ["Bearer smsonly", "Bearer smsonly", "Bearer smsonly"];
const carriers = ["X-Plusmsg-mkn-Authorization", "X-Plusmsg-tmt-Authorization", "X-Plusmsg-gmp-Authorization"];

/** The matrix of protocol notes §4.1, row by row. */
const matrix: [label: string, payload: unknown, mode: string, sent: string[], rcs: boolean, sms: boolean][] = [
  ["fallback", fallback, "0", real, true, true],
  ["+Message only", rcsOnly, "1", real, true, false],
  ["SMS only", guideMessage.payload, "2", fixed, false, true],
];

describe("each mode", () => {
  test.each(matrix)("%s sends its headers and body, and no others", async (_, payload, mode, sent, hasRcs, hasSms) => {
    const { received } = await exchange(payload, { msgId: "m" });
    const headers = headersOf(received[0]);
    expect(headers["X-Fallback"]).toBe(mode);
    expect(carriers.map((name) => headers[name])).toEqual(sent);
    const body = bodyOf(received[0]);
    expect(Object.keys(body)).toEqual(hasSms ? ["message", "smsmessage", "dst"] : ["message", "dst"]);
    expect(Object.keys(body.message ?? {})).toEqual(hasRcs ? ["RCSMessage", "messageContact"] : ["messageContact"]);
    expect(body.dst).toBe("0");
  });

  test("with tokenPrefix none sends tokens as they are", async () => {
    const { received } = await exchange(rcsOnly, { msgId: "m" }, { ...tokens, tokenPrefix: "none" });
    const headers = headersOf(received[0]);
    expect(carriers.map((name) => headers[name])).toEqual(["au-token", "Bearer docomo-token", "softbank-token"]);
  });

  test("asks its status with the mode and tokens of the send", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(404, ""), received));
    await using client = testClient(server.port, { ...tokens });
    const ref = { messageId: id, providerMessageId: "m", channel: null };
    await client.checkStatus([{ ...ref, sendMode: "0", channel: "sms" }]);
    await client.checkStatus([{ ...ref, sendMode: "1" }]);
    await client.checkStatus([{ ...ref, sendMode: "2" }]);
    // Kept by an earlier version, or adopted from a notification: the channel tells as much as there is.
    await client.checkStatus([{ ...ref, channel: "sms" }]);
    await client.checkStatus([{ ...ref, channel: "rcs", sendMode: null }]);
    await client.checkStatus([ref]);
    const asked = received.map(headersOf);
    expect(asked.map((headers) => headers["X-Fallback"])).toEqual(["0", "1", "2", "2", "1", "0"]);
    for (const headers of asked) {
      const sent = headers["X-Fallback"] === "2" ? fixed : real;
      expect(carriers.map((name) => headers[name])).toEqual(sent);
    }
  });

  test("of an account without tokens is 2, whatever was kept", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(404, ""), received));
    await using client = testClient(server.port);
    await client.checkStatus([{ messageId: id, providerMessageId: "m", channel: "rcs", sendMode: "0" }]);
    expect(headersOf(received[0])["X-Fallback"]).toBe("2");
  });
});

const past = { ...rcsOnly, rcs: { ...text, expiry: "2026-01-01T00:00:00Z" } };
const refused: [label: string, payload: unknown, changes: Record<string, unknown>, reason: RegExp][] = [
  ["X-Fallback 0 with Bearer smsonly", fallback, {}, /X-Fallback 0 needs the carriers' tokens/],
  ["X-Fallback 1 with Bearer smsonly", rcsOnly, {}, /X-Fallback 1 needs the carriers' tokens/],
  ["dst 4 with X-Fallback 1", { ...rcsOnly, dst: "4" }, tokens, /Rakuten/],
  ["an expiry that is over", past, tokens, /expiry .* is over/],
];

describe("what the account or the carrier can't do", () => {
  test.each(refused)("%s never leaves the client", async (_, payload, changes, reason) => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(202, '{"msgId":"m"}'), received));
    await using client = testClient(server.port, changes);
    expect(await client.send([messageOf(payload)])).toMatchObject([
      { kind: "rejected", reason: expect.stringMatching(reason) },
    ]);
    expect(server.connections()).toBe(0);
    expect(received).toEqual([]);
  });
});

const msgId = "6cd095cd-62f6-4338-bba2-4b1db98b0537";
const rcsBlock = { msgId, status: "pending", timestamp: "2022-03-22T11:44:30.231Z" };
const smsBlock = { orderId: "o", status: "pending", msgId, timestamp: "2022-03-22T11:44:30.231Z" };

/** Answers of protocol notes §4.4 in every shape and spelling → the channel read, for a message sent with fallback. */
const answers: [label: string, body: unknown, channel: string | null][] = [
  ["the SMS shape", { smsmessage: smsBlock, Destination: "sms" }, "sms"],
  ["the GSMA shape", { RCSMessage: rcsBlock, messageContact: {}, Destination: "rcs" }, "rcs"],
  ["the GSMA shape without Destination", { RCSMessage: rcsBlock, messageContact: {} }, "rcs"],
  ["the GSMA shape inside message", { message: { RCSMessage: rcsBlock, messageContact: {} } }, "rcs"],
  ["the SMS shape without Destination", { smsmessage: smsBlock }, "sms"],
  ["rcsMessage", { rcsMessage: rcsBlock }, "rcs"],
  ["rcsmessage in lower case", { rcsmessage: { msgid: msgId } }, "rcs"],
  ["SMSMessage", { SMSMessage: smsBlock }, "sms"],
  ["smsMessage inside message", { message: { smsMessage: smsBlock } }, "sms"],
  ["Destination RCS against the block", { smsmessage: smsBlock, Destination: "RCS" }, "rcs"],
  ["destination in lower case", { msgId, destination: "sms" }, "sms"],
  ["DESTINATION PlusMessage", { msgId, DESTINATION: "PlusMessage" }, "rcs"],
  ["Destination +message", { msgId, Destination: "+message" }, "rcs"],
  ["both blocks, the SMS one empty", { smsmessage: {}, RCSMessage: rcsBlock }, "rcs"],
  ["a flat id alone", { msgId }, null],
  ["messageId", { messageId: msgId }, null],
  ["an unknown Destination", { msgId, Destination: "pigeon" }, null],
  ["an orderId in the RCS block", { RCSMessage: { orderId: msgId } }, "rcs"],
];

describe("an answer to a message with fallback", () => {
  test.each(answers)("in %s", async (_, body, channel) => {
    const { outcome } = await exchange(fallback, body);
    expect(outcome).toMatchObject({ kind: "accepted", providerMessageId: msgId, channel, sendMode: "0" });
    expect(outcome).not.toHaveProperty("alarm");
  });

  test.each([
    ["no JSON (magic 62)", "accepted", /not a JSON object/],
    ["no id (magic 63)", { Destination: "rcs" }, /names no msgId/],
  ])("with %s raises an alarm and is not sent again", async (_, body, alarm) => {
    const { outcome, received } = await exchange(fallback, body);
    expect(outcome).toMatchObject({
      kind: "accepted",
      providerMessageId: null,
      alarm: expect.stringMatching(alarm),
    });
    expect(received).toHaveLength(1);
  });

  test("reads the route's own words for the channel, in any case", async () => {
    const changes = { ...tokens, destinationMap: { PLUS: "rcs", Sms: "rcs" } };
    const channels = await Promise.all(
      ["plus", "SMS", "rcs"].map(
        async (Destination) => (await exchange(fallback, { msgId, Destination }, changes)).outcome,
      ),
    );
    expect(channels).toMatchObject([{ channel: "rcs" }, { channel: "rcs" }, { channel: "rcs" }]);
  });

  test("reads the route's own places first, and the known ones after them", async () => {
    const rcsResponseShape = { msgId: "data.receipt", orderId: "data.order", destination: "data.via" };
    const changes = { ...tokens, rcsResponseShape };
    const own = { msgId: "another", data: { receipt: msgId, order: 7, via: "rcs" } };
    expect((await exchange(fallback, own, changes)).outcome).toMatchObject({
      providerMessageId: msgId,
      providerOrderId: "7",
      channel: "rcs",
    });
    expect((await exchange(fallback, { RCSMessage: rcsBlock }, changes)).outcome).toMatchObject({
      providerMessageId: msgId,
      channel: "rcs",
    });
  });

  test("to a message by +Message only is of +Message where it says nothing else", async () => {
    expect((await exchange(rcsOnly, { msgId })).outcome).toMatchObject({ channel: "rcs", sendMode: "1" });
    expect((await exchange(guideMessage.payload, { msgId })).outcome).toMatchObject({ channel: "sms", sendMode: "2" });
  });
});

describe("the body of +Message", () => {
  test("carries the message's reference wherever it is marked", async () => {
    const button = { reply: { displayText: "はい", postback: { data: `${referenceMark}.chip1` } } };
    const link = {
      action: { displayText: "見る", urlAction: { openUrl: { url: `https://e.example/?r=${referenceMark}` } } },
    };
    const rcs = { ...text, suggestedChipList: { suggestions: [button, link] } };
    const { received } = await exchange({ ...rcsOnly, rcs }, { msgId });
    const reference = createReference(id);
    expect(received[0]).not.toContain(referenceMark);
    expect(bodyOf(received[0])).toMatchObject({
      message: {
        RCSMessage: {
          suggestedChipList: {
            suggestions: [
              { reply: { postback: { data: `${reference}.chip1` } } },
              { action: { urlAction: { openUrl: { url: `https://e.example/?r=${reference}` } } } },
            ],
          },
        },
      },
    });
  });

  test("counts an expiry from the moment it is sent", async () => {
    const before = Date.now();
    const { received } = await exchange({ ...rcsOnly, expiresAfterMs: 3_600_000 }, { msgId });
    const { RCSMessage } = bodyOf(received[0]).message as { RCSMessage: { expiry: string } };
    const left = new Date(RCSMessage.expiry).getTime() - before;
    expect(left).toBeGreaterThanOrEqual(3_600_000);
    expect(left).toBeLessThan(3_660_000);
  });

  test("is not repeated in the reason of a refusal, but the wire's own words are", async () => {
    const echo = "SMALL_WIDTH with ご予約の確認です and Bearer au-token-of-the-account is bad";
    await using server = await startRawServer(answering(httpAnswer(400, JSON.stringify({ message: echo }))));
    const own = { au: "Bearer au-token-of-the-account", docomo: "d", softbank: "s" };
    await using client = testClient(server.port, { tokens: own });
    const [outcome] = (await client.send([messageOf(rcsOnly)])) as [AttemptOutcome & { reason: string }];
    expect(outcome).toMatchObject({ kind: "rejected", reason: expect.stringContaining("SMALL_WIDTH") });
    expect(outcome.reason).not.toContain("ご予約の確認");
    expect(outcome.reason).not.toContain("token-of");
  });
});
