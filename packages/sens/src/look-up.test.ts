import type { LookUpRef } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import { type Scripted, type SeenRequest, startScriptedServer } from "../test/scripted-server.ts";
import { recipientOf, testClient, testMessage, toOf } from "../test/test-route.ts";
import { writeTimestamp } from "./korean-time.ts";

const minute = 60_000;
/** Long enough ago to be sure of what is missing. */
const postedAt = new Date(Date.now() - 5 * minute);
const reserveTime = (at: number) => new Date(at + 9 * 60 * minute).toISOString().slice(0, 16).replace("T", " ");

interface Row {
  requestId: string;
  messageId: string;
  to: string;
  content: string;
  templateCode: string;
  requestTime: string;
  requestStatusCode: string;
  requestStatusDesc?: string;
}

function row(nth: number, changes: Partial<Row> = {}): Row {
  return {
    requestId: "R1",
    messageId: `id-${nth}`,
    to: toOf(nth),
    content: `주문 ${nth}이(가) 발송되었습니다.`,
    templateCode: "ORDER01",
    requestTime: `${writeTimestamp(postedAt, "Asia/Seoul").replace(" ", "T")}.000`,
    requestStatusCode: "A000",
    ...changes,
  };
}

function ref(nth: number, changes: Partial<LookUpRef> = {}): LookUpRef {
  const { recipient, payload } = testMessage(nth);
  return { messageId: `m${nth}`, recipient, payload, postedAt, ...changes };
}

/** The carrier's list as the protocol tells of it (§6): filters, pages of at most 100, an empty 404 where nothing matches. */
function list(rows: Row[], pageSize = 100) {
  return ({ query }: SeenRequest): Scripted => {
    const { requestStartTime: from = "", requestEndTime: to = "9" } = query;
    const found = rows.filter(
      (each) =>
        (query.requestId === undefined || each.requestId === query.requestId) &&
        (query.to === undefined || each.to === query.to) &&
        (query.templateCode === undefined || each.templateCode === query.templateCode) &&
        each.requestTime.replace("T", " ") >= from &&
        each.requestTime.replace("T", " ") <= `${to}.999`,
    );
    if (found.length === 0) return { status: 404 };
    const start = Number(query.nextToken ?? 0);
    const hasMore = start + pageSize < found.length;
    const messages = found.slice(start, start + pageSize);
    return { status: 200, body: { messages, hasMore, ...(hasMore ? { nextToken: String(start + pageSize) } : {}) } };
  };
}

async function lookUp(
  refs: LookUpRef[],
  answer: (request: SeenRequest) => Scripted,
  changes: Record<string, unknown> = {},
) {
  await using server = await startScriptedServer(answer);
  await using client = testClient(server.port, changes);
  return {
    answers: await client.lookUp(refs),
    seen: server.seen.map(({ query, path }): Record<string, string | undefined> => ({ path, ...query })),
  };
}

const found = (nth: number, requestId = "R1") => ({
  kind: "accepted",
  providerMessageId: `id-${nth}`,
  providerOrderId: requestId,
  channel: "alimtalk",
});
const missing = { kind: "missing" };

describe("one message", () => {
  test("is asked for by channel, template, number and the minutes around its request, in Korean time", async () => {
    const { answers, seen } = await lookUp([ref(1)], list([row(1), row(2)]));
    expect(answers).toEqual([found(1)]);
    expect(seen).toMatchObject([
      {
        plusFriendId: "@demo_shop",
        templateCode: "ORDER01",
        to: "01000000001",
        pageSize: "100",
        requestStartTime: writeTimestamp(new Date(postedAt.getTime() - 2 * minute), "Asia/Seoul"),
        requestEndTime: writeTimestamp(new Date(postedAt.getTime() + 2 * minute), "Asia/Seoul"),
      },
    ]);
    expect(seen).toHaveLength(1);
  });

  test.each([
    ["an empty 404", []],
    ["another's", [row(2)]],
    ["another text to the same number", [row(1, { content: "주문 9이(가) 발송되었습니다." })]],
    ["another template", [row(1, { templateCode: "OTHER" })]],
    ["an earlier one", [row(1, { requestTime: "2026-01-01T00:00:00.000" })]],
  ])("is missing where the list has %s", async (_, rows) => {
    expect((await lookUp([ref(1)], list(rows))).answers).toMatchObject([missing]);
  });

  test("is found though the gateway wrote its text with other white space", async () => {
    const content = "주문 1이(가)\r\n발송되었습니다. ";
    expect((await lookUp([ref(1)], list([row(1, { content })]))).answers).toEqual([found(1)]);
  });

  test("that SENS refused is rejected, and one that it took goes before", async () => {
    const refused = row(1, { messageId: "id-0", requestStatusCode: "A003", requestStatusDesc: "거절" });
    expect((await lookUp([ref(1)], list([refused]))).answers).toEqual([
      { kind: "rejected", reason: "refused by SENS (A003: 거절)" },
    ]);
    expect((await lookUp([ref(1)], list([refused, row(1)]))).answers).toEqual([found(1)]);
  });

  test("is not taken for one whose id another message has already", async () => {
    const taken = ref(1, { takenIds: ["id-1"] });
    expect((await lookUp([taken], list([row(1)]))).answers).toMatchObject([missing]);
    expect((await lookUp([taken], list([row(1), row(1, { messageId: "id-1b" })]))).answers).toMatchObject([
      { providerMessageId: "id-1b" },
    ]);
  });

  test("of a moment ago is undecided, and nothing is asked", async () => {
    const justNow = { postedAt: new Date(Date.now() - 20_000) };
    const { answers, seen } = await lookUp([ref(1, justNow), ref(2, justNow)], list([]));
    expect(answers.map(({ kind }) => kind)).toEqual(["undecided", "undecided"]);
    const [answer] = answers;
    const waitMs = answer?.kind === "undecided" ? answer.lookAgainInMs : 0;
    expect(waitMs).toBeGreaterThan(30_000);
    expect(waitMs).toBeLessThanOrEqual(40_000);
    expect(seen).toEqual([]);
  });

  test("in a list too long to read is undecided, never missing", async () => {
    const rows = Array.from({ length: 30 }, (_, nth) => row(1, { messageId: `x-${nth}`, content: "다른 내용" }));
    expect((await lookUp([ref(1)], list(rows, 1))).answers).toMatchObject([{ kind: "undecided" }]);
  });
});

describe("a gateway whose clock is another than this machine's", () => {
  const aheadMs = 4 * minute;
  const late = {
    requestTime: `${writeTimestamp(new Date(postedAt.getTime() + aheadMs), "Asia/Seoul").replace(" ", "T")}.000`,
  };
  const withDate = (offsetMs: number, answer: Scripted): Scripted => ({
    ...answer,
    headers: { date: new Date(Date.now() + offsetMs).toUTCString() },
  });

  test("is asked again at its own time before anything counts as missing", async () => {
    const { answers, seen } = await lookUp([ref(1), ref(2)], (request) =>
      withDate(aheadMs, list([row(1, late)])(request)),
    );
    expect(answers).toMatchObject([found(1), missing]);
    expect(seen.length).toBeGreaterThan(1);
  });

  test("proves nothing where it jumps from answer to answer", async () => {
    let nth = 0;
    const { answers } = await lookUp([ref(1)], () => withDate(nth++ % 2 === 0 ? aheadMs : -aheadMs, { status: 404 }));
    expect(answers).toMatchObject([{ kind: "failed-check" }]);
  });
});

describe("the end of a list", () => {
  test.each([
    ["an empty list", { messages: [] }, "missing"],
    ["an empty list that says it is the end", { messages: [], hasMore: false }, "missing"],
    ["no list, and the word that it is the end", { hasMore: false }, "missing"],
    ["no list, and a count of none", { itemCount: 0 }, "missing"],
    ["no list", { statusCode: "202", statusName: "processing" }, "undecided"],
    ["an empty list that says there is more", { messages: [], hasMore: true }, "undecided"],
    ["a full page", { messages: Array.from({ length: 100 }, (_, nth) => row(nth + 2)) }, "undecided"],
  ])("%s", async (_, body, kind) => {
    expect((await lookUp([ref(1)], () => ({ status: 200, body }))).answers).toMatchObject([{ kind }]);
  });
});

describe("a whole request", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => index + 1);

  test("that was stored is found with one call", async () => {
    const { answers, seen } = await lookUp(
      hundred.map((nth) => ref(nth)),
      list(hundred.map((nth) => row(nth))),
    );
    expect(answers).toEqual(hundred.map((nth) => found(nth)));
    expect(seen).toHaveLength(1);
  });

  test("that was never stored is missing after one call", async () => {
    const { answers, seen } = await lookUp(
      hundred.map((nth) => ref(nth)),
      list([]),
    );
    expect(answers).toMatchObject(hundred.map(() => missing));
    expect(seen).toHaveLength(1);
  });

  test("is found among thousands by one number and its request's id", async () => {
    const others = Array.from({ length: 4_000 }, (_, index) => row(1_000 + index, { requestId: `O${index % 40}` }));
    const { answers, seen } = await lookUp(
      hundred.map((nth) => ref(nth)),
      list([...others, ...hundred.map((nth) => row(nth))]),
    );
    expect(answers).toEqual(hundred.map((nth) => found(nth)));
    expect(seen.filter(({ requestId, to }) => requestId !== undefined || to !== undefined)).toHaveLength(2);
    expect(seen).toHaveLength(22);
  });

  test("of which some are missing tells which", async () => {
    const rows = [1, 3].map((nth) => row(nth));
    expect(
      (
        await lookUp(
          [1, 2, 3].map((nth) => ref(nth)),
          list(rows),
        )
      ).answers,
    ).toMatchObject([found(1), missing, found(3)]);
  });

  test("with the same message twice finds each only where the list has two", async () => {
    const twins = [ref(1), ref(1)];
    expect((await lookUp(twins, list([row(1)]))).answers).toMatchObject([found(1), missing]);
    expect((await lookUp(twins, list([row(1), row(1, { messageId: "id-1b" })]))).answers).toMatchObject([
      found(1),
      { providerMessageId: "id-1b" },
    ]);
  });

  test("of two templates and two hours are looked for apart", async () => {
    const other = testMessage(2, { templateCode: "OTHER" });
    const refs = [
      ref(1),
      { ...ref(2), payload: other.payload },
      ref(3, { postedAt: new Date(postedAt.getTime() - 120 * minute) }),
    ];
    const { answers, seen } = await lookUp(refs, list([row(1), row(2, { templateCode: "OTHER" })]));
    expect(answers).toMatchObject([found(1), found(2), missing]);
    expect(seen).toHaveLength(3);
  });
});

describe("a list that can't be read proves nothing", () => {
  test.each([
    [{ status: 401 }, { kind: "held", cause: "credentials" }],
    [
      { status: 404, body: { error: { errorCode: "300", message: "Not Found Exception" } } },
      { kind: "held", cause: "configuration" },
    ],
    [{ status: 429 }, { kind: "throttled" }],
    [{ status: 400, body: { status: 400, errors: ["bad"] } }, { kind: "failed-check" }],
    [{ status: 500 }, { kind: "failed-check" }],
    [{ status: 200, body: "<html>" }, { kind: "failed-check" }],
    [{ status: 404, body: "<html><h1>404 Not Found</h1></html>" }, { kind: "failed-check" }],
    [{ status: 404, body: { status: 404, errors: ["not found"] } }, { kind: "failed-check" }],
    [{ status: 404, body: "[]" }, { kind: "failed-check" }],
  ])("%j", async (scripted, expected) => {
    const { answers } = await lookUp([ref(1), ref(2)], () => scripted);
    expect(answers).toMatchObject([expected, expected]);
  });

  test("also when only a later page fails", async () => {
    const rows = Array.from({ length: 5 }, (_, index) => row(index + 1));
    const { answers } = await lookUp([ref(8), ref(9)], (request) =>
      request.query.nextToken === undefined ? list(rows, 2)(request) : { status: 500 },
    );
    expect(answers).toMatchObject([{ kind: "failed-check" }, { kind: "failed-check" }]);
  });
});

describe("a reservation", () => {
  const reserved = (nth: number, at: number, changes: Partial<LookUpRef> = {}) =>
    ref(nth, { payload: testMessage(nth, { reserve: { time: reserveTime(at) } }).payload, ...changes });
  const accepted = (nth: number, at: number) => reserved(nth, at, { providerOrderId: "R1" });
  const state = (reserveStatus: string) => ({
    reserveId: "R1",
    reserveTimeZone: "Asia/Seoul",
    reserveTime: "2026-11-21T09:00:00+09:00",
    reserveStatus,
  });
  const withState = (rows: Row[], reserveStatus: string) => (request: SeenRequest) =>
    request.path.endsWith("/reserve-status") ? { status: 200, body: state(reserveStatus) } : list(rows)(request);

  test("that is done is found in the list of its request", async () => {
    const { answers, seen } = await lookUp(
      [accepted(1, Date.now()), accepted(2, Date.now())],
      withState([row(1), row(2)], "DONE"),
    );
    expect(answers).toEqual([found(1), found(2)]);
    expect(seen).toMatchObject([{ requestId: "R1" }]);
  });

  test.each([
    ["READY", { kind: "undecided" }],
    ["PROCESSING", { kind: "undecided" }],
    ["DONE", { kind: "undecided" }],
    ["CANCELED", { kind: "revoked", reason: "its reservation was cancelled at the carrier" }],
    ["FAIL", { kind: "rejected" }],
    ["STALE", { kind: "rejected" }],
    ["SKIP", { kind: "rejected" }],
    ["NEW_STATE", { kind: "undecided" }],
  ])("that is %s and not listed is %j", async (word, expected) => {
    expect((await lookUp([accepted(1, Date.now())], withState([], word))).answers).toMatchObject([expected]);
  });

  test("of which it isn't known whether it was made can't be missing before its time", async () => {
    const { answers, seen } = await lookUp([reserved(1, Date.now() + 60 * minute)], list([]));
    expect(answers).toMatchObject([{ kind: "undecided" }]);
    expect(seen).toEqual([]);
  });

  test("of which it isn't known whether it was made is looked for around both times", async () => {
    const long = new Date(Date.now() - 300 * minute);
    const due = Date.now() - 30 * minute;
    const late = { requestTime: `${writeTimestamp(new Date(due), "Asia/Seoul").replace(" ", "T")}.000` };
    const { answers, seen } = await lookUp(
      [reserved(1, due, { postedAt: long }), reserved(2, due, { postedAt: long })],
      list([row(1, late)]),
    );
    expect(answers).toMatchObject([found(1), missing]);
    expect(new Set(seen.map(({ requestStartTime }) => requestStartTime)).size).toBe(2);
  });
});

test("a message that was accepted without an id is never missing", async () => {
  const { answers } = await lookUp([ref(1, { providerOrderId: "R1" })], list([row(2)]));
  expect(answers).toMatchObject([{ kind: "undecided" }]);
});

test("a foreign spelling of the number in the list is the same number", async () => {
  const rows = [row(1, { to: recipientOf(1).slice(1) })];
  const { answers } = await lookUp([ref(1), ref(2)], list(rows));
  expect(answers).toMatchObject([found(1), missing]);
});
