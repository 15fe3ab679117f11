import { answering, caFile, httpAnswer, serverTls, startRawServer } from "@hikyaku/exchange/testing";
import { describe, expect, test } from "vitest";
import { type Scripted, type SeenRequest, startScriptedServer } from "../test/scripted-server.ts";
import { servicePath, testClient, testMessage } from "../test/test-route.ts";
import { signatureOf } from "./signature.ts";

const accepted = (nth: number) => ({
  requestId: "RBAA-1",
  requestTime: "2026-11-20T10:15:00.123",
  statusCode: "202",
  statusName: "processing",
  messages: [
    { messageId: `id-${nth}`, to: `0100000000${nth}`, requestStatusCode: "A000", requestStatusName: "success" },
  ],
});

/** Refuses what is signed wrongly or more than five minutes off the server's clock, which runs `aheadMs` ahead. */
function gateway(aheadMs: number, { date = true, secretKey = "TestSecretKey" } = {}) {
  return (request: SeenRequest): Scripted => {
    const now = Date.now() + aheadMs;
    const timestamp = Number(request.headers["x-ncp-apigw-timestamp"]);
    const accessKey = request.headers["x-ncp-iam-access-key"] ?? "";
    const method = request.method as "POST";
    const signature = signatureOf({ method, target: request.target, timestamp, accessKey, secretKey });
    const isRight = request.headers["x-ncp-apigw-signature-v2"] === signature && Math.abs(now - timestamp) <= 300_000;
    const headers: Record<string, string> = date ? { date: new Date(now).toUTCString() } : {};
    headers["x-ncp-apigw-request-id"] = "req-1";
    if (isRight) return { status: 202, body: accepted(1), headers };
    return {
      status: 401,
      body: { error: { errorCode: "200", message: "Authentication Failed", details: "no" } },
      headers,
    };
  };
}

describe("the request", () => {
  test("is signed over the bytes of its path and carries its headers", async () => {
    const received: string[] = [];
    const answer = httpAnswer(202, JSON.stringify(accepted(1)));
    await using server = await startRawServer(answering(answer, received));
    await using client = testClient(server.port);
    await client.send([testMessage(1)]);
    const [head = "", body = ""] = (received[0] ?? "").split("\r\n\r\n");
    const lines = head.split("\r\n");
    expect(lines[0]).toBe(`POST ${servicePath}/messages HTTP/1.1`);
    const value = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const timestamp = Number(value("x-ncp-apigw-timestamp"));
    expect(Math.abs(Date.now() - timestamp)).toBeLessThan(60_000);
    const request = { method: "POST", target: `${servicePath}/messages`, timestamp } as const;
    const keys = { accessKey: "TestAccessKey", secretKey: "TestSecretKey" };
    expect(value("x-ncp-apigw-signature-v2")).toBe(signatureOf({ ...request, ...keys }));
    expect(value("x-ncp-iam-access-key")).toBe("TestAccessKey");
    expect(value("Content-Type")).toBe("application/json; charset=utf-8");
    expect(JSON.parse(body)).toMatchObject({ plusFriendId: "@demo_shop" });
  });

  test("goes out once for each call, over connections that stay open", async () => {
    await using server = await startRawServer(answering(httpAnswer(202, JSON.stringify(accepted(1)))));
    await using client = testClient(server.port);
    for (let count = 0; count < 20; count++) await client.send([testMessage(1)]);
    expect(server.connections()).toBeLessThanOrEqual(2);
  });

  test("trusts the route's own authority", async () => {
    await using server = await startRawServer(answering(httpAnswer(202, JSON.stringify(accepted(1)))), serverTls);
    await using client = testClient(0, { baseUrl: `https://localhost:${server.port}`, tls: { caFile } });
    expect(await client.send([testMessage(1)])).toMatchObject([{ kind: "accepted" }]);
  });

  test("goes through the route's proxy", async () => {
    await using proxy = await startRawServer(async (connection) => {
      await connection.request();
      connection.write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n");
    });
    await using client = testClient(9, { proxy: `http://127.0.0.1:${proxy.port}` });
    expect(await client.send([testMessage(1)])).toMatchObject([{ kind: "retry", cause: "unreachable" }]);
    expect(proxy.connections()).toBe(1);
  });
});

describe("a clock that is wrong", () => {
  test.each([
    ["behind", 600_000],
    ["ahead of", -420_000],
  ])("%s the gateway's is recognised: signed once more, sent, and said", async (word, aheadMs) => {
    await using server = await startScriptedServer(gateway(aheadMs));
    await using client = testClient(server.port);
    expect(await client.send([testMessage(1)])).toMatchObject([
      { kind: "accepted", providerMessageId: "id-1", alarm: expect.stringContaining(`${word} the gateway's`) },
    ]);
    expect(server.seen).toHaveLength(2);
    // From then on the gateway's time is used, and no call is made twice.
    expect(await client.send([testMessage(1)])).toEqual([expect.not.objectContaining({ alarm: expect.anything() })]);
    expect(server.seen).toHaveLength(3);
  });

  test("that was set right meanwhile is recognised too", async () => {
    let aheadMs = 600_000;
    await using server = await startScriptedServer((request) => gateway(aheadMs)(request));
    await using client = testClient(server.port);
    await client.send([testMessage(1)]);
    aheadMs = 0;
    expect(await client.send([testMessage(1)])).toMatchObject([{ kind: "accepted" }]);
    expect(server.seen).toHaveLength(4);
  });

  test("does not excuse wrong keys: the second refusal holds the route and names both", async () => {
    await using server = await startScriptedServer(gateway(600_000, { secretKey: "another" }));
    await using client = testClient(server.port);
    const [outcome] = await client.send([testMessage(1)]);
    expect(outcome).toMatchObject({ kind: "held", cause: "credentials", httpStatus: 401 });
    const reason = outcome?.kind === "held" ? outcome.reason : "";
    expect(reason).toMatch(
      /^HTTP 401 \(code 200\): Authentication Failed \(no\); this machine's clock is \d+ min \d+ s behind/,
    );
    expect(reason).toContain("accessKey and secretKey");
    expect(reason).toContain("request req-1");
    expect(server.seen).toHaveLength(2);
  });
});

describe("a refused signature with a right clock", () => {
  test.each([
    ["with a Date", true],
    ["without one", false],
  ])("%s is asked once and holds the route", async (_, date) => {
    await using server = await startScriptedServer(gateway(0, { secretKey: "another", date }));
    await using client = testClient(server.port);
    expect(await client.send([testMessage(1)])).toMatchObject([
      {
        kind: "held",
        cause: "credentials",
        reason: expect.stringContaining("see whether accessKey and secretKey are right"),
      },
    ]);
    expect(server.seen).toHaveLength(1);
  });
});
