import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it, vi } from "vitest";
import {
  account,
  call,
  checkStatus,
  guideHeaders,
  messagesPath,
  type RequestParts,
  sample,
  sampleBody,
  send,
  sendAccepted,
  startFast,
  utf16be,
} from "../../test/support.ts";
import type { SimulatorOptions } from "../index.ts";

const to = "+819012345678";

/** The sample with one thing changed; `undefined` takes the thing out. */
function changed(path: string, value: unknown): string {
  const body = JSON.parse(sampleBody(to)) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = body;
  for (const key of keys) at = at[key] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(body);
}

function withText(text: string, encoded = utf16be(text)): string {
  const body = JSON.parse(sampleBody(to)) as { smsmessage: Record<string, unknown> };
  Object.assign(body.smsmessage, { smsText: text, smsTextEnc: encoded });
  return JSON.stringify(body);
}

describe("the guide's request", () => {
  it("is accepted in strict mode and answered as the guide's answer", async () => {
    await using simulator = await startFast({ strict: true });
    const answer = await send(simulator, "+818000000000");
    expect(answer.status).toBe(202);
    expect(answer.text).toMatch(
      /^\{"smsmessage":\{"orderId":"([0-9a-f-]{36})","status":"pending","msgId":"\1","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"\},"Destination":"sms"\}$/,
    );
    expect(simulator.messages({ to: "+818000000000" })).toMatchObject([{ text: sample.text, parts: 1, answered: 202 }]);
  });

  it("is accepted byte by byte from a bare socket, with the header names of the guide", async () => {
    await using simulator = await startFast({ strict: true });
    const body = Buffer.from(sampleBody(to), "utf8");
    const socket = connect(Number(new URL(simulator.gatewayUrl).port), "127.0.0.1");
    socket.write(
      "POST /au/v1/fallback/rcs/bot/v1/botId_dummy/messages HTTP/1.1\r\n" +
        "Host: api.msg-gw.kddi.com\r\n" +
        "Authorization: Basic dGVzdFVzZXI6cGFzc3dvcmQ=\r\n" +
        "Content-Type: application/json\r\n" +
        "X-Plusmsg-mkn-Authorization: Bearer smsonly\r\n" +
        "X-Plusmsg-tmt-Authorization: Bearer smsonly\r\n" +
        "X-Plusmsg-gmp-Authorization: Bearer smsonly\r\n" +
        `X-Fallback: 2\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.subarray(0, 57));
    socket.write(body.subarray(57));
    const [answer] = (await once(socket, "data")) as [Buffer];
    socket.destroy();
    expect(answer.toString("utf8")).toMatch(/^HTTP\/1\.1 202 Accepted\r\n/);
  });
});

interface Step {
  readonly what: string;
  readonly status: number;
  readonly options?: SimulatorOptions;
  readonly parts: RequestParts;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
  readonly code?: number;
}

const otherAccount = { ...account, botId: "another", user: "someone", password: "else" };

/** Protocol notes §19.1, the refusals of each step. */
const steps: readonly Step[] = [
  { what: "1: a source outside the allow-list", status: 403, options: { allowIps: ["192.0.2.0/24"] }, parts: {} },
  {
    what: "3: a wrong password",
    status: 401,
    parts: { headers: { authorization: "Basic dGVzdFVzZXI6d3Jvbmc=" } },
    headers: { "www-authenticate": 'Basic realm="msg-gw"' },
  },
  { what: "3: no Authorization", status: 401, parts: { headers: { authorization: undefined } } },
  { what: "3: another scheme", status: 401, parts: { headers: { authorization: "Bearer dGVzdFVzZXI6cGFzc3dvcmQ=" } } },
  { what: "4: an unknown botId", status: 404, parts: { path: messagesPath.replace("botId_dummy", "nobody") } },
  {
    what: "4: an unknown botId, by the knob",
    status: 403,
    options: { unknownBotStatus: 403 },
    parts: { path: messagesPath.replace("botId_dummy", "nobody") },
  },
  { what: "4: an unknown aggid", status: 404, parts: { path: messagesPath.replace("/au/", "/xx/") } },
  {
    what: "4: a botId of another company",
    status: 404,
    options: { accounts: [account, otherAccount] },
    parts: { path: messagesPath.replace("botId_dummy", "another") },
  },
  { what: "4: an unknown path", status: 404, parts: { path: `${messagesPath}s` } },
  { what: "4: a path without the botId", status: 404, parts: { path: "/v1/rcs/messages" } },
  { what: "5: PUT", status: 405, parts: { method: "PUT" }, headers: { allow: "POST, GET" } },
  { what: "5: GET of the send path", status: 405, parts: { method: "GET" } },
  { what: "7: no X-Fallback", status: 400, parts: { headers: { "x-fallback": undefined } }, text: "X-Fallback" },
  { what: "7: X-Fallback 3", status: 400, parts: { headers: { "x-fallback": "3" } }, text: "X-Fallback" },
  { what: "7: X-Fallback 0 with smsonly", status: 400, parts: { headers: { "x-fallback": "0" } }, text: "smsonly" },
  { what: "7: X-Fallback 1 with smsonly", status: 400, parts: { headers: { "x-fallback": "1" } }, text: "smsonly" },
  {
    what: "7: one token header missing",
    status: 400,
    parts: { headers: { "x-plusmsg-tmt-authorization": undefined } },
    text: "x-plusmsg-tmt-authorization is missing",
  },
  { what: "7: a token without Bearer", status: 401, parts: { headers: { "x-plusmsg-gmp-authorization": "smsonly" } } },
  {
    what: "7: a wrong token, by the knob",
    status: 400,
    options: { badTokenStatus: 400 },
    parts: { headers: { "x-plusmsg-mkn-authorization": "Bearer other" } },
  },
  { what: "8: no Content-Type", status: 400, parts: { headers: { "content-type": undefined } }, text: "Content-Type" },
  { what: "8: another Content-Type", status: 400, parts: { headers: { "content-type": "text/plain" } } },
  { what: "8: no body", status: 400, parts: { body: "" }, code: 42008 },
  { what: "8: broken JSON", status: 400, parts: { body: '{"message":' }, code: 42008 },
  { what: "8: an array", status: 400, parts: { body: "[]" }, code: 42008 },
  {
    what: "8: Shift_JIS",
    status: 400,
    parts: { body: Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0x82, 0xa0]), Buffer.from('"}')]) },
    text: "not UTF-8",
  },
  { what: "8: 300 kB", status: 400, parts: { body: changed("extra", "x".repeat(300_000)) }, text: "262144" },
  {
    what: "9: no messageContact",
    status: 400,
    parts: { body: changed("message.messageContact", undefined) },
    code: 42004,
  },
  {
    what: "9: no userContact",
    status: 400,
    parts: { body: changed("message.messageContact.userContact", undefined) },
    code: 42004,
  },
  ...[
    "09012345678",
    "+81 90-1234-5678",
    "819012345678",
    "+8109012345678",
    "+81312345678",
    "+81901234567",
    "+14155550100",
  ].map((number) => ({
    what: `9: userContact ${number}`,
    status: 400,
    parts: { body: changed("message.messageContact.userContact", number) },
    code: 42005,
  })),
  { what: "9: no smsmessage", status: 400, parts: { body: changed("smsmessage", undefined) }, code: 42009 },
  { what: "9: no smsNumber", status: 400, parts: { body: changed("smsmessage.smsNumber", undefined) } },
  { what: "9: smsNumber as a number", status: 400, parts: { body: changed("smsmessage.smsNumber", 312345678) } },
  { what: "9: smsNumber with +", status: 400, parts: { body: changed("smsmessage.smsNumber", "+81312345678") } },
  {
    what: "9: smsNumber of nobody",
    status: 400,
    parts: { body: changed("smsmessage.smsNumber", "0398765432") },
    text: "not a number of this account",
  },
  { what: "9: no smsText", status: 400, parts: { body: changed("smsmessage.smsText", undefined) }, code: 42015 },
  { what: "9: an empty smsText", status: 400, parts: { body: withText("", "MEI=") }, code: 42015 },
  { what: "9: no smsTextEnc", status: 400, parts: { body: changed("smsmessage.smsTextEnc", undefined) }, code: 42015 },
  {
    what: "9: smsTextEnc without padding",
    status: 400,
    parts: { body: changed("smsmessage.smsTextEnc", sample.encoded.replace("==", "")) },
    text: "base64",
  },
  { what: "9: 661 units", status: 400, parts: { body: withText("あ".repeat(661)) }, code: 42201 },
  { what: "9: dst as a number", status: 400, parts: { body: changed("dst", 0) }, text: "dst" },
  { what: "9: dst 5", status: 400, parts: { body: changed("dst", "5") }, text: "dst" },
  { what: "9: dst null", status: 400, parts: { body: changed("dst", null) }, text: "dst" },
];

describe("each step refuses with its status", () => {
  it.each(steps)("$what → $status", async ({ status, options, parts, headers, text, code }) => {
    await using simulator = await startFast(options);
    const answer = await call(simulator, { body: parts.method === "GET" ? "" : sampleBody(to), ...parts });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject(headers ?? {});
    const { reason } = JSON.parse(answer.text) as { reason: { code: number; text: string } };
    expect(reason.text).toContain(text ?? "");
    if (code !== undefined) expect(reason.code).toBe(code);
    expect(simulator.metrics().accepted).toBe(0);
  });
});

describe("the steps come in their order", () => {
  const wrongPassword = { authorization: "Basic dGVzdFVzZXI6d3Jvbmc=" };
  /** Each request has two faults; the one of the earlier step is answered. */
  const pairs: readonly (readonly [string, number, SimulatorOptions, RequestParts])[] = [
    ["source before Basic", 403, { allowIps: ["192.0.2.1"] }, { headers: wrongPassword }],
    ["Basic before botId", 401, {}, { headers: wrongPassword, path: messagesPath.replace("botId_dummy", "nobody") }],
    ["path before method", 404, {}, { method: "PUT", path: `${messagesPath}s` }],
    ["method before headers", 405, {}, { method: "PUT", headers: { "x-fallback": undefined } }],
    [
      "tokens before Content-Type",
      401,
      {},
      { headers: { "x-plusmsg-mkn-authorization": "Bearer x", "content-type": "a/b" } },
    ],
    ["Content-Type before body", 400, {}, { headers: { "content-type": "a/b" }, body: "{}" }],
  ];
  it.each(pairs)("%s", async (_what, status, options, parts) => {
    await using simulator = await startFast(options);
    expect((await send(simulator, to, parts)).status).toBe(status);
  });

  it("TPS before tokens: a request over the limit is told so whatever else is wrong with it", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 1 }] });
    expect((await send(simulator, to)).status).toBe(202);
    expect((await send(simulator, to, { headers: { "x-fallback": "9" } })).status).toBe(503);
  });

  it("method before TPS: a wrong method is told so also over the limit, and costs no TPS", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 1 }] });
    expect((await send(simulator, to, { method: "PUT" })).status).toBe(405);
    expect((await send(simulator, to)).status).toBe(202);
    expect((await send(simulator, to, { method: "PUT" })).status).toBe(405);
  });

  it("a refused password costs no TPS", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 1 }] });
    expect((await send(simulator, to, { headers: wrongPassword })).status).toBe(401);
    expect((await send(simulator, to)).status).toBe(202);
  });
});

describe("deviations", () => {
  const contact = { userContact: to };
  const sms = { smsNumber: "0312345678", smsText: sample.text, smsTextEnc: sample.encoded };
  const deviations: readonly (readonly [string, RequestParts])[] = [
    [
      "Content-Type is application/json; charset=utf-8",
      { headers: { "content-type": "application/json; charset=utf-8" } },
    ],
    ["the body begins with a byte order mark", { body: `\uFEFF${sampleBody(to)}` }],
    ["the URL has a query", { path: `${messagesPath}?a=1` }],
    ["campaign is unknown", { body: changed("campaign", "c") }],
    ["message.priority is unknown", { body: changed("message.priority", 1) }],
    ["message.messageContact.chatId is unknown", { body: changed("message.messageContact.chatId", "c") }],
    ["smsmessage.id is unknown", { body: changed("smsmessage.id", "c") }],
    [
      "smsmessage is spelled smsMessage",
      { body: JSON.stringify({ message: { messageContact: contact }, smsMessage: sms, dst: "0" }) },
    ],
    [
      "smsmessage is spelled SMSMessage",
      { body: JSON.stringify({ message: { messageContact: contact }, SMSMessage: sms, dst: "0" }) },
    ],
    [
      "messageContact stands beside message",
      { body: JSON.stringify({ message: {}, messageContact: contact, smsmessage: sms, dst: "0" }) },
    ],
    [
      "dst stands inside smsmessage",
      { body: JSON.stringify({ message: { messageContact: contact }, smsmessage: { ...sms, dst: "0" } }) },
    ],
    ["dst is missing", { body: changed("dst", undefined) }],
    ["message.RCSMessage is sent with X-Fallback 2", { body: changed("message.RCSMessage", { textMessage: "不要" }) }],
    ["message.RCSMessage is sent with X-Fallback 2", { body: changed("message.rcsMessage", { textMessage: "不要" }) }],
    ["smsText and smsTextEnc differ", { body: withText("こんにちは", sample.encoded) }],
    ["smsTextEnc begins with a byte order mark", { body: withText("\uFEFFあ") }],
    ["smsTextEnc holds half of a surrogate pair", { body: withText("A", "2D0=") }],
    ["the text is blank", { body: withText(" \n　") }],
  ];
  it.each(deviations)("%s: tolerated and noted, in strict mode 400", async (deviation, parts) => {
    await using lenient = await startFast();
    expect((await send(lenient, to, parts)).status).toBe(202);
    expect(lenient.messages()[0]?.deviations).toContain(deviation);

    await using strict = await startFast({ strict: true });
    const answer = await send(strict, to, parts);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain(deviation);
    expect(strict.messages()).toEqual([]);
  });

  it("texts that differ only by CR are right, also in strict mode; the handset shows smsTextEnc", async () => {
    await using simulator = await startFast({ strict: true });
    // Guide, reference pages: smsText with CRLF, smsTextEnc with LF.
    const body = withText(
      "【SMSサービス正常性確認開始】\r\n個人端末から配信試験実施",
      "MBAAUwBNAFMwtTD8MNMwuWtjXjhgJ3i6io2Vi1nLMBEAClALTrp672crMEswiZFNT+GKZpoTW59lvQ==",
    );
    expect((await call(simulator, { body })).status).toBe(202);
    await vi.waitFor(() =>
      expect(simulator.phone(to).inbox).toMatchObject([
        { text: "【SMSサービス正常性確認開始】\n個人端末から配信試験実施" },
      ]),
    );
  });

  it("the handset shows smsText where the knob says so", async () => {
    await using simulator = await startFast({ sms: { shown: "smsText" } });
    await call(simulator, { body: withText("こんにちは", sample.encoded) });
    expect(simulator.messages()[0]?.text).toBe("こんにちは");
  });

  it("a percent-encoded botId is the same botId", async () => {
    await using simulator = await startFast({ strict: true });
    const path = messagesPath.replace("botId_dummy", "botId%5Fdummy");
    expect((await send(simulator, to, { path })).status).toBe(202);
  });
});

describe("limits", () => {
  it("a request beyond the concurrency is answered 503, and none once one is answered", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, concurrency: 2 }], acceptDelayMs: 1000 });
    const open = [send(simulator, to), send(simulator, to)];
    await vi.waitFor(() => expect(simulator.metrics().peakConcurrency).toBe(2));
    expect((await send(simulator, to)).status).toBe(503);
    expect((await Promise.all(open)).map(({ status }) => status)).toEqual([202, 202]);
    expect((await send(simulator, to)).status).toBe(202);
    expect(simulator.metrics()).toMatchObject({ peakConcurrency: 3, overConcurrency: 1, overTps: 0 });
  });

  it("a client that leaves gives its place back, and its message stays accepted", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, concurrency: 1 }], acceptDelayMs: 60_000 });
    const leave = new AbortController();
    const left = send(simulator, to, { signal: leave.signal }).catch((error: Error) => error.name);
    await vi.waitFor(() => expect(simulator.metrics().accepted).toBe(1));
    leave.abort();
    expect(await left).toBe("AbortError");
    await vi.waitFor(() => expect(simulator.messages()[0]?.answered).toBe("gone"));
    expect((await checkStatus(simulator, "x", { headers: { "x-fallback": undefined } })).status).toBe(400);
  });

  it.each(["bucket", "sliding"] as const)("%s: over the TPS is 503 with Retry-After where set", async (tpsWindow) => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 5 }], tpsWindow, retryAfterS: 2 });
    const answers = [];
    for (let index = 0; index < 7; index++) answers.push(await send(simulator, to));
    expect(answers.slice(0, 5).map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    expect(answers[6]).toMatchObject({ status: 503, headers: { "retry-after": "2" } });
    expect(simulator.metrics().overTps).toBeGreaterThan(0);
  });

  it("limits are each account's own, and may change while it runs", async () => {
    const second = { ...account, botId: "second" };
    await using simulator = await startFast({ accounts: [{ ...account, tps: 1 }, second], tpsWindow: "sliding" });
    expect((await send(simulator, to)).status).toBe(202);
    expect((await send(simulator, to)).status).toBe(503);
    expect((await send(simulator, to, { path: messagesPath.replace("botId_dummy", "second") })).status).toBe(202);
    simulator.setAccount("botId_dummy", { tps: 100 });
    expect((await send(simulator, to)).status).toBe(202);
  });
});

describe("faults", () => {
  it.each([500, 502, 503, 504])("a rate of 1 for %i refuses every send and stores nothing", async (status) => {
    await using simulator = await startFast({ faults: { statusRates: { [status]: 1 } } });
    expect((await send(simulator, to)).status).toBe(status);
    expect(simulator.messages()).toEqual([]);
    expect(simulator.requests(to)).toMatchObject([{ answered: status }]);
  });

  it("a socket closed before storing leaves nothing, one closed after storing leaves the message", async () => {
    await using simulator = await startFast({ faults: { closeBeforeStore: 1 } });
    await expect(send(simulator, to)).rejects.toThrow("other side closed");
    expect(simulator.messages()).toEqual([]);
    simulator.setFaults({ closeAfterStore: 1 });
    await expect(send(simulator, to)).rejects.toThrow("other side closed");
    expect(simulator.requests(to).map(({ answered }) => answered)).toEqual(["closed", "closed"]);
    await vi.waitFor(() => expect(simulator.phone(to).inbox).toHaveLength(1));
  });

  it("a stored status is answered although the user gets the message", async () => {
    await using simulator = await startFast({ faults: { storedStatusRates: { 504: 1 } } });
    expect((await send(simulator, to)).status).toBe(504);
    await vi.waitFor(() => expect(simulator.phone(to).inbox).toHaveLength(1));
  });

  it("faults strike only the accounts and requests they name", async () => {
    const second = { ...account, botId: "second" };
    await using simulator = await startFast({ accounts: [account, second] });
    simulator.setFaults({ statusRates: { 503: 1 }, botIds: ["second"], on: "sends" });
    const msgId = await sendAccepted(simulator, to);
    expect((await checkStatus(simulator, msgId)).status).toBe(200);
    expect((await send(simulator, to, { path: messagesPath.replace("botId_dummy", "second") })).status).toBe(503);
    simulator.setFaults({ statusRates: { 502: 1 }, on: "status" });
    expect((await checkStatus(simulator, msgId)).status).toBe(502);
    expect((await send(simulator, to)).status).toBe(202);
  });

  it("shares of several faults come out as asked for, the same for the same seed", async () => {
    const run = async () => {
      await using simulator = await startFast({ seed: 5, faults: { statusRates: { 500: 0.2, 503: 0.3 } } });
      for (let index = 0; index < 200; index++) await send(simulator, to);
      return simulator.metrics().answers;
    };
    const first = await run();
    expect(first["500"]).toBeGreaterThan(20);
    expect(first["503"]).toBeGreaterThan(30);
    expect(first["202"]).toBeGreaterThan(70);
    expect(await run()).toEqual(first);
  });
});

describe("the record", () => {
  it("every request that named a number is kept with its answer, refused ones too", async () => {
    await using simulator = await startFast({ accounts: [{ ...account, tps: 3 }], tpsWindow: "sliding" });
    await send(simulator, to, { headers: { ...guideHeaders, authorization: "Basic eDp5" } });
    await send(simulator, to, { body: changed("dst", "9") });
    await send(simulator, to);
    await send(simulator, to);
    await send(simulator, to);
    await vi.waitFor(() =>
      expect(simulator.requests(to).map(({ answered }) => answered)).toEqual([401, 400, 202, 202, 503]),
    );
  });

  it("counts traffic: answers, sends, status checks, worst second, series, duplicates", async () => {
    await using simulator = await startFast();
    const msgId = await sendAccepted(simulator, to);
    const again = await sendAccepted(simulator, to);
    await sendAccepted(simulator, "+819012345679");
    await call(simulator, { body: withText("別の本文") });
    await send(simulator, to, { headers: { "x-fallback": "7" } });
    await checkStatus(simulator, msgId);
    const metrics = simulator.metrics();
    expect(metrics).toMatchObject({
      requests: 6,
      sends: 4,
      statusChecks: 1,
      accepted: 4,
      answers: { 202: 4, 400: 1, 200: 1 },
      duplicates: { count: 1, list: [{ to, msgId: again, duplicateOf: msgId }] },
    });
    expect(metrics.worstSecond).toEqual({ requests: 6, accepted: 4 });
    expect(metrics.acceptedPerSecond.reduce((sum, count) => sum + count, 0)).toBe(4);
    expect(metrics.accounts.botId_dummy).toMatchObject({ requests: 6, accepted: 4 });
  });

  it("a reset forgets messages, phones, faults and counts, and keeps the accounts", async () => {
    await using simulator = await startFast();
    simulator.setAccount("botId_dummy", { tps: 77, smsResultUrl: "http://127.0.0.1:9/x" });
    simulator.setPhone(to, { behaviour: "40" });
    simulator.setFaults({ statusRates: { 500: 1 } });
    simulator.advanceClock(1_000_000);
    await send(simulator, to);
    for (let tries = 0; tries < 2; tries++) await send(simulator, "+819000000053");
    simulator.reset();
    expect(simulator.metrics()).toMatchObject({ requests: 0, accepted: 0, answers: {}, messages: { pending: 0 } });
    expect(simulator.requests(to)).toEqual([]);
    expect(simulator.now() - Date.now()).toBeLessThan(1000);
    expect(simulator.accounts()).toMatchObject([{ tps: 77, smsResultUrl: "http://127.0.0.1:9/x" }]);
    expect((await send(simulator, to)).status).toBe(202);
    expect((await send(simulator, "+819000000053")).status).toBe(503);
  });
});
