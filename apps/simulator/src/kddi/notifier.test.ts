import { describe, expect, it, vi } from "vitest";
import { account, sendAccepted, startFast, startListener, statuses } from "../../test/support.ts";
import type { SimulatorOptions } from "../index.ts";

const to = "+819012345678";

async function bundle(
  answer: (index: number) => { readonly status?: number; readonly afterMs?: number },
  options: SimulatorOptions = {},
) {
  const listener = await startListener(answer);
  const simulator = await startFast({
    accounts: [{ ...account, smsResultUrl: listener.url }],
    smsResultStates: ["delivered"],
    ...options,
  });
  return {
    listener,
    simulator,
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}

describe("a notification", () => {
  it("answered 200 after 600 ms is sent again", async () => {
    await using on = await bundle((index) => ({ afterMs: index === 0 ? 600 : 0 }));
    await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(on.simulator.metrics().notifications.notified).toBe(1), { timeout: 5000 });
    expect(on.listener.received).toHaveLength(2);
    expect(on.listener.received[1]?.body).toBe(on.listener.received[0]?.body);
    expect(on.simulator.metrics().notifications).toMatchObject({ notifications: 1, posts: 2, late: 1, lost: 0 });
  });

  it("answered 200 after 300 ms is not sent again", async () => {
    await using on = await bundle(() => ({ afterMs: 300 }));
    await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(on.simulator.metrics().notifications.notified).toBe(1), { timeout: 5000 });
    expect(on.listener.received).toHaveLength(1);
  });

  it.each([500, 404, 201, 202, 204, 302])(
    "answered %i is sent again, three times at most, then lost",
    async (status) => {
      await using on = await bundle(() => ({ status }));
      await sendAccepted(on.simulator, to);
      await vi.waitFor(() => expect(on.simulator.metrics().notifications.lost).toBe(1));
      expect(on.listener.received).toHaveLength(4);
      expect(on.simulator.messages()[0]?.changes).toMatchObject([
        { state: "sent", notification: "none", posts: 0 },
        { state: "delivered", notification: "lost", posts: 4 },
      ]);
    },
  );

  it("to a port where nobody listens is lost after four posts", async () => {
    await using on = await bundle(() => ({}));
    on.simulator.setAccount("botId_dummy", { smsResultUrl: "http://127.0.0.1:1/x" });
    await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(on.simulator.metrics().notifications.lost).toBe(1));
    expect(on.simulator.metrics().notifications).toMatchObject({ posts: 4, broken: 4 });
  });

  it("is retried after the set delays, by the simulated clock", async () => {
    await using on = await bundle((index) => ({ status: index < 2 ? 503 : 200 }), {
      notifyRetryDelaysMs: [3_600_000, 3_600_000, 3_600_000],
    });
    await sendAccepted(on.simulator, to);
    for (const posts of [1, 2, 3]) {
      await vi.waitFor(() => expect(on.simulator.metrics().notifications.posts).toBe(posts));
      on.simulator.advanceClock(3_600_001);
    }
    expect(on.simulator.metrics().notifications).toMatchObject({ notified: 1, lost: 0 });
  });

  it("goes out beside at most seven others", async () => {
    // All at one moment of the simulated clock, however slowly they were sent.
    await using on = await bundle(() => ({ afterMs: 50 }), { timing: { sentAfterMs: 3_600_000 } });
    for (let index = 0; index < 30; index++) await sendAccepted(on.simulator, `+81901234${5000 + index}`);
    on.simulator.advanceClock(3_600_000);
    await vi.waitFor(() => expect(on.simulator.metrics().notifications.notified).toBe(30), { timeout: 5000 });
    expect(on.listener.peak()).toBe(8);
  });

  it("is not sent where the service was not ordered", async () => {
    await using on = await bundle(() => ({}));
    on.simulator.setAccount("botId_dummy", { smsResultUrl: null });
    await sendAccepted(on.simulator, to);
    on.simulator.advanceClock(60_000);
    expect(on.simulator.messages()[0]?.changes.map(({ notification }) => notification)).toEqual(["none", "none"]);
    expect(on.listener.received).toEqual([]);
  });

  it("is lost or doubled at the set rates", async () => {
    await using on = await bundle(() => ({}));
    on.simulator.setFaults({ notificationLost: 1 });
    await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(on.simulator.messages()[0]?.changes[1]?.notification).toBe("lost"));
    on.simulator.setFaults({ notificationTwice: 1 });
    await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(statuses(on.listener)).toEqual(["delivered", "delivered"]));
  });
});

describe("shapes", () => {
  it.each([
    ["camel", { smsMessage: { status: "DELIVERED" }, messageContact: { userContact: to }, destination: "SMS" }],
    ["flat", { status: "success", phoneNumber: to }],
    ["wrapped", { message: { smsmessage: { status: "delivered" }, messageContact: { userContact: to } } }],
  ] as const)("%s says the same in another way", async (smsResultShape, expected) => {
    await using on = await bundle(() => ({}), { smsResultShape });
    const msgId = await sendAccepted(on.simulator, to);
    await vi.waitFor(() => expect(on.listener.received).toHaveLength(1));
    expect(JSON.parse(on.listener.received[0]?.body ?? "")).toMatchObject(expected);
    expect(on.listener.received[0]?.body).toContain(msgId);
  });
});

describe("a reply", () => {
  it("goes to the URL for replies where there is one", async () => {
    await using replies = await startListener();
    await using on = await bundle(() => ({}));
    on.simulator.setAccount("botId_dummy", { moUrl: replies.url });
    const msgId = on.simulator.reply({ from: to, text: "はい", smsNumber: "0005123456" });
    await vi.waitFor(() => expect(replies.received).toHaveLength(1));
    expect(JSON.parse(replies.received[0]?.body ?? "")).toMatchObject({
      smsmessage: { msgId, smsNumber: "0005123456", smsText: "はい", smsTextEnc: "MG8wRA==" },
      messageContact: { userContact: to },
    });
    expect(on.listener.received).toEqual([]);
  });
});

describe("the connection test", () => {
  it("posts the body to every registered URL and tells what passed and how fast", async () => {
    await using failing = await startListener(() => ({ status: 500 }));
    await using on = await bundle(() => ({}), { connectionTestBody: '{"test":true}' });
    on.simulator.setAccount("botId_dummy", { webhookUrl: failing.url });
    const results = await on.simulator.testConnections();
    expect(results).toMatchObject([
      { kind: "webhook", passed: false, posts: [{ status: 500 }, { status: 500 }, { status: 500 }, { status: 500 }] },
      { kind: "sms-result", passed: true, posts: [{ status: 200 }] },
    ]);
    expect(results[1]?.posts[0]?.ms).toBeLessThan(500);
    expect(on.listener.received.map(({ body }) => body)).toEqual(['{"test":true}']);
  });
});
