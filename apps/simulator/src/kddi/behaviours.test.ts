import { describe, expect, it, vi } from "vitest";
import {
  account,
  call,
  checkStatus,
  sampleBody,
  send,
  sendAccepted,
  startFast,
  startListener,
  statuses,
} from "../../test/support.ts";
import type { SimulatorOptions } from "../index.ts";

const hourMs = 3_600_000;
const magic = (digits: string) => `+8190000000${digits}`;

async function bundle(options: SimulatorOptions = {}) {
  const listener = await startListener();
  const simulator = await startFast({ accounts: [{ ...account, smsResultUrl: listener.url }], ...options });
  return {
    listener,
    simulator,
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}

describe("answers", () => {
  it.each([
    ["40", 400],
    ["41", 401],
    ["43", 403],
    ["44", 404],
    ["50", 500],
    ["52", 502],
    ["54", 504],
  ])("%s is answered %i every time, and nothing is accepted", async (digits, status) => {
    await using simulator = await startFast();
    expect((await send(simulator, magic(digits))).status).toBe(status);
    expect((await send(simulator, magic(digits))).status).toBe(status);
    expect(simulator.messages()).toEqual([]);
    expect(simulator.requests(magic(digits)).map(({ answered }) => answered)).toEqual([status, status]);
  });

  it("51 is answered 500, and the handset has the message", async () => {
    await using simulator = await startFast();
    expect((await send(simulator, magic("51"))).status).toBe(500);
    await vi.waitFor(() => expect(simulator.phone(magic("51")).inbox).toHaveLength(1));
  });

  it("53 is answered 503 twice, then accepted", async () => {
    await using simulator = await startFast();
    const answered = [];
    for (let index = 0; index < 4; index++) answered.push((await send(simulator, magic("53"))).status);
    expect(answered).toEqual([503, 503, 202, 202]);
  });

  it("60 is accepted at once and answered only after the slow time", async () => {
    await using simulator = await startFast({ timing: { slowAnswerMs: 300 } });
    const startedAt = performance.now();
    const answer = send(simulator, magic("60"));
    await vi.waitFor(() => expect(simulator.phone(magic("60")).inbox).toHaveLength(1));
    expect(simulator.messages()[0]?.answered).toBeUndefined();
    expect((await answer).status).toBe(202);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
  });

  it("61 is accepted, and the socket closes without an answer", async () => {
    await using simulator = await startFast();
    await expect(send(simulator, magic("61"))).rejects.toThrow("other side closed");
    await vi.waitFor(() => expect(simulator.phone(magic("61")).inbox).toHaveLength(1));
    expect(simulator.messages()[0]?.answered).toBe("closed");
  });

  it("62 is 202 without JSON, 63 is 202 without any id, 64 is 200 with everything", async () => {
    await using simulator = await startFast();
    const notJson = await send(simulator, magic("62"));
    expect(notJson.status).toBe(202);
    expect(() => JSON.parse(notJson.text)).toThrow();
    const withoutId = await send(simulator, magic("63"));
    expect([withoutId.status, JSON.parse(withoutId.text)]).toEqual([
      202,
      { smsmessage: { status: "pending" }, Destination: "sms" },
    ]);
    const ok = await send(simulator, magic("64"));
    expect([ok.status, JSON.parse(ok.text)]).toMatchObject([200, { smsmessage: { status: "pending" } }]);
    expect(simulator.metrics().accepted).toBe(3);
  });
});

describe("courses", () => {
  it("an ordinary number: sent, delivered, each told once, the body as in the canonical form", async () => {
    await using on = await bundle();
    const msgId = await sendAccepted(on.simulator, "+819012345678");
    // Several are on their way at once, so that they may overtake each other.
    await vi.waitFor(() => expect(statuses(on.listener).sort()).toEqual(["delivered", "sent"]));
    const [message] = on.simulator.messages();
    const first = on.listener.received.find(({ body }) => body.includes('"sent"'));
    expect(first).toMatchObject({ method: "POST", headers: { "content-type": "application/json" } });
    expect(JSON.parse(first?.body ?? "")).toEqual({
      smsmessage: { orderId: msgId, msgId, status: "sent", timestamp: message?.changes[0]?.at },
      messageContact: { userContact: "+819012345678" },
      Destination: "sms",
    });
    expect(message?.changes).toMatchObject([
      { state: "sent", notification: "notified", posts: 1 },
      { state: "delivered", notification: "notified", posts: 1 },
    ]);
  });

  it("03 is delivered after 72 h, 04 failed after 72 h", async () => {
    await using on = await bundle();
    const off = await sendAccepted(on.simulator, magic("03"));
    const dead = await sendAccepted(on.simulator, magic("04"));
    const state = async (msgId: string) =>
      (JSON.parse((await checkStatus(on.simulator, msgId)).text) as { smsmessage: { status: string } }).smsmessage
        .status;
    on.simulator.advanceClock(71 * hourMs);
    expect([await state(off), await state(dead)]).toEqual(["sent", "sent"]);
    on.simulator.advanceClock(2 * hourMs);
    expect([await state(off), await state(dead)]).toEqual(["delivered", "failed"]);
    expect(on.simulator.phone(magic("04")).inbox).toEqual([]);
  });

  it("05 fails at once after sent", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("05"));
    await vi.waitFor(() => expect(statuses(on.listener).sort()).toEqual(["failed", "sent"]));
    expect(on.simulator.metrics().messages.failed).toBe(1);
  });

  it("09 fails and is delivered later", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("09"));
    await vi.waitFor(() =>
      expect(on.simulator.messages()[0]?.changes.map(({ state }) => state)).toEqual(["sent", "failed", "delivered"]),
    );
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
  });

  it("12 replies 停止 to the number the SMS came from", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("12"));
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(3));
    expect(JSON.parse(on.listener.received.find(({ body }) => body.includes("smsText"))?.body ?? "")).toMatchObject({
      smsmessage: { smsNumber: "0312345678", smsText: "停止", smsTextEnc: "UFxrYg==" },
      messageContact: { userContact: magic("12") },
      Destination: "sms",
    });
  });

  it.each([
    ["20", "au"],
    ["21", "docomo"],
    ["22", "softbank"],
    ["23", "rakuten"],
  ])("%s is a number of %s", async (digits, carrier) => {
    await using simulator = await startFast();
    expect(simulator.phone(magic(digits)).carrier).toBe(carrier);
  });

  it("31 stays sent however much time passes", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("31"));
    on.simulator.advanceClock(30 * 24 * hourMs);
    expect(on.simulator.messages()[0]?.changes.map(({ state }) => state)).toEqual(["sent"]);
    await vi.waitFor(() => expect(statuses(on.listener)).toEqual(["sent"]));
  });
});

describe("notifications", () => {
  it("08 tells everything twice", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("08"));
    await vi.waitFor(() => expect(statuses(on.listener).sort()).toEqual(["delivered", "delivered", "sent", "sent"]));
  });

  it("24 tells of sent, and answers 202 only when that was taken", async () => {
    await using listener = await startListener(() => ({ afterMs: 300 }));
    await using simulator = await startFast({ accounts: [{ ...account, smsResultUrl: listener.url }] });
    const startedAt = performance.now();
    const answer = await send(simulator, magic("24"));
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(295);
    const { smsmessage } = JSON.parse(answer.text) as { smsmessage: { msgId: string } };
    expect(answer.status).toBe(202);
    expect(statuses(listener)[0]).toBe("sent");
    expect(listener.received[0]?.body).toContain(smsmessage.msgId);
  });

  it("30 is delivered and never told; the status API knows", async () => {
    await using on = await bundle();
    const msgId = await sendAccepted(on.simulator, magic("30"));
    on.simulator.advanceClock(hourMs);
    expect((await checkStatus(on.simulator, msgId)).text).toContain('"status":"delivered"');
    expect(on.simulator.messages()[0]?.changes.map(({ notification }) => notification)).toEqual(["lost", "lost"]);
    expect(on.listener.received).toEqual([]);
  });

  it("32 is told only after the long delay", async () => {
    await using on = await bundle({ timing: { lateNotificationMs: 10 * hourMs } });
    await sendAccepted(on.simulator, magic("32"));
    on.simulator.advanceClock(9 * hourMs);
    expect(on.simulator.metrics()).toMatchObject({ messages: { delivered: 1 }, notifications: { notifications: 0 } });
    on.simulator.advanceClock(2 * hourMs);
    await vi.waitFor(() => expect(statuses(on.listener).sort()).toEqual(["delivered", "sent"]));
  });

  it("33 tells delivered before sent, and both again", async () => {
    await using on = await bundle();
    await sendAccepted(on.simulator, magic("33"));
    await vi.waitFor(() => expect(statuses(on.listener)).toEqual(["delivered", "sent", "delivered", "sent"]));
  });
});

describe("phones", () => {
  it("any number can be given a behaviour, a carrier, a power switch or a block", async () => {
    await using simulator = await startFast();
    const number = "+818011112222";
    simulator.setPhone(number, { behaviour: 5, carrier: "docomo" });
    await sendAccepted(simulator, number);
    await vi.waitFor(() => expect(simulator.messages({ to: number })[0]?.state).toBe("failed"));

    simulator.setPhone(number, { behaviour: null, power: new Date(simulator.now() + 5 * hourMs).toISOString() });
    await sendAccepted(simulator, number);
    simulator.advanceClock(4 * hourMs);
    expect(simulator.messages({ to: number })[1]?.state).toBe("sent");
    simulator.advanceClock(2 * hourMs);
    expect(simulator.messages({ to: number })[1]?.state).toBe("delivered");

    simulator.setPhone(number, { power: "off" });
    await sendAccepted(simulator, number);
    simulator.advanceClock(73 * hourMs);
    expect(simulator.messages({ to: number })[2]?.state).toBe("failed");

    simulator.setPhone(number, { power: "on", blocked: true });
    await sendAccepted(simulator, number);
    simulator.advanceClock(hourMs);
    expect(simulator.messages({ to: number })[3]?.state).toBe("failed");
  });

  it("further prefixes make their numbers magic by the last two digits", async () => {
    await using simulator = await startFast({ magicPrefixes: ["+819000"] });
    expect((await send(simulator, "+819000123450")).status).toBe(500);
    expect((await send(simulator, "+819000123477")).status).toBe(202);
    expect((await send(simulator, "+819012345650")).status).toBe(202);
  });

  it("without prefixes no number is magic", async () => {
    await using simulator = await startFast({ magicPrefixes: [] });
    expect((await send(simulator, magic("40"))).status).toBe(202);
  });

  it("unlisted numbers are spread over the carriers by their shares", async () => {
    await using simulator = await startFast();
    const counts: Record<string, number> = {};
    for (let index = 0; index < 4000; index++) {
      const { carrier } = simulator.phone(`+8190${10_000_000 + index * 137}`);
      counts[carrier] = (counts[carrier] ?? 0) + 1;
    }
    for (const [carrier, percent] of [
      ["au", 30],
      ["docomo", 35],
      ["softbank", 22],
      ["rakuten", 13],
    ] as const) {
      expect(Math.abs((counts[carrier] ?? 0) / 40 - percent), carrier).toBeLessThan(3);
    }
  });

  it("a short text to au loses what CP932 lacks; to docomo, or when long, it does not", async () => {
    await using simulator = await startFast();
    const sendTo = (to: string, text: string) => {
      const encoded = Buffer.from(text, "utf16le").swap16().toString("base64");
      const body = JSON.parse(sampleBody(to)) as { smsmessage: Record<string, string> };
      Object.assign(body.smsmessage, { smsText: text, smsTextEnc: encoded });
      return call(simulator, { body: JSON.stringify(body) });
    };
    const long = `😀${"あ".repeat(69)}`;
    await sendTo(magic("20"), "😀さん");
    await sendTo(magic("20"), long);
    await sendTo(magic("21"), "😀さん");
    simulator.advanceClock(hourMs);
    expect(simulator.phone(magic("20")).inbox).toMatchObject([
      { from: "0312345678", text: "?さん", parts: 1, isDegraded: true },
      { text: long, parts: 2, isDegraded: false },
    ]);
    expect(simulator.phone(magic("21")).inbox).toMatchObject([{ text: "😀さん", isDegraded: false }]);
  });

  it.each([
    ["failed", "1", 202, "failed"],
    ["failed", "2", 202, "delivered"],
    ["failed", "0", 202, "delivered"],
    ["deliver", "1", 202, "delivered"],
    ["refuse", "1", 400, undefined],
  ] as const)("wrongDst %s: dst %s to docomo is answered %i and ends %s", async (wrongDst, dst, status, state) => {
    await using simulator = await startFast({ wrongDst });
    const body = sampleBody(magic("21")).replace('"dst": "0"', `"dst": "${dst}"`);
    expect((await call(simulator, { body })).status).toBe(status);
    simulator.advanceClock(hourMs);
    expect(simulator.messages()[0]?.state).toBe(state);
  });
});
