import { expect, it, vi } from "vitest";
import {
  account,
  events,
  eventWords,
  send,
  sendAccepted,
  sendRcs,
  sendRcsAccepted,
  startFast,
  startListener,
} from "../../test/support.ts";
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

const withChips = {
  textMessage: "どうしますか",
  suggestedChipList: {
    suggestions: [
      { reply: { displayText: "はい", postback: { data: "yes" } } },
      {
        action: {
          displayText: "端末情報",
          postback: { data: "device" },
          deviceAction: { requestDeviceSpecifics: {} },
        },
      },
      { action: { displayText: "現在地", postback: { data: "place" }, mapAction: { requestLocationPush: {} } } },
    ],
  },
};

/** A phone with the app that has one +Message with buttons, not read. */
async function withMessage() {
  const listener = await startListener();
  const simulator = await startFast({
    accounts: [{ ...account, webhookUrl: listener.url }],
    webhookStates: ["displayed"],
  });
  simulator.setPhone(to, { app: "installed", carrier: "softbank", read: "never" });
  const msgId = await sendRcsAccepted(simulator, to, withChips);
  await vi.waitFor(() => expect(simulator.phone(to).inbox).toHaveLength(1));
  return {
    listener,
    simulator,
    msgId,
    async [Symbol.asyncDispose]() {
      await simulator.close();
      await listener[Symbol.asyncDispose]();
    },
  };
}

it("lists the phones, the latest first, by the digits they contain", async () => {
  await using simulator = await startFast();
  for (const digits of ["1", "2", "3"]) await sendAccepted(simulator, `+81901234567${digits}`);
  simulator.setPhone("+817011112222", { power: "off" });
  const { body } = await control(simulator, "GET", "/sim/phones");
  expect(body).toMatchObject({
    phones: [
      { number: "+819012345673" },
      { number: "+819012345672" },
      { number: "+819012345671" },
      { number: "+817011112222", power: "off", inboxCount: 0 },
    ],
  });
  const found = await control(simulator, "GET", "/sim/phones?digits=9012345&limit=2");
  expect(found.body).toMatchObject({ phones: [{ number: "+819012345673" }, { number: "+819012345672" }] });
});

it("taps a button by its place, by its text, or the first; whoever taps has read", async () => {
  await using on = await withMessage();
  const { simulator, msgId } = on;
  const tap = (body: object) => control(simulator, "POST", "/sim/rcs/response", { from: to, ...body });
  expect((await tap({})).body).toMatchObject({ sent: true });
  await vi.waitFor(() => expect(eventWords(on.listener).sort()).toEqual(["messageStatus displayed", "response"]));
  await tap({ msgId, suggestion: "端末情報" });
  await vi.waitFor(() => expect(on.listener.received).toHaveLength(4));
  await tap({ suggestion: 2 });
  await vi.waitFor(() => expect(on.listener.received).toHaveLength(6));
  const told = JSON.stringify(
    events(on.listener).map(({ RCSMessage: { msgId: _id, timestamp: _at, ...rest } }) => rest),
  );
  for (const part of [
    '{"suggestedResponse":{"response":{"reply":{"displayText":"はい","postback":{"data":"yes"}}}}}',
    '{"suggestedResponse":{"response":{"action":{"displayText":"端末情報","postback":{"data":"device"}}}}}',
    '{"sharedData":{"deviceSpecifics":{"deviceModel":',
    '{"geolocationPushMessage":{"pos":"35.684068 139.774503"',
  ]) {
    expect(told).toContain(part);
  }
  const texts = simulator.phone(to).acts.map(({ text }) => text);
  expect(texts).toEqual(["はい", "端末情報", "Hikyaku Simulator", "現在地", ""]);
});

it("writes by +Message, sends a place and a file, registers and reads", async () => {
  await using on = await withMessage();
  const { simulator, msgId } = on;
  const from = to;
  expect((await control(simulator, "POST", "/sim/rcs/read", { from })).body).toEqual({ read: [msgId] });
  expect((await control(simulator, "POST", "/sim/rcs/read", { from, msgId })).body).toEqual({ read: [] });
  await control(simulator, "POST", "/sim/rcs/message", { from, text: "予約したい" });
  const geolocationPushMessage = { pos: "35.0 139.0", label: "ここ" };
  await control(simulator, "POST", "/sim/rcs/message", { from, content: { geolocationPushMessage } });
  const fileMessage = { fileUrl: "https://a.jp/1.jpg", fileName: "1.jpg", fileMIMEType: "image/jpeg", fileSize: 12 };
  await control(simulator, "POST", "/sim/rcs/message", { from, content: { fileMessage } });
  await control(simulator, "POST", "/sim/rcs/new-user", { from });
  await vi.waitFor(() => expect(on.listener.received).toHaveLength(5));
  expect(eventWords(on.listener).sort()).toEqual([
    "message",
    "message",
    "message",
    "messageStatus displayed",
    "newUser",
  ]);
  const contents = events(on.listener).map(({ RCSMessage }) => RCSMessage);
  expect(contents).toContainEqual(expect.objectContaining({ textMessage: "予約したい" }));
  expect(contents).toContainEqual(expect.objectContaining({ geolocationPushMessage }));
  expect(contents).toContainEqual(expect.objectContaining({ fileMessage }));
  expect((await control(simulator, "GET", `/sim/phones/${to}`)).body).toMatchObject({
    registeredWith: ["botId_dummy"],
    acts: [
      { kind: "message" },
      { kind: "message" },
      { kind: "message" },
      { kind: "newUser", notification: "notified" },
    ],
  });
});

it("whoever writes by +Message has read what came", async () => {
  await using on = await withMessage();
  await control(on.simulator, "POST", "/sim/rcs/message", { from: to, text: "はい" });
  expect(on.simulator.messages({ to })[0]?.state).toBe("displayed");
});

it("tells why something could not be told", async () => {
  await using simulator = await startFast({ accounts: [{ ...account, sharedNumbers: ["0005123456"] }] });
  simulator.setPhone(to, { app: "installed", carrier: "au" });
  expect((await control(simulator, "POST", "/sim/rcs/new-user", { from: to })).body).toEqual({
    sent: false,
    reason: "no-url",
    why: "botId_dummy has no webhookUrl",
  });
  expect((await control(simulator, "POST", "/sim/mo", { from: to, text: "x" })).body).toMatchObject({
    sent: false,
    reason: "not-shared",
  });
  const shared = { from: to, text: "x", smsNumber: "0005123456" };
  expect((await control(simulator, "POST", "/sim/mo", shared)).body).toMatchObject({ sent: false, reason: "no-url" });
});

it.each([
  ["phone-off", { power: "off" }, "/sim/mo", { text: "x" }],
  ["phone-off", { power: "off" }, "/sim/rcs/message", { text: "x" }],
  ["no-app", { app: "uninstalled" }, "/sim/rcs/message", { text: "x" }],
  ["no-app", { app: "none" }, "/sim/rcs/new-user", {}],
  ["no-app", { app: "handset-changed" }, "/sim/rcs/read", {}],
  ["no-message", {}, "/sim/rcs/response", { msgId: "unknown" }],
  ["no-message", {}, "/sim/rcs/read", { msgId: "unknown" }],
  ["no-button", {}, "/sim/rcs/response", { suggestion: "いいえ" }],
  ["no-button", {}, "/sim/rcs/response", { suggestion: 3 }],
] as const)("%s: what no real phone could do is answered 409", async (reason, patch, path, body) => {
  await using on = await withMessage();
  on.simulator.setPhone(to, patch);
  const answer = await control(on.simulator, "POST", path, { from: to, ...body });
  expect(answer).toMatchObject({ status: 409, body: { reason, error: expect.any(String) } });
  expect(on.listener.received).toEqual([]);
});

it("a number without any +Message has no button", async () => {
  await using on = await withMessage();
  on.simulator.setPhone("+819000000000", { app: "installed" });
  await sendRcs(on.simulator, "+819000000000");
  const answer = await control(on.simulator, "POST", "/sim/rcs/response", { from: "+819000000000" });
  expect(answer).toMatchObject({ status: 409, body: { reason: "no-button" } });
});

it("does not act for pages of other sites", async () => {
  await using simulator = await startFast();
  const attempt = (origin: string) =>
    fetch(`${simulator.controlUrl}/sim/reset`, { method: "POST", headers: { origin } }).then(({ status }) => status);
  expect(await attempt("https://evil.example")).toBe(403);
  expect(await attempt("null")).toBe(403);
  expect(await attempt(simulator.controlUrl)).toBe(200);
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
  ["PUT", `/sim/phones/${to}`, { app: "deleted" }, 400, "app"],
  ["PUT", `/sim/phones/${to}`, { carrier: "rakuten", app: "installed" }, 400, "Rakuten has no +Message app"],
  ["PUT", `/sim/phones/${to}`, { read: -1 }, 400, "read"],
  ["GET", "/sim/phones?digits=+81", undefined, 400, "digits"],
  ["POST", "/sim/rcs/message", { from: to }, 400, "text or content"],
  ["POST", "/sim/rcs/message", { from: to, text: "x", content: { textMessage: "x" } }, 400, "not both"],
  ["POST", "/sim/rcs/message", { from: to, content: { richcardMessage: {} } }, 400, "content"],
  ["POST", "/sim/rcs/message", { from: to, content: { fileMessage: { fileUrl: "x" } } }, 400, "content"],
  ["POST", "/sim/rcs/message", { from: to, text: "x", botId: "nobody" }, 404, 'botId "nobody"'],
  ["POST", "/sim/rcs/response", { from: to, suggestion: -1 }, 400, "suggestion"],
  ["POST", "/sim/rcs/new-user", { from: "090" }, 400, "from"],
  ["POST", "/sim/clock/advance", { ms: -1 }, 400, "ms"],
  ["GET", "/sim/messages?limit=0", undefined, 400, "limit"],
] as const)("%s %s %j is refused by name", async (method, path, body, status, text) => {
  await using simulator = await startFast({ appShare: 1 });
  const answer = await control(simulator, method, path, body);
  expect(answer.status).toBe(status);
  expect(answer.body.error).toContain(text);
});
