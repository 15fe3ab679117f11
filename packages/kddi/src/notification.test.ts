import { type NotificationInput, receiptStates } from "@hikyaku/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testRoute } from "../test/test-route.ts";
import { kddi } from "./provider.ts";
import { nothingMore } from "./rcs-event.ts";

function read(body: unknown, kindHint: NotificationInput["kindHint"] = "any", changes: Record<string, unknown> = {}) {
  const rules = kddi.rules(kddi.publicSettings(testRoute(changes)));
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return rules.readNotification({ kindHint, contentType: "application/json", body: text });
}

const at = new Date("2022-03-22T11:44:35.120Z");
const timestamp = "2022-03-22T11:44:35.120Z";
const contact = { messageContact: { userContact: "+818000000000" } };
const receipt = { kind: "receipt", providerMessageId: "m", state: "delivered", recipient: "+818000000000", at };

/** SMS results in the forms a carrier might send; all say the same (protocol notes §13.4, §13.6). */
const results: [label: string, body: unknown][] = [
  [
    "the canonical form",
    { smsmessage: { orderId: "o", msgId: "m", status: "delivered", timestamp }, ...contact, Destination: "sms" },
  ],
  [
    "other case",
    {
      SMSMESSAGE: { ORDERID: "o", MSGID: "m", STATUS: "DELIVERED", TIMESTAMP: timestamp },
      MESSAGECONTACT: { USERCONTACT: "+818000000000" },
    },
  ],
  ["flat", { msgId: "m", status: "delivered", timestamp, userContact: "+818000000000" }],
  ["flat with other names", { messageId: "m", deliveryStatus: "success", timestamp, msisdn: "818000000000" }],
  ["one level deeper", { result: { smsmessage: { msgId: "m", status: "delivered", timestamp }, ...contact } }],
  ["three levels deeper", { a: { b: { c: { msgId: "m", status: "delivered", timestamp, from: "080-0000-0000" } } } }],
  ["inside message", { message: { smsmessage: { msgId: "m", status: "delivered", timestamp }, ...contact } }],
  [
    "unknown fields",
    {
      version: 3,
      smsmessage: { msgId: "m", status: "delivered", timestamp, carrier: "au", parts: 2 },
      ...contact,
      x: [1],
    },
  ],
  ["a number as time", { msgId: "m", status: "delivered", timestamp: at.getTime(), userContact: "+818000000000" }],
  ["tel: before the number", { msgId: "m", status: "delivered", timestamp, userContact: "tel:+818000000000" }],
  [
    "the message's own text beside it",
    { smsmessage: { msgId: "m", status: "delivered", timestamp, smsText: "こんにちは" }, ...contact },
  ],
  ["a sentence beside it", { msgId: "m", status: "delivered", message: "Delivered to handset", timestamp, ...contact }],
  [
    "the status of the call around it",
    { status: "OK", smsmessage: { msgId: "m", status: "delivered", timestamp }, ...contact },
  ],
];

describe("an SMS result", () => {
  test.each(results)("in %s is a receipt", (_, body) => {
    expect(read(body)).toEqual([{ ...receipt, rawStatus: expect.stringMatching(/^(?:delivered|success)$/i) }]);
  });

  test.each(results)("in %s is a receipt at its own URL too", (_, body) => {
    expect(read(body, "sms-result")).toMatchObject([receipt]);
  });

  test("with an orderId only is about that id", () => {
    expect(read({ smsmessage: { orderId: "o", status: "sent" } })).toMatchObject([
      { providerMessageId: "o", state: "sent" },
    ]);
  });

  test("with a word nobody knows keeps the word", () => {
    expect(read({ msgId: "m", status: "Teleported" })).toMatchObject([
      { kind: "receipt", state: "unrecognised-status", rawStatus: "Teleported" },
    ]);
  });

  test("reads the route's own words and names", () => {
    const changes = {
      smsStatusMap: { 配信完了: "delivered" },
      smsResult: { fields: { id: ["受付番号"], status: ["結果"] } },
    };
    expect(read({ 受付番号: "m", 結果: "配信完了" }, "any", changes)).toMatchObject([
      { kind: "receipt", providerMessageId: "m", state: "delivered" },
    ]);
  });

  test("says why it failed, with numbers masked", () => {
    const reason = { code: 41200, text: "not reachable: +818012345678" };
    expect(read({ msgId: "m", status: "failed", reason })).toMatchObject([
      { state: "failed", reason: "not reachable: +8180****5678, code 41200" },
    ]);
  });

  test("without a readable time has none", () => {
    expect(read({ msgId: "m", status: "sent", timestamp: "yesterday" })).toMatchObject([{ at: null }]);
  });
});

describe("several in one body", () => {
  const one = (msgId: string) => ({ smsmessage: { msgId, status: "sent" } });
  test.each([
    ["a list", [one("a"), one("b")]],
    ["a named list", { results: [one("a"), one("b")] }],
    ["a list deeper down", { data: { page: 1, items: [one("a"), one("b")] } }],
  ])("%s", (_, body) => {
    expect(read(body)).toMatchObject([{ providerMessageId: "a" }, { providerMessageId: "b" }]);
  });

  test("of which one is not understood are read but for that one", () => {
    expect(read({ results: [one("a"), { x: 1 }] })).toMatchObject([
      { providerMessageId: "a" },
      { kind: "unrecognised", reason: "1 of 2 entries are not understood" },
    ]);
  });

  test("a list inside a result is part of it", () => {
    expect(read({ msgId: "m", status: "delivered", parts: [{ msgId: "p1", status: "sent" }] })).toMatchObject([
      { providerMessageId: "m", state: "delivered" },
    ]);
  });
});

const encoded = "MG8wRA==";
/** SMS replies in the forms a carrier might send; all say the same (protocol notes §13.5). */
const replies: [label: string, body: unknown][] = [
  [
    "the canonical form",
    {
      smsmessage: { msgId: "m", smsNumber: "0005123456", smsText: "はい", smsTextEnc: encoded, timestamp },
      ...contact,
    },
  ],
  ["smsTextEnc alone", { smsmessage: { msgId: "m", smsTextEnc: encoded, timestamp }, ...contact }],
  [
    "smsTextEnc before a garbled smsText",
    { smsmessage: { msgId: "m", smsText: "??", smsTextEnc: encoded, timestamp }, ...contact },
  ],
  [
    "an smsTextEnc that is not one",
    { smsmessage: { msgId: "m", smsText: "はい", smsTextEnc: "はい", timestamp }, ...contact },
  ],
  [
    "an smsTextEnc that decodes to no text",
    { smsmessage: { msgId: "m", smsText: "はい", smsTextEnc: "2D0=", timestamp }, ...contact },
  ],
  ["other names", { messageId: "m", from: "08000000000", text: "はい", timestamp }],
  ["body as text", { id: 1, msgId: "m", from: "+818000000000", body: "はい", timestamp }],
  ["message as text", { msgId: "m", phoneNumber: "+818000000000", message: "はい", timestamp }],
  ["status received beside it", { msgId: "m", from: "+818000000000", text: "はい", status: "received", timestamp }],
  ["a status nobody knows beside it", { msgId: "m", from: "+818000000000", text: "はい", status: "mo", timestamp }],
];

describe("an SMS reply", () => {
  const reply = {
    ...nothingMore,
    kind: "inbound",
    event: "sms-mo",
    userMessageId: "m",
    recipient: "+818000000000",
    text: "はい",
    at,
  };

  test.each(replies)("in %s", (_, body) => {
    expect(read(body)).toEqual([reply]);
    expect(read(body, "sms-mo")).toEqual([reply]);
  });

  test("with a status of a message is a reply at the URL for replies only", () => {
    const body = { msgId: "m", status: "delivered", smsText: "はい", from: "08000000000" };
    expect(read(body, "sms-mo")).toMatchObject([{ kind: "inbound", text: "はい" }]);
    expect(read(body)).toMatchObject([{ kind: "receipt", state: "delivered" }]);
  });

  test("may be empty, and need not have an id", () => {
    expect(read({ smsmessage: { smsText: "" }, ...contact })).toMatchObject([
      { kind: "inbound", text: "", userMessageId: null },
    ]);
  });

  test("from a number that is none of Japan keeps it as it came", () => {
    expect(read({ smsText: "hi", from: "+14155550100" })).toMatchObject([{ recipient: "+14155550100" }]);
  });
});

/** Webhook events of +Message (protocol notes §13.3). */
const rcs = (fields: Record<string, unknown>, event?: string) => ({
  RCSMessage: { msgId: "m", timestamp, ...fields },
  ...contact,
  ...(event === undefined ? {} : { event }),
});
const tap = (data: string, kind = "reply") => ({
  suggestedResponse: { response: { [kind]: { displayText: "興味なし", postback: { data } } } },
});
const inbound = { ...nothingMore, kind: "inbound", userMessageId: "m", recipient: "+818000000000", at };
const events: [label: string, body: unknown, expected: unknown[]][] = [
  ["message", rcs({ textMessage: "hello" }, "message"), [{ ...inbound, event: "message", text: "hello" }]],
  ["message without its name", rcs({ textMessage: "hello" }), [{ ...inbound, event: "message", text: "hello" }]],
  [
    "message in other case",
    rcs({ textMessage: "hello" }, "MESSAGE"),
    [{ ...inbound, event: "message", text: "hello" }],
  ],
  [
    "message with a file",
    rcs({ fileMessage: { fileUrl: "https://a.example/x.jpg" } }),
    [{ ...inbound, event: "message", text: null }],
  ],
  [
    "message with a place",
    rcs({ geolocationPushMessage: { pos: "35 139" } }),
    [{ ...inbound, event: "message", text: null }],
  ],
  ["messageStatus", rcs({ status: "delivered" }, "messageStatus"), [{ ...receipt, rawStatus: "delivered" }]],
  [
    "messageStatus without its name",
    rcs({ status: "displayed" }),
    [{ ...receipt, state: "displayed", rawStatus: "displayed" }],
  ],
  [
    "messageStatus revoked",
    rcs({ status: "revoked" }, "messagestatus"),
    [{ ...receipt, state: "revoked", rawStatus: "revoked" }],
  ],
  [
    "messageStatus inside message",
    { message: rcs({ status: "delivered" }), ...contact },
    [{ ...receipt, rawStatus: "delivered" }],
  ],
  ["response by reply", rcs(tap("c=1"), "response"), [{ ...inbound, event: "response", text: "興味なし" }]],
  ["response by action", rcs(tap("c=1", "action")), [{ ...inbound, event: "response", text: "興味なし" }]],
  [
    "response with device data",
    rcs({ sharedData: { deviceSpecifics: {} } }),
    [{ ...inbound, event: "response", text: null }],
  ],
  ["newUser", rcs(tap("new_bot_user_initiation"), "newUser"), [{ ...inbound, event: "new-user", text: "興味なし" }]],
  [
    "newUser without its name",
    rcs(tap("new_bot_user_initiation")),
    [{ ...inbound, event: "new-user", text: "興味なし" }],
  ],
  ["isTyping", rcs({ isTyping: "active" }, "isTyping"), []],
  ["isTyping without its name", rcs({ isTyping: "active" }), []],
  ["fileStatus", { event: "fileStatus", file: { fileId: "f" } }, []],
  ["alias", { event: "alias", messageContact: { userContact: "+818000000000", chatId: "c" } }, []],
  [
    "messageStatus without an id",
    { RCSMessage: { status: "sent" }, event: "messageStatus" },
    [{ kind: "unrecognised", reason: expect.stringContaining("without msgId") }],
  ],
];

describe("a webhook event", () => {
  test.each(events)("%s", (_, body, expected) => {
    expect(read(body)).toEqual(expected);
    expect(read(body, "webhook")).toEqual(expected);
  });
});

describe("a form", () => {
  const json = JSON.stringify({ smsmessage: { msgId: "m", status: "sent" } });
  test.each([
    ["with JSON as a value", `payload=${encodeURIComponent(json)}`],
    ["with JSON as a later value", `a=1&data=${encodeURIComponent(json)}`],
    ["with JSON as its key", encodeURIComponent(json)],
    ["with JSON as its key and no value", `${encodeURIComponent(json)}=`],
    ["of plain pairs", "msgId=m&status=sent"],
    ["with plus signs and escapes", "msgId=m&status=sent&note=a+b%20c"],
  ])("%s is read", (_, body) => {
    expect(read(body)).toMatchObject([{ kind: "receipt", providerMessageId: "m", state: "sent" }]);
  });

  test("whose content type is a form but whose body is JSON is read", () => {
    const rules = kddi.rules(kddi.publicSettings(testRoute()));
    const input = { kindHint: "any", contentType: "application/x-www-form-urlencoded", body: json } as const;
    expect(rules.readNotification(input)).toMatchObject([{ kind: "receipt", providerMessageId: "m" }]);
  });
});

describe("the connection test", () => {
  test.each(["", "  \r\n", "{}", " { } "])("%j is one", (body) => {
    expect(read(body)).toEqual([{ kind: "connection-test" }]);
  });
});

describe("what is not understood", () => {
  test.each([
    ["broken JSON", '{"smsmessage":{"msgId":"m","status":'],
    ["XML", "<result><msgId>m</msgId></result>"],
    ["a plain sentence", "hello world"],
    ["a JSON text", '"hello"'],
    ["a JSON number", "42"],
    ["null", "null"],
    ["an empty list", "[]"],
    ["a list of numbers", "[1,2]"],
    ["an object of nothing known", { foo: { bar: 1 } }],
    ["an id without a status", { msgId: "m" }],
    ["a status without an id", { status: "delivered" }],
    ["a result deeper than four levels", { a: { b: { c: { d: { msgId: "m", status: "sent" } } } } }],
  ])("%s is unrecognised", (_, body) => {
    expect(read(body)).toMatchObject([{ kind: "unrecognised", reason: expect.any(String) }]);
  });

  test("is described by its names, not by its values or numbers", () => {
    expect(read({ foo: "secret", "+819012345678": 1 })).toEqual([
      { kind: "unrecognised", reason: "no known event, status or text; top-level names: foo, +…" },
    ]);
  });
});

describe("any body at all", () => {
  const known = new Set(["receipt", "inbound", "connection-test", "unrecognised"]);
  const states = new Set<string>([...receiptStates, "pending", "unrecognised-status"]);
  const hints = fc.constantFrom("any", "webhook", "sms-result", "sms-mo") as fc.Arbitrary<
    NotificationInput["kindHint"]
  >;
  const names = fc.constantFrom(
    ..."smsmessage RCSMessage message msgId orderId messageId status result smsText smsTextEnc text event timestamp".split(
      " ",
    ),
    ..."userContact messageContact from suggestedResponse response reply postback data __proto__ constructor".split(
      " ",
    ),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.string(),
      fc.constantFrom("delivered", "messageStatus", "+819012345678", "", "2022-03-22T11:44:35Z"),
      fc.double(),
      fc.constant(null),
      fc.boolean(),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.array(fc.tuple(names, tie("value")), { maxLength: 6 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  }));

  function expectWellFormed(body: string, hint: NotificationInput["kindHint"]) {
    for (const notification of read(body, hint)) {
      expect(known).toContain(notification.kind);
      if (notification.kind !== "receipt") continue;
      expect(states).toContain(notification.state);
      expect(notification.providerMessageId).not.toBe("");
    }
  }

  test("of JSON made of the known names never throws", () => {
    fc.assert(
      fc.property(value, hints, (json, hint) => expectWellFormed(JSON.stringify(json) ?? "", hint)),
      { numRuns: 1_000 },
    );
  });

  test("of any text never throws", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), hints, expectWellFormed), { numRuns: 500 });
  });

  test("of JSON cut anywhere never throws", () => {
    const whole = JSON.stringify(events.map(([, body]) => body));
    fc.assert(
      fc.property(fc.nat(whole.length), hints, (length, hint) => expectWellFormed(whole.slice(0, length), hint)),
    );
  });

  test("as deep or as wide as 256 kB allow is read in bounded time", () => {
    const bodies = [
      "[".repeat(131_000) + "]".repeat(131_000),
      `${'{"a":'.repeat(40_000)}1${"}".repeat(40_000)}`,
      JSON.stringify(Array.from({ length: 60_000 }, () => ({}))),
      JSON.stringify(Object.fromEntries(Array.from({ length: 12_000 }, (_, index) => [`k${index}`, { a: {} }]))),
    ];
    for (const body of bodies) {
      const startedAt = performance.now();
      read(body);
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    }
  });
});
