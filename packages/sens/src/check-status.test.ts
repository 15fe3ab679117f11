import { describe, expect, test } from "vitest";
import { type Scripted, type SeenRequest, startScriptedServer } from "../test/scripted-server.ts";
import { servicePath, testClient } from "../test/test-route.ts";

const listed = (nth: number, changes: Record<string, unknown> = {}) => ({
  requestId: "R1",
  messageId: `id-${nth}`,
  requestTime: "2026-11-20T10:15:00.123",
  completeTime: "2026-11-20T10:15:03",
  to: "01000000001",
  requestStatusCode: "A000",
  requestStatusName: "success",
  messageStatusCode: "0000",
  messageStatusName: "success",
  useSmsFailover: false,
  ...changes,
});
const page = (messages: unknown[], changes: Record<string, unknown> = {}) => ({
  statusCode: "202",
  statusName: "success",
  messages,
  pageSize: 100,
  pageIndex: 0,
  itemCount: messages.length,
  hasMore: false,
  ...changes,
});
const failedNow = {
  messageStatusCode: "3019",
  messageStatusName: "fail",
  useSmsFailover: true,
  completeTime: new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 19),
};
const ref = (nth: number, providerOrderId: string | null = "R1") => ({
  messageId: `m${nth}`,
  providerMessageId: `id-${nth}`,
  providerOrderId,
  channel: "alimtalk",
});

async function check(refs: ReturnType<typeof ref>[], answer: (request: SeenRequest, nth: number) => Scripted) {
  await using server = await startScriptedServer(answer);
  await using client = testClient(server.port);
  return {
    answers: await client.checkStatus(refs),
    seen: server.seen.map(({ method, target }) => `${method} ${target}`),
  };
}

describe("the results of one request", () => {
  test("are one list call of 100, whose entries may come in any order", async () => {
    const numbers = Array.from({ length: 100 }, (_, index) => index + 1);
    const body = page([...numbers].reverse().map((nth) => listed(nth)));
    const { answers, seen } = await check(
      numbers.map((nth) => ref(nth)),
      () => ({ status: 200, body }),
    );
    expect(seen).toEqual([`GET ${servicePath}/messages?requestId=R1&pageSize=100`]);
    expect(answers).toEqual(
      numbers.map(() => ({
        kind: "status",
        state: "delivered",
        rawStatus: "0000",
        at: new Date("2026-11-20T01:15:03Z"),
      })),
    );
  });

  test("are read page by page where the gateway gives smaller ones", async () => {
    const { answers, seen } = await check([ref(1), ref(2), ref(3)], ({ query }) => {
      const nth = Number(query.nextToken?.slice(1) ?? 1);
      return { status: 200, body: page([listed(nth)], nth < 3 ? { hasMore: true, nextToken: `t${nth + 1}` } : {}) };
    });
    expect(answers.map((answer) => answer.kind)).toEqual(["status", "status", "status"]);
    expect(seen.map((target) => target.split("&nextToken=")[1])).toEqual([undefined, "t2", "t3"]);
  });

  test("end when a gateway repeats its page for ever", async () => {
    const { answers, seen } = await check([ref(9)], () => ({
      status: 200,
      body: page([listed(1)], { hasMore: true, nextToken: "t" }),
    }));
    expect(answers).toMatchObject([{ kind: "not-known" }]);
    expect(seen).toHaveLength(2);
  });

  test("of two requests are two list calls", async () => {
    const { seen } = await check([ref(1, "R1"), ref(2, "R2"), ref(3, "R1")], () => ({ status: 404 }));
    expect(seen).toHaveLength(2);
  });

  test.each([
    ["an empty 404", { status: 404 }],
    ["a 404 of SENS", { status: 404, body: { status: 404, errors: ["no messages"] } }],
    ["no messages in the list", { status: 200, body: { requestId: "R1", statusCode: "202", statusName: "reserved" } }],
    ["an empty list", { status: 200, body: page([]) }],
    ["a list without this message", { status: 200, body: page([listed(9)]) }],
  ])("with %s are not known yet, which fails nothing", async (_, scripted) => {
    expect((await check([ref(1)], () => scripted)).answers).toMatchObject([{ kind: "not-known" }]);
  });

  test.each([
    [
      { status: 404, body: { error: { errorCode: "300", message: "Not Found Exception" } } },
      { kind: "held", cause: "configuration" },
    ],
    [
      { status: 401, body: "" },
      { kind: "held", cause: "credentials" },
    ],
    [
      { status: 403, body: "" },
      { kind: "held", cause: "forbidden" },
    ],
    [
      { status: 429, body: "", headers: { "retry-after": "7" } },
      { kind: "throttled", retryAfterMs: 7_000 },
    ],
    [{ status: 429, body: "" }, { kind: "throttled" }],
    [
      { status: 400, body: { status: 400, errors: ["bad"] } },
      { kind: "failed-check", reason: "HTTP 400: bad" },
    ],
    [{ status: 500, body: "" }, { kind: "failed-check" }],
    [{ status: 200, body: "<html>" }, { kind: "failed-check" }],
    [
      { status: 404, body: "<html><h1>404 Not Found</h1></html>" },
      { kind: "failed-check", reason: expect.stringContaining("it is no answer of SENS") },
    ],
    [{ status: 200, body: "[]" }, { kind: "failed-check" }],
  ])("answered %j are checks to be made again", async (scripted, expected) => {
    expect((await check([ref(1), ref(2)], () => scripted)).answers).toMatchObject([expected, expected]);
  });

  test("without an answer are checks to be made again", async () => {
    await using client = testClient(1);
    expect(await client.checkStatus([ref(1)])).toMatchObject([
      { kind: "failed-check", reason: "refused (ECONNREFUSED)" },
    ]);
  });
});

describe("a message whose SMS may have begun", () => {
  const answerWith = (detail: Scripted) => (request: SeenRequest) =>
    request.path.endsWith("/messages") ? { status: 200, body: page([listed(1), listed(2, failedNow)]) } : detail;

  test("is asked about by itself, and only that one", async () => {
    const failover = {
      requestId: "S1",
      requestStatusCode: "202",
      requestStatusName: "success",
      messageId: "s-2",
      messageStatus: "COMPLETED",
      messageStatusCode: "0",
      messageStatusName: "success",
    };
    const { answers, seen } = await check(
      [ref(1), ref(2)],
      answerWith({ status: 200, body: listed(2, { ...failedNow, failover }) }),
    );
    expect(seen[1]).toBe(`GET ${servicePath}/messages/id-2`);
    expect(seen).toHaveLength(2);
    expect(answers).toMatchObject([
      { kind: "status", state: "delivered", rawStatus: "0000" },
      {
        kind: "status",
        state: "delivered",
        secondLeg: { providerMessageId: "s-2", providerOrderId: "S1", state: "delivered" },
      },
    ]);
  });

  test("waits for its turn with every call after the first, and is asked about later where there is none", async () => {
    await using server = await startScriptedServer(answerWith({ status: 200, body: listed(2, failedNow) }));
    await using client = testClient(server.port);
    let turns = 0;
    const anotherCall = async () => ++turns < 2;
    expect(await client.checkStatus([ref(1), ref(2)], { anotherCall })).toMatchObject([
      { state: "delivered" },
      { state: "pending" },
    ]);
    expect(await client.checkStatus([ref(1), ref(2)], { anotherCall })).toMatchObject([
      { state: "delivered" },
      { kind: "failed-check" },
    ]);
    expect(turns).toBe(2);
    expect(server.seen).toHaveLength(3);
  });

  test("is pending while its SMS has not begun", async () => {
    const { answers } = await check([ref(2)], answerWith({ status: 200, body: listed(2, failedNow) }));
    expect(answers).toMatchObject([{ kind: "status", state: "pending" }]);
  });

  test.each([{ status: 404 }, { status: 500 }, { status: 200, body: listed(9) }])(
    "whose own answer is %j is asked again, not failed",
    async (detail) => {
      expect((await check([ref(2)], answerWith(detail))).answers).toMatchObject([{ kind: "failed-check" }]);
    },
  );
});

describe("a message whose request is not known", () => {
  test("is asked about by its own id", async () => {
    const { answers, seen } = await check([ref(1, null)], () => ({ status: 200, body: listed(1) }));
    expect(seen).toEqual([`GET ${servicePath}/messages/id-1`]);
    expect(answers).toMatchObject([{ kind: "status", state: "delivered" }]);
  });

  test("is not known yet after an empty 404", async () => {
    expect((await check([ref(1, null)], () => ({ status: 404 }))).answers).toMatchObject([{ kind: "not-known" }]);
  });
});
