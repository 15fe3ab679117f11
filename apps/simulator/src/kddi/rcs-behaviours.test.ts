import { describe, expect, it, vi } from "vitest";
import {
  account,
  checkStatus,
  events,
  eventWords,
  rcsHeaders,
  send,
  sendFallback,
  sendRcs,
  sendRcsAccepted,
  startFast,
  startListener,
  type WebhookBody,
} from "../../test/support.ts";
import type { SimulatorOptions } from "../index.ts";

const hourMs = 3_600_000;
const magic = (digits: string) => `+8190000000${digits}`;
const suggestions = [
  { reply: { displayText: "はい", postback: { data: "c=42&r=1&b=yes" } } },
  {
    action: {
      displayText: "サイト",
      postback: { data: "c=42&b=url" },
      urlAction: { openUrl: { url: "https://a.jp" } },
    },
  },
];
const withChips = { textMessage: "どうしますか", suggestedChipList: { suggestions } };

/** A company with one receiver for everything. */
async function bundle(options: SimulatorOptions = {}) {
  const listener = await startListener();
  const simulator = await startFast({
    accounts: [{ ...account, webhookUrl: listener.url, smsResultUrl: listener.url }],
    ...options,
  });
  return {
    listener,
    simulator,
    states: () => simulator.messages()[0]?.changes.map(({ state }) => state),
    status: async (msgId: string) =>
      JSON.parse((await checkStatus(simulator, msgId, { headers: rcsHeaders })).text) as { RCSMessage: object },
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}

function timeOf({ RCSMessage }: WebhookBody): number {
  return Date.parse(String(RCSMessage.timestamp));
}

function inTheFuture(ms: number): string {
  return new Date(Date.now() + ms).toISOString();
}

describe("what a +Message comes to", () => {
  it("00: sent, delivered, displayed, each told once, in the words of the chatbot API", async () => {
    await using on = await bundle();
    const msgId = await sendRcsAccepted(on.simulator, magic("00"));
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
    const [message] = on.simulator.messages();
    expect(on.listener.received[0]).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
    const inOrder = events(on.listener).sort((a, b) => timeOf(a) - timeOf(b));
    expect(inOrder).toEqual(
      ["sent", "delivered", "displayed"].map((status, index) => ({
        RCSMessage: { msgId, status, timestamp: message?.changes[index]?.at },
        messageContact: { userContact: magic("00") },
        event: "messageStatus",
      })),
    );
    expect(on.simulator.phone(magic("00")).inbox).toMatchObject([
      { channel: "rcs", from: "botId_dummy", msgId, text: "これはテキストメッセージです", readAt: expect.any(String) },
    ]);
  });

  it("01: no SMS, no webhook; the status API tells of the failure", async () => {
    await using on = await bundle();
    const msgId = await sendRcsAccepted(on.simulator, magic("01"));
    on.simulator.advanceClock(hourMs);
    expect(await on.status(msgId)).toMatchObject({ RCSMessage: { msgId, status: "failed" }, reason: { code: 41200 } });
    expect(on.listener.received).toEqual([]);
    expect(on.simulator.phone(magic("01")).inbox).toEqual([]);
  });

  it("01 by mode 0 goes by SMS", async () => {
    await using on = await bundle();
    expect((await sendFallback(on.simulator, magic("01"))).text).toContain('"Destination":"sms"');
    await vi.waitFor(() => expect(on.simulator.phone(magic("01")).inbox).toMatchObject([{ channel: "sms" }]));
  });

  it("02: neither +Message nor SMS by modes 0 and 1, only mode 2 gets there", async () => {
    await using on = await bundle();
    const byApp = await sendRcsAccepted(on.simulator, magic("02"));
    expect((await sendFallback(on.simulator, magic("02"))).text).toContain('"Destination":"rcs"');
    on.simulator.advanceClock(30 * 24 * hourMs);
    expect(await on.status(byApp)).toMatchObject({ RCSMessage: { status: "sent" } });
    expect(on.simulator.phone(magic("02")).inbox).toEqual([]);
    await send(on.simulator, magic("02"));
    on.simulator.advanceClock(hourMs);
    expect(on.simulator.phone(magic("02")).inbox).toMatchObject([{ channel: "sms" }]);
    expect(eventWords(on.listener).filter((word) => word === "messageStatus sent")).toHaveLength(2);
  });

  it.each([
    ["03", "delivered", "sent"],
    ["04", "failed", "sent"],
  ])("%s is %s after 72 h", async (digits, state, before) => {
    await using on = await bundle();
    const msgId = await sendRcsAccepted(on.simulator, magic(digits));
    on.simulator.advanceClock(71 * hourMs);
    expect(await on.status(msgId)).toMatchObject({ RCSMessage: { status: before } });
    on.simulator.advanceClock(2 * hourMs);
    expect(await on.status(msgId)).toMatchObject({ RCSMessage: { status: state } });
  });

  it("05 fails at once after sent; the webhook tells of it only where the knob says so", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("05"));
    on.simulator.advanceClock(hourMs);
    await vi.waitFor(() => expect(eventWords(on.listener)).toEqual(["messageStatus sent"]));
    expect(on.states()).toEqual(["sent", "failed"]);

    await using told = await bundle({ webhookStates: ["failed"] });
    await sendRcs(told.simulator, magic("05"));
    await vi.waitFor(() => expect(eventWords(told.listener)).toEqual(["messageStatus failed"]));
  });

  it("06 is displayed without ever being delivered", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("06"));
    // Several are on their way at once, so that they may overtake each other.
    await vi.waitFor(() =>
      expect(eventWords(on.listener).sort()).toEqual(["messageStatus displayed", "messageStatus sent"]),
    );
    on.simulator.advanceClock(hourMs);
    expect(on.states()).toEqual(["sent", "displayed"]);
  });

  it("07: of displayed is told before delivered", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("07"));
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
    const told = eventWords(on.listener).filter((word) => word !== "messageStatus sent");
    expect(told).toEqual(["messageStatus displayed", "messageStatus delivered"]);
    const happened = events(on.listener).sort((a, b) => timeOf(a) - timeOf(b));
    expect(happened.map(({ RCSMessage: { status } }) => status)).toEqual(["sent", "delivered", "displayed"]);
  });

  it("08: everything twice", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("08"));
    await vi.waitFor(() =>
      expect(eventWords(on.listener).filter((word) => word.endsWith("delivered"))).toHaveLength(2),
    );
    expect(eventWords(on.listener).filter((word) => word.endsWith("sent"))).toHaveLength(2);
  });

  it("09: failed, later delivered", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("09"));
    await vi.waitFor(() => expect(on.states()).toEqual(["sent", "failed", "delivered"]));
  });

  it("10 is revoked at its expiry and never arrives", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("10"), { textMessage: "x", expiry: inTheFuture(10 * hourMs) });
    on.simulator.advanceClock(9 * hourMs);
    expect(on.states()).toEqual(["sent"]);
    on.simulator.advanceClock(30 * 24 * hourMs);
    expect(on.states()).toEqual(["sent", "revoked"]);
    await vi.waitFor(() =>
      expect(eventWords(on.listener).sort()).toEqual(["messageStatus revoked", "messageStatus sent"]),
    );
    expect(on.simulator.phone(magic("10")).inbox).toEqual([]);
  });

  it("11 is revoked at its expiry, then delivered", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("11"), { textMessage: "x", expiry: inTheFuture(hourMs) });
    on.simulator.advanceClock(2 * hourMs);
    expect(on.states()).toEqual(["sent", "revoked", "delivered"]);
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
    expect(on.simulator.phone(magic("11")).inbox).toHaveLength(1);
  });

  it("24: the webhook comes before the 202", async () => {
    await using listener = await startListener(() => ({ afterMs: 300 }));
    await using simulator = await startFast({ accounts: [{ ...account, webhookUrl: listener.url }] });
    const startedAt = performance.now();
    await sendRcsAccepted(simulator, magic("24"));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
    expect(eventWords(listener)[0]).toBe("messageStatus sent");
  });

  it.each(["24", "30", "31", "32", "33", "50", "51", "60", "64"])(
    "%s has the app, so mode 0 is a +Message",
    async (digits) => {
      await using simulator = await startFast();
      expect(simulator.phone(magic(digits))).toMatchObject({ app: "installed" });
      expect(simulator.phone(magic(digits)).carrier).not.toBe("rakuten");
    },
  );
});

describe("what the user does", () => {
  it("12: a reply 停止, by SMS where an SMS came, by +Message where that came", async () => {
    await using on = await bundle();
    await sendFallback(on.simulator, magic("12"));
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
    expect(JSON.parse(on.listener.received.find(({ body }) => body.includes("smsText"))?.body ?? "")).toMatchObject({
      smsmessage: { smsText: "停止", smsNumber: "0312345678" },
    });
    on.simulator.setPhone(magic("12"), { app: "installed", carrier: "au" });
    await sendRcs(on.simulator, magic("12"));
    await vi.waitFor(() =>
      expect(events(on.listener).at(-1)).toMatchObject({ event: "message", RCSMessage: { textMessage: "停止" } }),
    );
  });

  it("13: reads and taps the first suggestion", async () => {
    await using on = await bundle();
    const msgId = await sendRcsAccepted(on.simulator, magic("13"), withChips);
    await vi.waitFor(() => expect(eventWords(on.listener)).toContain("response"));
    expect(on.states()).toEqual(["sent", "delivered", "displayed"]);
    const response = events(on.listener).find(({ event }) => event === "response");
    expect(response).toEqual({
      RCSMessage: {
        msgId: expect.any(String),
        suggestedResponse: {
          response: { reply: { displayText: "はい", postback: { data: "c=42&r=1&b=yes" } } },
        },
        timestamp: expect.stringMatching(/Z$/),
      },
      messageContact: { userContact: magic("13") },
      event: "response",
    });
    // The msgId is that of what the user sent, not of the message with the button.
    expect(response?.RCSMessage.msgId).not.toBe(msgId);
    expect(on.simulator.phone(magic("13")).acts).toMatchObject([{ kind: "response", text: "はい", inReplyTo: msgId }]);
  });

  it("13 taps a card's button before a chip, and nothing where there is none", async () => {
    await using on = await bundle();
    const card = { title: "t", suggestions: [{ reply: { displayText: "カード", postback: { data: "card" } } }] };
    const richcardMessage = {
      message: { generalPurposeCard: { layout: { cardOrientation: "VERTICAL" }, content: card } },
    };
    await sendRcs(on.simulator, magic("13"));
    await sendRcs(on.simulator, magic("13"), { richcardMessage, suggestedChipList: { suggestions } });
    on.simulator.advanceClock(hourMs);
    expect(on.simulator.phone(magic("13")).acts).toMatchObject([{ text: "カード" }]);
  });

  it("14: writes a text", async () => {
    await using on = await bundle();
    await sendRcs(on.simulator, magic("14"));
    await vi.waitFor(() => expect(eventWords(on.listener)).toContain("message"));
    expect(events(on.listener).find(({ event }) => event === "message")).toEqual({
      RCSMessage: { msgId: expect.any(String), textMessage: "ありがとうございます", timestamp: expect.any(String) },
      messageContact: { userContact: magic("14") },
      event: "message",
    });
  });

  it("15: registers once, before the first message is sent", async () => {
    await using on = await bundle({ timing: { sentAfterMs: 200 } });
    await sendRcs(on.simulator, magic("15"));
    await vi.waitFor(() => expect(eventWords(on.listener)).toHaveLength(3));
    await sendRcs(on.simulator, magic("15"));
    await vi.waitFor(() => expect(eventWords(on.listener)).toHaveLength(5));
    expect(eventWords(on.listener)[0]).toBe("newUser");
    expect(eventWords(on.listener).filter((word) => word === "newUser")).toHaveLength(1);
    expect(events(on.listener)[0]).toEqual({
      RCSMessage: {
        msgId: expect.any(String),
        suggestedResponse: {
          response: { reply: { displayText: "Start Chat", postback: { data: "new_bot_user_initiation" } } },
        },
        timestamp: expect.any(String),
      },
      messageContact: { userContact: magic("15") },
      event: "newUser",
    });
    expect(on.simulator.phone(magic("15")).registeredWith).toEqual(["botId_dummy"]);
  });
});

describe("an ordinary number", () => {
  const app = { app: "installed", carrier: "docomo" } as const;
  const number = "+819012345678";

  it.each([
    ["never", ["sent", "delivered"]],
    [0, ["sent", "delivered", "displayed"]],
    [5 * hourMs, ["sent", "delivered"]],
  ] as const)("read %s: %j after four hours", async (read, expected) => {
    await using on = await bundle();
    on.simulator.setPhone(number, { ...app, read });
    await sendRcs(on.simulator, number);
    on.simulator.advanceClock(4 * hourMs);
    expect(on.states()).toEqual(expected);
  });

  it("six of ten messages are read, the same ones for the same seed", async () => {
    const run = async () => {
      await using simulator = await startFast({ appShare: 1, seed: 3 });
      for (let index = 0; index < 200; index++) await sendRcs(simulator, `+81901234${5000 + index}`);
      simulator.advanceClock(hourMs);
      return simulator.metrics().messages;
    };
    const counts = await run();
    expect(counts.displayed).toBeGreaterThan(80);
    expect(counts.delivered).toBeGreaterThan(40);
    expect(await run()).toEqual(counts);
  });

  it("four of ten have the app, and none of Rakuten", async () => {
    await using simulator = await startFast();
    let installed = 0;
    for (let index = 0; index < 4000; index++) {
      const phone = simulator.phone(`+8190${10_000_000 + index * 137}`);
      if (phone.app === "installed") installed++;
      if (phone.carrier === "rakuten") expect(phone.app).toBe("none");
    }
    // 40 % of the 87 % that are not Rakuten's.
    expect(Math.abs(installed / 40 - 34.8)).toBeLessThan(3);
  });

  it("a phone that is off gets everything when it is switched on, by hand or by itself", async () => {
    await using on = await bundle();
    on.simulator.setPhone(number, { ...app, read: "never", power: "off" });
    await sendRcs(on.simulator, number);
    await send(on.simulator, number);
    on.simulator.advanceClock(10 * hourMs);
    expect(on.simulator.phone(number)).toMatchObject({ power: "off", inbox: [] });
    on.simulator.setPhone(number, { power: "on" });
    expect(on.simulator.phone(number).inbox).toHaveLength(2);

    on.simulator.setPhone(number, { power: new Date(on.simulator.now() + 5 * hourMs).toISOString() });
    await sendRcs(on.simulator, number);
    on.simulator.advanceClock(4 * hourMs);
    expect(on.simulator.phone(number).inbox).toHaveLength(2);
    on.simulator.advanceClock(2 * hourMs);
    expect(on.simulator.phone(number)).toMatchObject({ power: "on" });
    expect(on.simulator.phone(number).inbox).toHaveLength(3);
  });

  it("a phone that stays off too long: failed, and not delivered afterwards", async () => {
    await using on = await bundle();
    on.simulator.setPhone(number, { ...app, power: "off" });
    await sendRcs(on.simulator, number);
    on.simulator.advanceClock(73 * hourMs);
    on.simulator.setPhone(number, { power: "on" });
    on.simulator.advanceClock(hourMs);
    expect(on.states()).toEqual(["sent", "failed"]);
    expect(on.simulator.messages()[0]?.changes[1]?.reason).toMatchObject({ code: 41001 });
  });

  it("an app that is installed again gets what waited for it", async () => {
    await using on = await bundle();
    on.simulator.setPhone(number, { ...app, app: "uninstalled", read: "never" });
    await sendRcs(on.simulator, number);
    on.simulator.advanceClock(100 * hourMs);
    expect(on.states()).toEqual(["sent"]);
    on.simulator.setPhone(number, { app: "installed" });
    expect(on.states()).toEqual(["sent", "delivered"]);
  });

  it("a message that could not be delivered is revoked at its expiry; one that was is not", async () => {
    await using on = await bundle();
    on.simulator.setPhone(number, { ...app, power: "off", read: "never" });
    await sendRcs(on.simulator, number, { textMessage: "遅すぎる", expiry: inTheFuture(hourMs) });
    on.simulator.advanceClock(2 * hourMs);
    on.simulator.setPhone(number, { power: "on" });
    expect(on.states()).toEqual(["sent", "revoked"]);
    await sendRcs(on.simulator, number, { textMessage: "間に合う", expiry: inTheFuture(10 * hourMs) });
    on.simulator.advanceClock(20 * hourMs);
    expect(on.simulator.phone(number).inbox).toMatchObject([{ text: "間に合う" }]);
    expect(on.simulator.messages()[1]?.state).toBe("delivered");
  });

  it("an expiry means nothing where the knob says so", async () => {
    await using on = await bundle({ obeysExpiry: false });
    on.simulator.setPhone(number, { ...app, power: "off", read: "never" });
    await sendRcs(on.simulator, number, { textMessage: "x", expiry: inTheFuture(hourMs) });
    on.simulator.advanceClock(2 * hourMs);
    on.simulator.setPhone(number, { power: "on" });
    expect(on.states()).toEqual(["sent", "delivered"]);
  });

  it("a +Message twice to the same number is counted as a duplicate", async () => {
    await using on = await bundle();
    const first = await sendRcsAccepted(on.simulator, magic("00"), withChips);
    await sendRcs(on.simulator, magic("00"), { textMessage: "別の本文" });
    const second = await sendRcsAccepted(on.simulator, magic("00"), withChips);
    expect(on.simulator.metrics()).toMatchObject({
      duplicates: { count: 1, list: [{ msgId: second, duplicateOf: first }] },
      channels: { rcs: 3, sms: 0 },
    });
  });
});

describe("shapes of the webhook", () => {
  it.each([
    ["gsma", { RCSMessage: { status: "sent" }, messageContact: { userContact: magic("31") }, event: "messageStatus" }],
    ["without-event", { RCSMessage: { status: "sent" }, messageContact: { userContact: magic("31") } }],
    ["camel", { rcsMessage: { status: "sent" }, event: "messagestatus" }],
    ["flat", { event: "messageStatus", status: "sent", userContact: magic("31") }],
    ["wrapped", { event: "messageStatus", message: { RCSMessage: { status: "sent" } } }],
  ] as const)("%s says the same in another way", async (webhookShape, expected) => {
    await using on = await bundle({ webhookShape });
    const msgId = await sendRcsAccepted(on.simulator, magic("31"));
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(1));
    const body = JSON.parse(on.listener.received[0]?.body ?? "") as Record<string, unknown>;
    expect(body).toMatchObject(expected);
    expect(on.listener.received[0]?.body).toContain(msgId);
    if (webhookShape === "without-event") expect(body).not.toHaveProperty("event");
  });
});
