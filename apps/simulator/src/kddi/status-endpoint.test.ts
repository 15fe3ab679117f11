import { describe, expect, it, vi } from "vitest";
import { account, call, checkStatus, messagesPath, sendAccepted, startFast } from "../../test/support.ts";

const to = "+819012345678";
const dayMs = 86_400_000;

describe("the status API", () => {
  it("tells pending, sent, delivered, with the time of the change", async () => {
    await using simulator = await startFast({ timing: { sentAfterMs: 3_600_000, deliveredAfterMs: 3_600_000 } });
    const msgId = await sendAccepted(simulator, to);
    const states = [];
    for (let index = 0; index < 3; index++) {
      const answer = await checkStatus(simulator, msgId);
      expect(answer.status).toBe(200);
      states.push(JSON.parse(answer.text));
      simulator.advanceClock(3_600_000);
    }
    const [message] = simulator.messages();
    const times = [message?.acceptedAt, message?.changes[0]?.at, message?.changes[1]?.at];
    expect(states).toEqual(
      ["pending", "sent", "delivered"].map((status, index) => ({
        smsmessage: { orderId: msgId, status, msgId, timestamp: times[index] },
        Destination: "sms",
      })),
    );
  });

  it("knows a message for 31 simulated days", async () => {
    await using simulator = await startFast();
    const msgId = await sendAccepted(simulator, to);
    simulator.advanceClock(31 * dayMs - 60_000);
    expect((await checkStatus(simulator, msgId)).status).toBe(200);
    simulator.advanceClock(120_000);
    expect((await checkStatus(simulator, msgId)).status).toBe(404);
  });

  it("answers with the set status after that", async () => {
    await using simulator = await startFast({ expiredStatus: 410, retentionDays: 1 });
    const msgId = await sendAccepted(simulator, to);
    simulator.advanceClock(dayMs + 60_000);
    expect((await checkStatus(simulator, msgId)).status).toBe(410);
  });

  it("does not know other msgIds, nor those of another botId", async () => {
    await using simulator = await startFast({ accounts: [account, { ...account, botId: "second" }] });
    const msgId = await sendAccepted(simulator, to);
    expect((await checkStatus(simulator, "05840e5f-fbe3-41c3-8af9-a3e363d5a678")).status).toBe(404);
    const path = `${messagesPath.replace("botId_dummy", "second")}/${msgId}/status`;
    expect((await call(simulator, { method: "GET", path })).status).toBe(404);
  });

  it.each([
    ["password", { authorization: "Basic eDp5" }, 401],
    ["X-Fallback", { "x-fallback": undefined }, 400],
    ["tokens", { "x-plusmsg-gmp-authorization": "Bearer x" }, 401],
  ])("wants the headers of the send: %s", async (_what, headers, status) => {
    await using simulator = await startFast();
    const msgId = await sendAccepted(simulator, to);
    expect((await checkStatus(simulator, msgId, { headers })).status).toBe(status);
  });

  it.each([
    ["no Content-Type", { headers: { "content-type": undefined } }],
    ["a body", { body: "{}" }],
  ])("%s: tolerated, in strict mode 400", async (_what, parts) => {
    await using lenient = await startFast();
    expect((await checkStatus(lenient, await sendAccepted(lenient, to), parts)).status).toBe(200);
    await using strict = await startFast({ strict: true });
    const msgId = await sendAccepted(strict, to);
    expect((await checkStatus(strict, msgId, parts)).status).toBe(400);
    expect((await checkStatus(strict, msgId)).status).toBe(200);
  });

  it("lives at another path when told so", async () => {
    await using simulator = await startFast({ statusPath: "/status/{msgId}" });
    const msgId = await sendAccepted(simulator, to);
    expect((await checkStatus(simulator, msgId)).status).toBe(404);
    const path = messagesPath.replace("/messages", `/status/${msgId}`);
    expect((await call(simulator, { method: "GET", path })).status).toBe(200);
  });

  it("counts against the TPS like a send", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 2 }], tpsWindow: "sliding" });
    const msgId = await sendAccepted(simulator, to);
    expect((await checkStatus(simulator, msgId)).status).toBe(200);
    expect((await checkStatus(simulator, msgId)).status).toBe(503);
  });

  it("answers also after every notification was lost", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, smsResultUrl: "http://127.0.0.1:1/" }] });
    const msgId = await sendAccepted(simulator, to);
    await vi.waitFor(() => expect(simulator.metrics().notifications.lost).toBe(2));
    expect((await checkStatus(simulator, msgId)).text).toContain('"status":"delivered"');
  });
});
