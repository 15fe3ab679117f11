import type { LookUpRef } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import { type Scripted, type SeenRequest, startScriptedServer } from "../test/scripted-server.ts";
import { smsRouteConfigSchema } from "./route-config.ts";
import { connectSensSms } from "./sms-client.ts";
import type { SmsPayload } from "./sms-content.ts";
import { sensSms } from "./sms-provider.ts";

function smsRoute(changes: Record<string, unknown> = {}) {
  return smsRouteConfigSchema.parse({
    provider: "sens-sms",
    serviceId: "ncp:sms:kr:100000000001:demo",
    accessKey: "TestAccessKey",
    secretKey: "TestSecretKey",
    smsNumber: "0200000000",
    ...changes,
  });
}

const rules = sensSms.rules(sensSms.publicSettings(smsRoute({ smsNumbers: ["0200000001"] })));

function payloadOf(content: Record<string, unknown>, values: string[] = []): SmsPayload {
  const prepared = rules.prepareContent(content);
  if ("issues" in prepared) throw new Error(JSON.stringify(prepared.issues));
  const rendered = prepared.render(values);
  if ("issues" in rendered) throw new Error(JSON.stringify(rendered.issues));
  return rendered.payload as SmsPayload;
}

const message = { id: "m1", recipient: "+821000000001", payload: payloadOf({ text: "안녕하세요" }) };

async function withClient<T>(
  answer: (request: SeenRequest) => Scripted,
  ask: (client: ReturnType<typeof connectSensSms>) => Promise<T>,
) {
  await using server = await startScriptedServer(answer);
  const client = connectSensSms(smsRoute({ baseUrl: `http://127.0.0.1:${server.port}` }), { connections: 2 });
  try {
    return { answer: await ask(client), seen: server.seen };
  } finally {
    await client.close();
  }
}

describe("content", () => {
  test("is stored with its sender and kind of content filled in", () => {
    const prepared = rules.prepareContent({ text: "#{이름}님" });
    expect(prepared).toMatchObject({
      content: { text: "#{이름}님", smsNumber: "0200000000", contentType: "COMM" },
      variables: ["이름"],
    });
  });

  test.each([
    [{ text: "가".repeat(45) }, { type: "SMS" }],
    [{ text: "가".repeat(46) }, { type: "LMS" }],
    [
      { text: "a", subject: "제목" },
      { type: "LMS", subject: "제목" },
    ],
    [
      { text: "a", smsNumber: "0200000001", contentType: "AD" },
      { from: "0200000001", contentType: "AD" },
    ],
  ])("%j goes out as %j", (content, expected) => {
    expect(payloadOf(content)).toMatchObject(expected);
  });

  test.each([
    [{}, "content.text", "wrong-shape"],
    [{ text: "a", title: "b" }, "content.title", "unknown-field"],
    [{ text: " " }, "content.text", "sms-blank"],
    [{ text: "가".repeat(1_001) }, "content.text", "sms-too-long"],
    [{ text: "가".repeat(46), type: "SMS" }, "content.text", "sms-too-long"],
    [{ text: "😀" }, "content.text", "sms-not-encodable"],
    [{ text: "a", smsNumber: "0299999999" }, "content.smsNumber", "sender-not-allowed"],
    [{ text: "#{a" }, "content.text", "unclosed-variable"],
  ])("%j is refused at %s as %s", (content, path, code) => {
    expect(rules.prepareContent(content)).toMatchObject({ issues: [{ path, code }] });
  });

  test("whose values make it too long or can't be encoded is refused for that recipient", () => {
    const prepared = rules.prepareContent({ text: "#{a}", type: "SMS" });
    const render = (value: string) => ("render" in prepared ? prepared.render([value]) : null);
    expect(render("가".repeat(46))).toMatchObject({ issues: [{ code: "sms-too-long" }] });
    expect(render("é")).toMatchObject({ issues: [{ code: "sms-not-encodable" }] });
  });
});

describe("a message", () => {
  const accepted = {
    requestId: "RSMA-1",
    requestTime: "2026-11-20T10:15:00.123",
    statusCode: "202",
    statusName: "success",
  };

  test("is one request, and its request's id is its own", async () => {
    const { answer, seen } = await withClient(
      () => ({ status: 202, body: accepted }),
      (client) => client.send([message]),
    );
    expect(answer).toEqual([
      { kind: "accepted", providerMessageId: "RSMA-1", providerOrderId: "RSMA-1", channel: "sms" },
    ]);
    expect(seen.map(({ method, target, body }) => [method, target, JSON.parse(body)])).toEqual([
      [
        "POST",
        "/sms/v2/services/ncp:sms:kr:100000000001:demo/messages",
        {
          type: "SMS",
          contentType: "COMM",
          countryCode: "82",
          from: "0200000000",
          content: "안녕하세요",
          messages: [{ to: "01000000001" }],
        },
      ],
    ]);
  });

  test.each([
    [{ status: 202, body: { ...accepted, statusName: "fail" } }, { kind: "rejected" }],
    [{ status: 202, body: {} }, { kind: "unknown" }],
    [{ status: 202, body: "<html>" }, { kind: "unknown" }],
    [
      { status: 400, body: { status: 400, errors: ["from"] } },
      { kind: "rejected", reason: "HTTP 400: from" },
    ],
    [
      { status: 429, body: "" },
      { kind: "held", cause: "quota" },
    ],
    [{ status: 500, body: "" }, { kind: "unknown" }],
  ])("answered %j is %j", async (scripted, expected) => {
    const { answer } = await withClient(
      () => scripted,
      (client) => client.send([message]),
    );
    expect(answer).toMatchObject([expected]);
  });

  const listed = {
    requestId: "RSMA-1",
    messageId: "sms-1",
    to: "01000000001",
    content: "안녕하세요",
    status: "COMPLETED",
    statusCode: "0",
    statusName: "success",
    completeTime: "2026-11-20T10:15:05",
  };
  const ref = { messageId: "m1", providerMessageId: "RSMA-1", channel: "sms" };

  test.each([
    [listed, { kind: "status", state: "delivered", rawStatus: "0", at: new Date("2026-11-20T01:15:05Z") }],
    [
      { ...listed, statusCode: "3018", statusName: "fail" },
      { kind: "status", state: "failed", rawStatus: "3018", reason: expect.stringContaining("forgery") },
    ],
    [
      { ...listed, statusCode: "71", statusName: "fail", statusMessage: "단말기 꺼짐" },
      { kind: "status", state: "failed", rawStatus: "71", reason: "71: 단말기 꺼짐" },
    ],
    [
      { ...listed, status: "READY", statusName: undefined },
      { kind: "status", state: "pending", rawStatus: "READY" },
    ],
    [
      { ...listed, status: "PROCESSING" },
      { kind: "status", state: "pending" },
    ],
    [
      { ...listed, status: undefined, completeTime: undefined },
      { kind: "status", state: "pending" },
    ],
    [{ ...listed, statusName: "lost" }, { kind: "failed-check" }],
  ])("whose list says %j is %j", async (row, expected) => {
    const { answer, seen } = await withClient(
      () => ({ status: 200, body: { messages: [row] } }),
      (client) => client.checkStatus([ref]),
    );
    expect(answer).toMatchObject([expected]);
    expect(seen[0]?.query).toEqual({ requestId: "RSMA-1", pageSize: "100" });
  });

  test.each([{ status: 404 }, { status: 200, body: { messages: [] } }, { status: 200, body: {} }])(
    "answered %j is not known yet",
    async (scripted) => {
      const { answer } = await withClient(
        () => scripted,
        (client) => client.checkStatus([ref]),
      );
      expect(answer).toMatchObject([{ kind: "not-known" }]);
    },
  );

  test("of unknown outcome is looked up by number and time, and found under its request's id", async () => {
    const lost: LookUpRef = { ...message, messageId: "m1", postedAt: new Date(Date.now() - 300_000) };
    const found = await withClient(
      () => ({ status: 200, body: { messages: [listed] } }),
      (client) => client.lookUp([lost]),
    );
    expect(found.answer).toEqual([
      { kind: "accepted", providerMessageId: "RSMA-1", providerOrderId: "RSMA-1", channel: "sms" },
    ]);
    expect(Object.keys(found.seen[0]?.query ?? {})).toEqual(["requestStartTime", "requestEndTime", "to", "pageSize"]);
    const gone = await withClient(
      () => ({ status: 404 }),
      (client) => client.lookUp([lost]),
    );
    expect(gone.answer).toMatchObject([{ kind: "missing" }]);
  });
});

describe("a route", () => {
  test.each([
    [{ serviceId: "ncp:kkobizmsg:kr:1:demo" }, "serviceId"],
    [{ smsNumber: "+82200000000" }, "smsNumber"],
    [{ contentType: "X" }, "contentType"],
  ])("with %j is refused at %s", (changes, path) => {
    expect(() => smsRoute(changes)).toThrow(path);
  });

  test("publishes no secret", () => {
    const settings = sensSms.publicSettings(smsRoute({ secretKey: "geheim", accessKey: "geheim" }));
    expect(JSON.stringify(settings)).not.toContain("geheim");
    expect(sensSms.longestCallMs(smsRoute())).toBe(80_000);
  });
});
