import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { plusTokens, testClient, testRoute } from "../test/test-route.ts";
import { kddi } from "./provider.ts";

/*
 * The least that must hold (protocol notes §20), seen from outside of this package: what an author gives against what is on the wire, and
 * what is on the wire against what is read. Vectors 4, 5 and 15 stand in modes.test.ts.
 */

const rules = (changes: Record<string, unknown> = {}) => kddi.rules(kddi.publicSettings(testRoute(changes)));

function rendered(content: unknown, changes: Record<string, unknown> = {}) {
  const prepared = rules(changes).prepareContent(content);
  if ("issues" in prepared) throw new Error(prepared.issues.map(({ message }) => message).join("; "));
  const result = prepared.render([]);
  if ("issues" in result) throw new Error("not rendered");
  return result;
}

/** Protocol notes §5.1. */
const texts: [text: string, units: number, encoded: string][] = [
  ["これは、SMSテストメッセージです", 17, "MFMwjDBvMAEAUwBNAFMwxjC5MMgw4TDDMLsw/DC4MGcwWQ=="],
  ["これは、SMSメッセージです", 14, "MFMwjDBvMAEAUwBNAFMw4TDDMLsw/DC4MGcwWQ=="],
  [
    "【SMSサービス正常性確認開始】\r\n個人端末から配信試験実施",
    29,
    "MBAAUwBNAFMwtTD8MNMwuWtjXjhgJ3i6io2Vi1nLMBEAClALTrp672crMEswiZFNT+GKZpoTW59lvQ==",
  ],
  ["A\r\nB", 3, "AEEACgBC"],
  ["あ", 1, "MEI="],
  ["😀", 2, "2D3eAA=="],
];

describe("vector 1, smsTextEnc", () => {
  test.each(texts)("%j", async (text, units, encoded) => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(202, '{"msgId":"m"}'), received));
    await using client = testClient(server.port);
    const { payload } = rendered({ text, dst: "2" });
    await client.send([{ id: "1", recipient: "+818000000000", payload }]);
    expect(received[0]).toContain(`"smsTextEnc":"${encoded}"`);

    const body = JSON.stringify({ smsmessage: { msgId: "m", smsText: "?", smsTextEnc: encoded } });
    const [reply] = rules().readNotification({ kindHint: "sms-mo", contentType: null, body });
    const written = text.replace("\r\n", "\n");
    expect(reply).toMatchObject({ kind: "inbound", text: written });
    expect(written).toHaveLength(units);
  });
});

describe("vector 2, parts", () => {
  test.each([
    [70, 1],
    [71, 2],
    [132, 2],
    [133, 3],
    [198, 3],
    [199, 4],
    [660, 10],
  ])("%i units are %i", (units, segments) => {
    expect(rendered({ text: "あ".repeat(units) }).segments).toBe(segments);
    // As the SMS of a +Message as well.
    const content = { card: { title: "a" }, text: "あ".repeat(units) };
    expect(rendered(content, { tokens: plusTokens }).segments).toBe(segments);
  });

  test("661 units are refused", () => {
    expect(rules().prepareContent({ text: "あ".repeat(661) })).toMatchObject({ issues: [{ code: "sms-too-long" }] });
  });

  test("35 emoji are 1, 36 are 2", () => {
    expect(rendered({ text: "😀".repeat(35), dst: "2" }).segments).toBe(1);
    expect(rendered({ text: "😀".repeat(36), dst: "2" }).segments).toBe(2);
  });
});

/** Protocol notes §14. */
const mobile = "+819012345678";
const numbers: [raw: string, recipient: string | null][] = [
  ["090-1234-5678", mobile],
  ["０９０−１２３４−５６７８", mobile],
  ["+81 90 1234 5678", mobile],
  ["+81(0)90-1234-5678", mobile],
  ["819012345678", mobile],
  ["00819012345678", mobile],
  ["9012345678", mobile],
  ["060-1234-5678", "+816012345678"],
  ["0800-123-4567", null],
  ["03-1234-5678", null],
  ["050-1234-5678", null],
  ["020-1234-5678", null],
  ["+14155550100", null],
  ["090-1234-567", null],
];

describe("vector 3, phone numbers", () => {
  test.each(numbers)("%s is %s", (raw, recipient) => {
    const read = rules().normaliseRecipient(raw);
    expect(read.ok ? read.recipient : null).toBe(recipient);
    if (raw === "9012345678") expect(read).toHaveProperty("warning");
  });
});

describe("vector 14, a user who removed the app", () => {
  test("is told as not delivered by everything the carrier says of the message", async () => {
    const RCSMessage = { msgId: "m", status: "sent", timestamp: "2026-12-01T00:00:00Z" };
    const body = JSON.stringify({ RCSMessage, event: "messageStatus" });
    const [receipt] = rules().readNotification({ kindHint: "webhook", contentType: null, body });
    expect(receipt).toMatchObject({ kind: "receipt", state: "sent", channel: "rcs" });

    await using server = await startRawServer(answering(httpAnswer(200, JSON.stringify({ RCSMessage }))));
    await using client = testClient(server.port, { tokens: plusTokens });
    const ref = { messageId: "1", providerMessageId: "m", channel: "rcs", sendMode: "0" };
    expect(await client.checkStatus([ref])).toMatchObject([{ kind: "status", state: "sent", channel: "rcs" }]);
  });
});
