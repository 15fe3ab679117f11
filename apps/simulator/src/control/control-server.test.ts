import { expect, it, vi } from "vitest";
import { account, send, sendAccepted, startFast, startListener } from "../../test/support.ts";
import type { Simulator } from "../index.ts";

const to = "+819012345678";

async function control(simulator: Simulator, method: string, path: string, body?: unknown) {
  const answer = await fetch(`${simulator.controlUrl}${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

it("is healthy, and is not on the gateway's port", async () => {
  await using simulator = await startFast();
  expect(await control(simulator, "GET", "/healthz")).toEqual({ status: 200, body: { status: "ok" } });
  expect((await fetch(`${simulator.gatewayUrl}/sim/metrics`)).status).toBe(401);
});

it.each(["%2B819012345678", "+819012345678"])("lists messages and requests to %s", async (written) => {
  await using simulator = await startFast();
  const msgId = await sendAccepted(simulator, to);
  await sendAccepted(simulator, "+819012345679");
  const { body } = await control(simulator, "GET", `/sim/messages?to=${written}`);
  expect(body).toMatchObject({ total: 1, messages: [{ msgId, to }], requests: [{ msgId, answered: 202 }] });
});

it("lists all messages page by page", async () => {
  await using simulator = await startFast();
  const ids = [];
  for (let index = 0; index < 5; index++) ids.push(await sendAccepted(simulator, to));
  const { body } = await control(simulator, "GET", "/sim/messages?limit=2&offset=3");
  expect(body).toMatchObject({ total: 5, messages: [{ msgId: ids[3] }, { msgId: ids[4] }] });
});

it("sets a phone and shows its inbox", async () => {
  await using simulator = await startFast();
  const set = await control(simulator, "PUT", `/sim/phones/${to}`, { carrier: "au", behaviour: "08" });
  expect(set.body).toMatchObject({ number: to, carrier: "au", behaviour: "08", power: "on", inbox: [] });
  await sendAccepted(simulator, to);
  await vi.waitFor(async () =>
    expect((await control(simulator, "GET", `/sim/phones/${to}`)).body).toMatchObject({
      inbox: [{ from: "0312345678", text: "これは、SMSテストメッセージです", parts: 1 }],
    }),
  );
});

it("changes accounts, sends replies and tests connections", async () => {
  await using listener = await startListener();
  await using simulator = await startFast();
  const changed = await control(simulator, "PUT", "/sim/accounts/botId_dummy", { tps: 3, smsResultUrl: listener.url });
  expect(changed.body).toMatchObject({ botId: "botId_dummy", tps: 3, baseUrl: `${simulator.gatewayUrl}/au` });
  expect(JSON.stringify(changed.body)).not.toContain(account.password);
  expect((await control(simulator, "POST", "/sim/mo", { from: to, text: "停止" })).body).toMatchObject({ sent: true });
  const test = await control(simulator, "POST", "/sim/connection-test");
  expect(test.body).toMatchObject({ results: [{ kind: "sms-result", passed: true }] });
  await vi.waitFor(() => expect(listener.received).toHaveLength(2));
});

it("sets faults, jumps the clock, counts and resets", async () => {
  await using simulator = await startFast();
  await control(simulator, "PUT", "/sim/faults", { statusRates: { 502: 1 } });
  expect((await send(simulator, to)).status).toBe(502);
  expect((await control(simulator, "GET", "/sim/faults")).body).toMatchObject({ statusRates: { 502: 1 } });
  const { body } = await control(simulator, "POST", "/sim/clock/advance", { ms: 86_400_000 });
  expect(Date.parse(String(body.now)) - Date.now()).toBeGreaterThan(86_000_000);
  expect((await control(simulator, "GET", "/sim/metrics")).body).toMatchObject({ requests: 1, answers: { 502: 1 } });
  await control(simulator, "POST", "/sim/reset");
  expect((await control(simulator, "GET", "/sim/metrics")).body).toMatchObject({ requests: 0 });
  expect((await send(simulator, to)).status).toBe(202);
});

it.each([
  ["PUT", `/sim/phones/${to}`, { behaviour: "99" }, 400, "behaviour: must be one of"],
  ["PUT", `/sim/phones/${to}`, { power: "tomorrow" }, 400, "power"],
  ["PUT", "/sim/phones/0901234", {}, 400, "must be a number such as"],
  ["PUT", "/sim/faults", { statusRates: { 500: 2 } }, 400, "statusRates.500"],
  ["PUT", "/sim/faults", { statusRates: { 500: 0.6, 502: 0.6 } }, 400, "add up to more than 1"],
  ["PUT", "/sim/accounts/nobody", {}, 404, 'botId "nobody"'],
  ["PUT", "/sim/accounts/botId_dummy", { tps: 0 }, 400, "tps"],
  ["POST", "/sim/mo", { text: "x" }, 400, "from"],
  ["POST", "/sim/clock/advance", { ms: -1 }, 400, "ms"],
  ["GET", "/sim/messages?limit=0", undefined, 400, "limit"],
] as const)("%s %s %j is refused by name", async (method, path, body, status, text) => {
  await using simulator = await startFast();
  const answer = await control(simulator, method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(text);
});
