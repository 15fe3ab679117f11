import type { InboundNotification, ReadNotification } from "@hikyaku/core";
import { expect, test } from "vitest";
import { toNewReceipts } from "./to-new-receipts.ts";

const receivedAt = new Date("2026-11-20T10:00:00Z");

type Post = { kindHint?: "any" | "webhook" | "sms-result" | "sms-mo"; from?: string };

function read(notifications: ReadNotification[], body = "{}", at = receivedAt, post: Post = {}) {
  const type = "application/json";
  const input = { route: "r", kindHint: "any", contentType: type, body, receivedAt: at, ...post } as const;
  return toNewReceipts({ readNotification: () => notifications }, input);
}

const receipt = (msgId: string, rawStatus: string): ReadNotification => ({
  kind: "receipt",
  providerMessageId: msgId,
  state: rawStatus === "pending" ? "pending" : "delivered",
  rawStatus,
  recipient: "+819012345678",
  at: receivedAt,
});

test("a receipt waits to be applied; one that only says pending is kept and applies to nothing", () => {
  expect(read([receipt("m", "delivered")])).toMatchObject([
    { kind: "receipt", status: "pending", reportedState: "delivered" },
  ]);
  expect(read([receipt("m", "pending")])).toMatchObject([{ kind: "receipt", status: "stored" }]);
});

test("the same message and status is the same receipt, whatever the body's spelling", () => {
  const [first] = read([receipt("m", "Delivered")], "{ }");
  const [second] = read([receipt("m", "delivered")], "{}");
  const [other] = read([receipt("m", "sent")]);

  expect(first?.dedupeKey).toBe(second?.dedupeKey);
  expect(other?.dedupeKey).not.toBe(first?.dedupeKey);
});

test("a body that is not understood is a repeat only within ten minutes", () => {
  const unrecognised: ReadNotification = { kind: "unrecognised", reason: "no JSON" };
  const [first] = read([unrecognised], "?");
  const [soon] = read([unrecognised], "?", new Date("2026-11-20T10:09:59Z"));
  const [later] = read([unrecognised], "?", new Date("2026-11-20T10:10:00Z"));

  expect(soon?.dedupeKey).toBe(first?.dedupeKey);
  expect(later?.dedupeKey).not.toBe(first?.dedupeKey);
});

test("a body with several reports is kept raw once", () => {
  const rows = read([receipt("a", "delivered"), receipt("b", "delivered")], '[{"a":1},{"b":2}]');
  expect(rows.map((row) => row.body)).toEqual(['[{"a":1},{"b":2}]', ""]);
});

const inbound = (fields: Partial<InboundNotification>): ReadNotification => ({
  ...{
    kind: "inbound",
    event: "sms-mo",
    userMessageId: null,
    recipient: "+819012345678",
    text: null,
    displayText: null,
  },
  ...{ postbackData: null, smsNumber: null, attachment: null, deviceSpecifics: null, at: receivedAt },
  ...fields,
});
const keyOf = (fields: Partial<InboundNotification>, body?: string, at?: Date) =>
  read([inbound(fields)], body, at)[0]?.dedupeKey;

test("what an end user did waits to be brought in, with all that the notification said", () => {
  expect(read([inbound({ text: "はい", smsNumber: "0005123456", userMessageId: "mo-1" })])).toMatchObject([
    {
      ...{ kind: "inbound.sms-mo", status: "unread", providerMessageId: "mo-1", recipient: "+819012345678" },
      ...{ eventAt: receivedAt, read: { event: "sms-mo", text: "はい", smsNumber: "0005123456" } },
    },
  ]);
});

test.each([
  ["the same id, another text", { userMessageId: "a", text: "x" }, { userMessageId: "a", text: "y" }, true],
  ["another id", { userMessageId: "a" }, { userMessageId: "b" }, false],
  ["the same id of another event", { userMessageId: "a" }, { userMessageId: "a", event: "message" }, false],
  [
    "the same button twice",
    { event: "response", userMessageId: "a", postbackData: "1" },
    { event: "response", userMessageId: "a", postbackData: "1" },
    true,
  ],
  [
    "two buttons under one id",
    { event: "response", userMessageId: "a", postbackData: "1" },
    { event: "response", userMessageId: "a", postbackData: "2" },
    false,
  ],
  ["no id, all the same", { text: "x", smsNumber: "0005" }, { text: "x", smsNumber: "0005" }, true],
  ["no id, another text", { text: "x" }, { text: "y" }, false],
  ["no id, another number written to", { text: "x", smsNumber: "1" }, { text: "x", smsNumber: "2" }, false],
  ["no id, another writer", { text: "x" }, { text: "x", recipient: "+819087654321" }, false],
  ["no id, another time", { text: "x" }, { text: "x", at: new Date("2026-11-20T10:00:01Z") }, false],
] as const)("%s: a repeat of the same is one, %s", (_, first, second, isSame) => {
  expect(keyOf(first) === keyOf(second)).toBe(isSame);
});

test("a reply by SMS is the same whatever the body's spelling; a +Message without an id is told by its body", () => {
  expect(keyOf({ text: "x" }, "{ }")).toBe(keyOf({ text: "x" }, "{}"));
  expect(keyOf({ event: "message", text: "x" }, "{ }")).not.toBe(keyOf({ event: "message", text: "x" }, "{}"));
});

test("without id and time the same word is a repeat only within ten minutes", () => {
  const at = (time: string) => keyOf({ text: "はい", at: null }, "{}", new Date(`2026-11-20T${time}Z`));
  expect(at("10:09:59")).toBe(at("10:00:00"));
  expect(at("10:10:00")).not.toBe(at("10:00:00"));
});

test("several in one body without ids stay several", () => {
  const two = [inbound({ event: "message", text: "a" }), inbound({ event: "message", text: "b" })];
  const keys = read(two).map(({ dedupeKey }) => dedupeKey);
  expect(new Set(keys).size).toBe(2);
  expect(read(two).map(({ dedupeKey }) => dedupeKey)).toEqual(keys);
});

test("a connection test says which URL was tried, and from where; each URL is tested for itself", () => {
  const post = (kindHint: "webhook" | "sms-result", from: string) =>
    read([{ kind: "connection-test" }], "{}", receivedAt, { kindHint, from })[0];
  expect(post("webhook", "203.0.113.1")).toMatchObject({
    status: "unread",
    read: { hook: "webhook", from: "203.0.113.1" },
  });
  const keys = [post("webhook", "a"), post("webhook", "b"), post("sms-result", "a")].map((each) => each?.dedupeKey);
  expect(new Set(keys).size).toBe(3);
  expect(read([{ kind: "unrecognised", reason: "?" }], "?")).toMatchObject([
    { status: "unread", read: { hook: "any", from: null } },
  ]);
});
