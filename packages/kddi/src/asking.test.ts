import { answering, httpAnswer, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { plusTokens, testClient } from "../test/test-route.ts";

const tokens = { tokens: plusTokens };
const number = "+818000000000";

async function ask(status: number, body: unknown, changes: Record<string, unknown> = {}, provenBefore = false) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  await using server = await startRawServer(answering(httpAnswer(status, text)));
  await using client = testClient(server.port, { ...tokens, ...changes });
  const [answer] = (await client.checkCapability?.([number], { provenBefore })) ?? [];
  return answer;
}

/** Answers (protocol notes §10) → verdict. */
const verdicts: [label: string, status: number, body: unknown, kind: string][] = [
  ["GSMA's list", 200, { capabilities: ["chat", "fileTransfer", "chatBotCommunication"] }, "capable"],
  ["chat alone, in capitals", 200, { Capabilities: ["CHAT"] }, "capable"],
  ["a bare list", 200, ["chatBotCommunication"], "capable"],
  ["a list deeper down", 200, { result: { capabilities: ["chat"] } }, "capable"],
  ["a list without them", 200, { capabilities: ["videoCall"] }, "not-capable"],
  ["an empty list", 200, { capabilities: [] }, "not-capable"],
  ["an empty object", 200, {}, "not-capable"],
  ["capable: true", 200, { capable: true }, "capable"],
  ["result: false", 200, { result: false }, "not-capable"],
  ["result: true as a text", 200, { result: "true" }, "capable"],
  ["result: chat", 200, { result: "chat" }, "capable"],
  ["result: NG", 200, { result: "NG" }, "not-capable"],
  ["something else", 200, { foo: 1 }, "failed-check"],
  ["no JSON", 200, "<html>", "failed-check"],
  ["no body", 200, "", "failed-check"],
  ["404 before any was capable", 404, "", "not-available"],
  ["405", 405, "", "not-available"],
  ["400", 400, { reason: { text: "bad contact" } }, "failed-check"],
  ["401", 401, "", "held"],
  ["403", 403, "", "held"],
  ["429", 429, "", "throttled"],
  ["500", 500, "", "failed-check"],
  ["503", 503, "", "throttled"],
];

describe("the capability check", () => {
  test.each(verdicts)("%s", async (_, status, body, kind) => {
    expect(await ask(status, body)).toMatchObject({ kind });
  });

  test("is a POST with real tokens, mode 1 and the number", async () => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(200, "{}"), received));
    await using client = testClient(server.port, tokens);
    await client.checkCapability?.([number]);
    const [request = ""] = received;
    expect(request).toContain("POST /au/v1/fallback/rcs/bot/v1/botId_dummy/contactCapabilities HTTP/1.1\r\n");
    expect(request).toContain("X-Plusmsg-tmt-Authorization: Bearer docomo-token\r\n");
    expect(request).toContain("X-Fallback: 1\r\n");
    expect(request.endsWith('\r\n\r\n{"messageContact":{"userContact":"+818000000000"}}')).toBe(true);
  });

  test.each([
    [{ method: "GET" }, `GET …/contactCapabilities?userContact=%2B818000000000`],
    [{ method: "GET", path: "/cap?x=1" }, `GET …/cap?x=1&userContact=%2B818000000000`],
    [{ method: "GET", path: "/cap/{userContact}" }, `GET …/cap/%2B818000000000`],
    [
      { path: "/contacts/{userContact}/check", body: '{"to":["{userContact}"]}' },
      `POST …/contacts/%2B818000000000/check`,
    ],
  ])("with %j asks so", async (capability, line) => {
    const received: string[] = [];
    await using server = await startRawServer(answering(httpAnswer(200, "{}"), received));
    await using client = testClient(server.port, { ...tokens, capability });
    await client.checkCapability?.([number]);
    const [request = ""] = received;
    const base = "/au/v1/fallback/rcs/bot/v1/botId_dummy";
    expect(request.slice(0, request.indexOf("\r\n"))).toBe(`${line.replace("…", base)} HTTP/1.1`);
    if ("body" in capability) expect(request.endsWith('{"to":["+818000000000"]}')).toBe(true);
    if (line.startsWith("GET")) expect(request.endsWith("\r\n\r\n")).toBe(true);
  });

  test("reads the route's own words", async () => {
    expect(await ask(200, { result: "ok" }, { capability: { okValues: ["OK"] } })).toMatchObject({ kind: "capable" });
  });

  test("takes a 404 for an answer once a number was found capable, by this client or before", async () => {
    expect(await ask(404, "", {}, true)).toMatchObject({ kind: "not-capable" });
    let asked = 0;
    await using server = await startRawServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        const capable = request.toString().includes("+818011111111");
        asked++;
        connection.write(capable ? httpAnswer(200, '{"capabilities":["chat"]}') : httpAnswer(404, ""));
      }
    });
    await using client = testClient(server.port, tokens);
    expect(await client.checkCapability?.([number])).toMatchObject([{ kind: "not-available" }]);
    // One list, in which the capable one stands last.
    expect(await client.checkCapability?.([number, "+818011111111"])).toMatchObject([
      { kind: "not-capable" },
      { kind: "capable", capabilities: ["chat"] },
    ]);
    expect(await client.checkCapability?.([number])).toMatchObject([{ kind: "not-capable" }]);
    expect(asked).toBe(4);
  });

  test("and the subscriber list are not asked for by an account for SMS only", async () => {
    await using server = await startRawServer(answering(httpAnswer(200, "{}")));
    await using client = testClient(server.port);
    expect(await client.checkCapability?.([number])).toMatchObject([{ kind: "not-available" }]);
    expect(await client.listSubscribers?.()).toMatchObject({ kind: "not-available" });
    expect(server.connections()).toBe(0);
  });

  test("has no answer when nobody is there", async () => {
    await using client = testClient(9, tokens);
    expect(await client.checkCapability?.([number])).toMatchObject([{ kind: "failed-check" }]);
  });
});

const numbers = ["+818000000001", "+818000000002"];
const lists: [label: string, body: unknown][] = [
  ["the assumed form", { subscribers: numbers.map((userContact) => ({ userContact })) }],
  ["a bare list of objects", numbers.map((userContact) => ({ userContact }))],
  ["a bare list of texts", numbers],
  ["another name, other spellings", { total: 2, items: [{ USERCONTACT: "08000000001" }, { msisdn: "818000000002" }] }],
  [
    "one level deeper",
    { data: { list: numbers.map((number) => ({ messageContact: { userContact: `tel:${number}` } })) } },
  ],
];

describe("the subscriber list", () => {
  test.each(lists)("in %s is read", async (_, body) => {
    await using server = await startRawServer(answering(httpAnswer(200, JSON.stringify(body))));
    await using client = testClient(server.port, tokens);
    expect(await client.listSubscribers?.()).toEqual({ kind: "page", recipients: numbers, unreadable: 0, next: null });
  });

  test("counts what it can't read", async () => {
    const body = { subscribers: [{ userContact: numbers[0] }, { userContact: "anonymous" }, { chatId: "x" }, null] };
    await using server = await startRawServer(answering(httpAnswer(200, JSON.stringify(body))));
    await using client = testClient(server.port, tokens);
    expect(await client.listSubscribers?.()).toMatchObject({ recipients: [numbers[0]], unreadable: 3 });
  });

  test("may be empty, and may be larger than any other answer", async () => {
    const many = Array.from({ length: 20_000 }, (_, index) => ({ userContact: `+8180${10_000_000 + index}` }));
    for (const [body, count] of [
      [{}, 0],
      [{ subscribers: [] }, 0],
      [{ subscribers: many }, many.length],
    ] as const) {
      await using server = await startRawServer(answering(httpAnswer(200, JSON.stringify(body))));
      await using client = testClient(server.port, tokens);
      const page = await client.listSubscribers?.();
      expect(page?.kind === "page" && page.recipients.length).toBe(count);
    }
  });

  /** Answers three pages, each named by the one before as `next` says it. */
  async function walk(nextOf: (page: number, origin: string) => unknown, changes: Record<string, unknown> = {}) {
    const lines: string[] = [];
    let origin = "";
    await using server = await startRawServer(async (connection) => {
      for (let request = await connection.request(); request !== null; request = await connection.request()) {
        lines.push(request.toString().split(" HTTP")[0]?.replace("/au/v1/fallback/rcs/bot/v1/botId_dummy", "…") ?? "");
        const page = lines.length;
        const next = page < 3 ? nextOf(page + 1, origin) : null;
        connection.write(httpAnswer(200, JSON.stringify({ subscribers: [numbers[0]], next })));
      }
    });
    origin = `http://127.0.0.1:${server.port}`;
    await using client = testClient(server.port, { ...tokens, ...changes });
    const pages = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await client.listSubscribers?.(cursor);
      pages.push(page?.kind);
      cursor = page?.kind === "page" ? page.next : null;
    }
    return { lines, pages };
  }

  const pages = ["page", "page", "page"];
  test.each([
    [
      "a cursor",
      (page: number) => `c/${page}`,
      {},
      ["GET …/subscribers", "GET …/subscribers?next=c%2F2", "GET …/subscribers?next=c%2F3"],
    ],
    [
      "a number",
      (page: number) => page,
      {},
      ["GET …/subscribers", "GET …/subscribers?next=2", "GET …/subscribers?next=3"],
    ],
    [
      "a cursor for another parameter",
      (page: number) => `c${page}`,
      { subscribers: { path: "/list?size=100", nextParameter: "cursor" } },
      ["GET …/list?size=100", "GET …/list?size=100&cursor=c2", "GET …/list?size=100&cursor=c3"],
    ],
    ["a path", (page: number) => `/more?p=${page}`, {}, ["GET …/subscribers", "GET /more?p=2", "GET /more?p=3"]],
    [
      "an address of the same host",
      (page: number, origin: string) => `${origin}/more?p=${page}`,
      {},
      ["GET …/subscribers", "GET /more?p=2", "GET /more?p=3"],
    ],
  ] as const)("is followed by %s", async (_, nextOf, changes, lines) => {
    expect(await walk(nextOf, changes)).toEqual({ lines: [...lines], pages });
  });

  test("is never followed to another host, with our credentials", async () => {
    const { lines, pages: read } = await walk(() => "https://other.example/steal");
    expect(read).toEqual(["failed-check"]);
    expect(lines).toHaveLength(1);
  });

  test("that leads in a circle ends", async () => {
    const { pages: read } = await walk(() => "again");
    expect(read).toEqual(["page", "failed-check"]);
    await using server = await startRawServer(answering(httpAnswer(200, '{"subscribers":[],"next":"b"}')));
    await using client = testClient(server.port, tokens);
    expect(await client.listSubscribers?.("10000:a")).toMatchObject({ kind: "failed-check" });
  });

  test.each([
    [404, "not-available"],
    [401, "held"],
    [503, "throttled"],
    [500, "failed-check"],
  ])("answered with %i is %s", async (status, kind) => {
    await using server = await startRawServer(answering(httpAnswer(status, "")));
    await using client = testClient(server.port, tokens);
    expect(await client.listSubscribers?.()).toMatchObject({ kind });
  });

  test.each([
    ["no list", '{"ok":true}'],
    ["no JSON", "<html>"],
  ])("with %s is not taken for an empty one", async (_, body) => {
    await using server = await startRawServer(answering(httpAnswer(200, body)));
    await using client = testClient(server.port, tokens);
    expect(await client.listSubscribers?.()).toMatchObject({ kind: "failed-check" });
  });
});
