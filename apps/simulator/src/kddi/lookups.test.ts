import { describe, expect, it } from "vitest";
import {
  account,
  call,
  checkStatus,
  guideHeaders,
  messagesPath,
  type RequestParts,
  rcsHeaders,
  sendAccepted,
  sendRcs,
  sendRcsAccepted,
  startFast,
} from "../../test/support.ts";
import type { Simulator, SimulatorOptions } from "../index.ts";

const to = "+819012345678";
const basePath = messagesPath.replace("/messages", "");
const ask = (simulator: Simulator, number: string, parts: RequestParts = {}) =>
  call(simulator, {
    path: `${basePath}/contactCapabilities`,
    body: JSON.stringify({ messageContact: { userContact: number } }),
    ...parts,
    headers: { ...rcsHeaders, ...parts.headers },
  });
const list = (simulator: Simulator, parts: RequestParts = {}) =>
  call(simulator, { method: "GET", path: `${basePath}/subscribers`, headers: rcsHeaders, ...parts });

describe("the capability check", () => {
  it.each([
    ["installed", 200],
    ["uninstalled", 200],
    ["handset-changed", 200],
    ["none", 404],
  ] as const)("app %s is answered %i", async (app, status) => {
    await using simulator = await startFast({ strict: true });
    simulator.setPhone(to, { app, carrier: "au" });
    const answer = await ask(simulator, to);
    expect(answer.status).toBe(status);
    if (status === 200) {
      expect(JSON.parse(answer.text)).toEqual({ capabilities: ["chat", "fileTransfer", "chatBotCommunication"] });
    }
  });

  it.each([
    ["404", 404, expect.anything()],
    ["empty-list", 200, { capabilities: [] }],
    ["empty-object", 200, {}],
  ] as const)("notCapable %s", async (notCapable, status, body) => {
    await using simulator = await startFast({ capability: { notCapable } });
    const answer = await ask(simulator, "+819000000001");
    expect([answer.status, JSON.parse(answer.text)]).toEqual([status, body]);
  });

  const refused: readonly (readonly [string, number, SimulatorOptions, RequestParts, string])[] = [
    ["the tokens of SMS", 400, {}, { headers: guideHeaders }, "function of +Message"],
    ["smsonly with mode 1", 400, {}, { headers: { ...guideHeaders, "x-fallback": "1" } }, "smsonly"],
    ["a wrong token", 401, {}, { headers: { "x-plusmsg-gmp-authorization": "Bearer x" } }, "token"],
    ["no X-Fallback", 400, {}, { headers: { "x-fallback": undefined } }, "X-Fallback"],
    ["GET", 405, {}, { method: "GET", body: "" }, "Method Not Allowed"],
    ["no body", 400, {}, { body: "" }, "empty"],
    ["no contact", 400, {}, { body: "{}" }, "42004"],
    ["a number as people write it", 400, {}, { body: '{"messageContact":{"userContact":"090-1234-5678"}}' }, "42005"],
    ["strict: another mode", 400, { strict: true }, { headers: { "x-fallback": "0" } }, "X-Fallback 1"],
    ["strict: the contact alone", 400, { strict: true }, { body: `{"userContact":"${to}"}` }, "outside messageContact"],
    ["strict: a query", 400, { strict: true }, { path: `${basePath}/contactCapabilities?a=1` }, "query"],
  ];
  it.each(refused)("%s is answered %i", async (_what, status, options, parts, text) => {
    await using simulator = await startFast({ appShare: 1, ...options });
    const answer = await ask(simulator, to, parts);
    expect([answer.status, answer.text]).toEqual([status, expect.stringContaining(text)]);
  });

  it("is asked by GET, as GSMA has it, where the knob says so", async () => {
    await using simulator = await startFast({ capability: { methods: ["GET", "POST"] }, strict: true });
    simulator.setPhone(to, { app: "installed", carrier: "au" });
    const get = (query: string) =>
      ask(simulator, to, { method: "GET", body: "", path: `${basePath}/contactCapabilities?${query}` });
    expect((await get("userContact=%2B819012345678")).status).toBe(200);
    // A plus that is not encoded is a space.
    expect((await get("userContact=+819012345678")).text).toContain("%2B");
    expect((await get("")).text).toContain("42004");
    expect((await ask(simulator, to)).status).toBe(200);
  });

  it("lives at another path when told so, is counted, and is struck by its own faults", async () => {
    await using simulator = await startFast({ capability: { path: "/capability" } });
    expect((await ask(simulator, to)).status).toBe(404);
    const path = `${basePath}/capability`;
    simulator.setFaults({ statusRates: { 502: 1 }, on: "capability" });
    expect((await ask(simulator, to, { path })).status).toBe(502);
    simulator.setFaults({ statusRates: { 502: 1 }, on: "sends" });
    simulator.setPhone(to, { app: "installed", carrier: "au" });
    expect((await ask(simulator, to, { path })).status).toBe(200);
    expect(simulator.metrics()).toMatchObject({ capabilityChecks: 2, sends: 0 });
  });

  it("counts against the TPS like a send", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 1 }], tpsWindow: "sliding" });
    await ask(simulator, to);
    expect((await ask(simulator, to)).status).toBe(503);
  });
});

describe("the subscriber list", () => {
  it("holds who registered, in the order they did, for this account only", async () => {
    await using simulator = await startFast({
      strict: true,
      appShare: 1,
      accounts: [account, { ...account, botId: "second" }],
    });
    expect(JSON.parse((await list(simulator)).text)).toEqual({ subscribers: [] });
    for (const digits of ["02", "01", "02"]) {
      const from = `+8190123456${digits}`;
      simulator.setPhone(from, { app: "installed", carrier: "au" });
      simulator.user.register({ from, botId: "botId_dummy" });
    }
    const answer = await list(simulator);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      200,
      { subscribers: [{ userContact: "+819012345602" }, { userContact: "+819012345601" }] },
    ]);
    const path = `${basePath.replace("botId_dummy", "second")}/subscribers`;
    expect(JSON.parse((await list(simulator, { path })).text)).toEqual({ subscribers: [] });
    simulator.reset();
    expect(JSON.parse((await list(simulator)).text)).toEqual({ subscribers: [] });
  });

  it.each(["cursor", "url"] as const)("comes in pages that name the next by %s", async (nextAs) => {
    await using simulator = await startFast({ subscribers: { pageSize: 2, nextAs } });
    for (let index = 0; index < 5; index++) {
      const from = `+8190123456${10 + index}`;
      simulator.setPhone(from, { app: "installed", carrier: "au" });
      simulator.user.register({ from });
    }
    const seen: string[] = [];
    let path: string | undefined = `${basePath}/subscribers`;
    while (path !== undefined) {
      const page = JSON.parse((await list(simulator, { path })).text) as {
        subscribers: { userContact: string }[];
        next?: string;
      };
      seen.push(...page.subscribers.map(({ userContact }) => userContact));
      if (page.next === undefined) break;
      path =
        nextAs === "url" ? page.next.replace(simulator.gatewayUrl, "") : `${basePath}/subscribers?next=${page.next}`;
    }
    expect(seen).toEqual([10, 11, 12, 13, 14].map((digits) => `+8190123456${digits}`));
    expect((await list(simulator, { path: `${basePath}/subscribers?next=%00` })).status).toBe(400);
  });

  it.each([
    ["POST", 405, { method: "POST", body: "{}" } as RequestParts],
    ["the tokens of SMS", 400, { headers: guideHeaders } as RequestParts],
  ])("%s is answered %i", async (_what, status, parts) => {
    await using simulator = await startFast();
    expect((await list(simulator, parts)).status).toBe(status);
  });
});

describe("the status of a +Message", () => {
  it("is told as the chatbot API has it, and follows the message", async () => {
    await using simulator = await startFast({ strict: true });
    const msgId = await sendRcsAccepted(simulator, "+819000000000");
    simulator.advanceClock(3_600_000);
    const [message] = simulator.messages();
    expect(JSON.parse((await checkStatus(simulator, msgId, { headers: rcsHeaders })).text)).toEqual({
      RCSMessage: { msgId, status: "displayed", timestamp: message?.changes[2]?.at },
    });
  });

  it("is asked with the mode of the send: another is tolerated, in strict mode 400", async () => {
    await using lenient = await startFast();
    const rcs = await sendRcsAccepted(lenient, to);
    expect((await checkStatus(lenient, rcs)).status).toBe(200);
    await using strict = await startFast({ strict: true });
    const sms = await sendAccepted(strict, to);
    const refused = await checkStatus(strict, sms, { headers: rcsHeaders });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("X-Fallback 2")]);
  });
});

it.each([
  ["revoking by PUT", "PUT", `${messagesPath}/some-id/status`],
  ["DELETE", "DELETE", `${messagesPath}/some-id/status`],
] as const)("%s is answered 405: KDDI has POST and GET only", async (_what, method, path) => {
  await using simulator = await startFast();
  await sendRcs(simulator, to);
  const body = '{"RCSMessage":{"status":"canceled"}}';
  expect(await call(simulator, { method, path, body, headers: rcsHeaders })).toMatchObject({
    status: 405,
    headers: { allow: "POST, GET" },
  });
});

it.each(["files", "contactCapabilities/x"])("%s does not exist here", async (name) => {
  await using simulator = await startFast();
  expect((await call(simulator, { path: `${basePath}/${name}`, body: "{}", headers: rcsHeaders })).status).toBe(404);
});
