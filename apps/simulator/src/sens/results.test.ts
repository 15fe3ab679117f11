import { describe, expect, test } from "vitest";
import { callSens, sendSens, service, smsService, startFastSens, untilSens } from "../../test/sens-support.ts";
import type { SensSimulator } from "./sens-simulator.ts";

const number = "01000000001";
const isFinal = (json: { [key: string]: unknown } | undefined) => json?.messageStatusName !== "processing";

async function resultOf(
  simulator: SensSimulator,
  to: string,
  entry: Record<string, unknown> = {},
  body: Record<string, unknown> = {},
) {
  const { json } = await sendSens(simulator, [to], body, entry);
  const id = String(json.messages[0]?.messageId);
  const ask = () => callSens(simulator, `${service}/messages/${id}`);
  return { id, ask, answer: await untilSens(ask, (answer) => isFinal(answer.json)) };
}

describe("a delivery", () => {
  test.each([
    [number, "0000", "success"],
    ["01000003019", "3019", "fail"],
    ["01000003020", "3020", "fail"],
    ["01000003018", "3018", "fail"],
    ["01000003008", "3008", "fail"],
    ["01000003005", "3005", "fail"],
  ])("to %s ends with %s", async (to, messageStatusCode, messageStatusName) => {
    await using simulator = await startFastSens();
    const { answer } = await resultOf(simulator, to);
    expect(answer.json).toMatchObject({
      ...{ messageStatusCode, messageStatusName, to, plusFriendId: "@demo_shop", templateCode: "ORDER01" },
      ...{ requestStatusCode: "A000", completeTime: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/) },
    });
    expect(answer.json).not.toHaveProperty("failover");
  });

  test("to …4161 never ends, and one of 3005 is settled after three days", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, ["01000004161"]);
    const uncertain = await resultOf(simulator, "01000003005");
    simulator.advanceClock(73 * 3_600_000);
    const never = await callSens(simulator, `${service}/messages/${json.messages[0]?.messageId}`);
    expect(never.json).toMatchObject({ messageStatusName: "processing" });
    expect((await uncertain.ask()).json).toMatchObject({ messageStatusCode: "0000", messageStatusName: "success" });
  });

  const wrong: [label: string, entry: Record<string, unknown>, code: string, body?: Record<string, unknown>][] = [
    ["a text that differs by one character", { content: "Hana, your order 1001 has been shipped!" }, "3016"],
    ["no buttons", { buttons: [] }, "3027"],
    [
      "a button with another name",
      {
        buttons: [
          { type: "DS", name: "Track" },
          { type: "WL", name: "Order page", linkMobile: "https://a", linkPc: "https://a" },
        ],
      },
      "3027",
    ],
    [
      "a link that is not the template's",
      {
        buttons: [
          { type: "DS", name: "Track parcel" },
          { type: "WL", name: "Order page", linkMobile: "http://a", linkPc: "https://a" },
        ],
      },
      "3027",
    ],
    ["a title the template has not", { title: "Shipped" }, "3028"],
    [
      "a template in inspection",
      { content: "하나님, 감사합니다.", buttons: [] },
      "3015",
      { templateCode: "WAITING01" },
    ],
    ["a header of 17 characters", { headerContent: "가".repeat(17) }, "3032"],
    [
      "a summary of 15 characters",
      {
        item: {
          list: [
            { title: "a", description: "b" },
            { title: "a", description: "b" },
          ],
          summary: { title: "c", description: "1".repeat(15) },
        },
      },
      "3039",
    ],
  ];
  test.each(wrong)("with %s ends as Kakao refuses it", async (_, entry, code, body) => {
    await using simulator = await startFastSens();
    expect((await resultOf(simulator, number, entry, body)).answer.json).toMatchObject({
      messageStatusCode: code,
      messageStatusName: "fail",
    });
  });

  test("is processing until its time, without a code", async () => {
    await using simulator = await startFastSens({ timing: { resultMs: 60_000 } });
    const { json } = await sendSens(simulator, [number]);
    const { json: message } = await callSens(simulator, `${service}/messages/${json.messages[0]?.messageId}`);
    expect(message).toMatchObject({ messageStatusName: "processing" });
    expect(message).not.toHaveProperty("messageStatusCode");
    expect(message).not.toHaveProperty("completeTime");
  });

  test("that nobody knows is an empty 404", async () => {
    await using simulator = await startFastSens();
    expect(await callSens(simulator, `${service}/messages/unknown`)).toMatchObject({ status: 404, text: "" });
  });
});

describe("the SMS in a message's place", () => {
  const wanted = { useSmsFailover: true };

  test("goes out when the AlimTalk failed, and its fate is told beside it", async () => {
    await using simulator = await startFastSens();
    const { ask } = await resultOf(simulator, "01000003019", wanted);
    const { json } = await untilSens(ask, (answer) => answer.json.failover?.messageStatus === "COMPLETED");
    expect(json).toMatchObject({
      messageStatusName: "fail",
      failover: {
        smsServiceId: simulator.smsServiceId,
        requestId: expect.stringMatching(/^RSMA-/),
        ...{ requestStatusCode: "202", requestStatusName: "success", messageStatus: "COMPLETED" },
        ...{ messageStatusCode: "0", messageStatusName: "success", messageId: expect.any(String) },
      },
    });
    expect(simulator.sms({ to: "01000003019" })).toMatchObject([
      { type: "SMS", from: "0200000000", content: "Hana, your order 1001 has been shipped." },
    ]);
  });

  test.each([
    ["01000009901", { requestStatusName: "fail", requestStatusCode: "400" }],
    ["01000009902", { requestStatusName: "success", messageStatusCode: "3018", messageStatusName: "fail" }],
  ])("to %s fails too", async (to, failover) => {
    await using simulator = await startFastSens();
    const { ask } = await resultOf(simulator, to, wanted);
    const isOver = (told: { [key: string]: unknown } | undefined) =>
      told !== undefined && (told.requestStatusName === "fail" || told.messageStatus === "COMPLETED");
    expect((await untilSens(ask, ({ json }) => isOver(json.failover))).json.failover).toMatchObject(failover);
  });

  test.each([
    ["the message does not want it", { useSmsFailover: false }, {}],
    ["the channel has none set up", wanted, { channels: [{ channelId: "@demo_shop" }] }],
    ["the sender number is not approved", wanted, { senderNumbers: [{ number: "0200000000", approved: false }] }],
    ["the message names another number", { ...wanted, failoverConfig: { from: "0299999999" } }, {}],
  ])("does not go out where %s", async (_, entry, options) => {
    await using simulator = await startFastSens(options);
    const { ask } = await resultOf(simulator, "01000003019", entry);
    simulator.advanceClock(3_600_000);
    expect((await ask()).json).not.toHaveProperty("failover");
    expect(simulator.sms()).toEqual([]);
  });

  test("is cut where it is too long for its kind, and lost where it can't be encoded", async () => {
    await using simulator = await startFastSens();
    const cut = await resultOf(simulator, "01000013019", {
      ...wanted,
      failoverConfig: { type: "SMS", content: "가".repeat(50) },
    });
    const lost = await resultOf(simulator, "01000023019", { ...wanted, failoverConfig: { content: "좋아요 😀" } });
    for (const { ask } of [cut, lost]) await untilSens(ask, ({ json }) => json.failover?.messageStatus === "COMPLETED");
    expect(simulator.sms({ to: "01000013019" })[0]?.content).toBe("가".repeat(45));
    expect(simulator.sms({ to: "01000023019" })[0]?.statusName).toBe("fail");
  });
});

describe("a list", () => {
  const many = Array.from({ length: 45 }, (_, index) => `010${String(10_000_000 + index)}`);
  const list = (simulator: SensSimulator, query: string) => callSens(simulator, `${service}/messages?${query}`);

  test("of a request gives 20 unless more are asked for, then the next page by its token", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, many);
    const first = await list(simulator, `requestId=${json.requestId}`);
    expect(first.json).toMatchObject({
      requestId: json.requestId,
      statusCode: "202",
      statusName: "success",
      pageSize: 20,
      pageIndex: 0,
      itemCount: 20,
      hasMore: true,
    });
    const second = await list(simulator, `requestId=${json.requestId}&nextToken=${first.json.nextToken}`);
    const third = await list(simulator, `requestId=${json.requestId}&nextToken=${second.json.nextToken}`);
    expect(third.json).toMatchObject({ itemCount: 5, pageIndex: 2, hasMore: false });
    expect([first, second, third].flatMap((page) => page.json.messages.map(({ to }) => to))).toEqual(many);
    expect((await list(simulator, `requestId=${json.requestId}&pageSize=100`)).json.messages).toHaveLength(45);
    expect((await list(simulator, `requestId=other&nextToken=${first.json.nextToken}`)).status).toBe(400);
  });

  test("has no word of failovers, and a refused entry without an id", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, ["01000003019", "01000009900"], {}, { useSmsFailover: true });
    await untilSens(
      () => callSens(simulator, `${service}/messages/${json.messages[0]?.messageId}`),
      (answer) => answer.json.failover !== undefined,
    );
    const { messages } = (await list(simulator, `requestId=${json.requestId}`)).json;
    expect(messages).toMatchObject([{ messageStatusCode: "3019" }, { messageId: null, requestStatusName: "fail" }]);
    expect(messages[0]).not.toHaveProperty("failover");
    expect(messages[1]).not.toHaveProperty("messageStatusName");
  });

  test("of the minutes around now filters by template, number and state", async () => {
    await using simulator = await startFastSens();
    await sendSens(simulator, [number, "01000004161"]);
    await sendSens(
      simulator,
      ["01000000002"],
      { templateCode: "NOTICE01" },
      { content: "하나님, 본점 예약이 내일에 확정되었습니다.", buttons: [] },
    );
    const korean = (at: number) =>
      encodeURIComponent(new Date(at + 9 * 3_600_000).toISOString().slice(0, 19).replace("T", " "));
    const around = `plusFriendId=%40demo_shop&requestStartTime=${korean(Date.now() - 60_000)}&requestEndTime=${korean(Date.now() + 60_000)}`;
    const found = async (query: string) =>
      ((await list(simulator, `${around}${query}`)).json?.messages ?? []).map(({ to }) => to);
    await untilSens(
      () => list(simulator, `${around}&messageStatusName=success`),
      (answer) => answer.json?.messages.length === 2,
    );
    expect(await found("")).toEqual([number, "01000004161", "01000000002"]);
    expect(await found("&templateCode=NOTICE01")).toEqual(["01000000002"]);
    expect(await found(`&to=${number}`)).toEqual([number]);
    expect(await found("&messageStatusName=processing")).toEqual(["01000004161"]);
    expect(await found("&requestStatusName=fail")).toEqual([]);
    const completed = `plusFriendId=%40demo_shop&completeStartTime=${korean(Date.now() - 60_000)}&completeEndTime=${korean(Date.now() + 60_000)}`;
    expect((await list(simulator, completed)).json.messages).toHaveLength(2);
  });

  const window = (kind: string, from: string, to: string) =>
    `plusFriendId=%40demo_shop&${kind}StartTime=${encodeURIComponent(from)}&${kind}EndTime=${encodeURIComponent(to)}`;
  test.each([
    ["nothing to go by", "plusFriendId=%40demo_shop"],
    ["one end of a period", "plusFriendId=%40demo_shop&requestStartTime=2026-11-20%2000%3A00%3A00"],
    [
      "both periods",
      `${window("request", "2026-11-20 00:00:00", "2026-11-20 01:00:00")}&${window("complete", "2026-11-20 00:00:00", "2026-11-20 01:00:00")}`,
    ],
    ["a period of more than 31 days", window("request", "2026-10-01 00:00:00", "2026-11-02 00:00:00")],
    ["a completion of more than a day", window("complete", "2026-11-20 00:00:00", "2026-11-21 00:00:01")],
    ["a period that ends before it begins", window("request", "2026-11-20 01:00:00", "2026-11-20 00:00:00")],
    ["another form of time", window("request", "2026-11-20T00:00:00", "2026-11-20T01:00:00")],
    ["a day that is not", window("request", "2026-02-30 00:00:00", "2026-03-01 00:00:00")],
    ["no channel", "requestStartTime=2026-11-20%2000%3A00%3A00&requestEndTime=2026-11-20%2001%3A00%3A00"],
    ["a page of 101", "requestId=x&pageSize=101"],
    ["a page of 0", "requestId=x&pageSize=0"],
    ["a made-up token", "requestId=x&nextToken=abc"],
    ["an unknown state", "requestId=x&messageStatusName=lost"],
  ])("with %s is a 400", async (_, query) => {
    await using simulator = await startFastSens();
    expect((await list(simulator, query)).status).toBe(400);
  });

  test("that matches nothing is an empty 404, or an empty page", async () => {
    await using simulator = await startFastSens();
    expect(await list(simulator, "requestId=unknown")).toMatchObject({ status: 404, text: "" });
    simulator.setModes({ emptyAs404: false });
    expect(await list(simulator, "requestId=unknown")).toMatchObject({ status: 200, json: { messages: [] } });
  });

  test("has no messages for the first moments, which is not nothing", async () => {
    await using simulator = await startFastSens({ timing: { listedAfterMs: 60_000 } });
    const { json } = await sendSens(simulator, [number]);
    const answer = await list(simulator, `requestId=${json.requestId}`);
    expect(answer.json).toEqual({ requestId: json.requestId, statusCode: "202", statusName: "processing" });
    simulator.advanceClock(60_000);
    expect((await list(simulator, `requestId=${json.requestId}`)).json.messages).toHaveLength(1);
  });

  test("goes back thirty days", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, [number]);
    simulator.advanceClock(30 * 86_400_000 - 60_000);
    expect((await list(simulator, `requestId=${json.requestId}`)).status).toBe(200);
    simulator.advanceClock(120_000);
    expect((await list(simulator, `requestId=${json.requestId}`)).status).toBe(404);
    expect((await callSens(simulator, `${service}/messages/${json.messages[0]?.messageId}`)).status).toBe(404);
  });
});

describe("a reservation", () => {
  const inAnHour = () => new Date(Date.now() + 10 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
  const reserve = (simulator: SensSimulator, reserveTime = inAnHour()) =>
    sendSens(simulator, [number, "01000000002"], { reserveTime });
  const state = async (simulator: SensSimulator, id: string) =>
    (await callSens(simulator, `${service}/reservations/${id}/reserve-status`)).json.reserveStatus;

  test("waits, is sent at its time, and has its messages under its own id", async () => {
    await using simulator = await startFastSens();
    const { json } = await reserve(simulator);
    expect(json).toEqual({
      requestId: expect.stringMatching(/^RBAA-\d{13}-0000-00000000-[A-Za-z]{8}$/),
      requestTime: expect.any(String),
      statusCode: "202",
      statusName: "reserved",
    });
    const { json: told } = await callSens(simulator, `${service}/reservations/${json.requestId}/reserve-status`);
    expect(told).toEqual({
      reserveId: json.requestId,
      reserveTimeZone: "Asia/Seoul",
      reserveTime: expect.stringMatching(/T\d{2}:\d{2}:00\+09:00$/),
      reserveStatus: "READY",
    });
    const list = () => callSens(simulator, `${service}/messages?requestId=${json.requestId}`);
    expect((await list()).json).toEqual({ requestId: json.requestId, statusCode: "202", statusName: "reserved" });
    simulator.advanceClock(3_600_000);
    await untilSens(list, (answer) => answer.json?.messages?.length === 2);
    expect(await state(simulator, json.requestId)).toBe("DONE");
  });

  test.each(["FAIL", "STALE", "SKIP"] as const)("ends as %s where it is told to, and nothing is sent", async (ends) => {
    await using simulator = await startFastSens();
    const { json } = await reserve(simulator);
    expect(simulator.setReservationEnd(json.requestId, ends)).toBe(true);
    simulator.advanceClock(2 * 3_600_000);
    expect(await state(simulator, json.requestId)).toBe(ends);
    expect(simulator.messages()).toEqual([]);
  });

  test("can be cancelled while it is ready and not in its last ten minutes", async () => {
    await using simulator = await startFastSens();
    const cancel = (id: string) => callSens(simulator, `${service}/reservations/${id}`, { method: "DELETE" });
    const first = (await reserve(simulator)).json.requestId;
    expect(await cancel(first)).toMatchObject({ status: 204, text: "" });
    expect(await state(simulator, first)).toBe("CANCELED");
    expect((await cancel(first)).status).toBe(400);
    const second = (await reserve(simulator)).json.requestId;
    simulator.advanceClock(52 * 60_000);
    expect(await cancel(second)).toMatchObject({
      status: 400,
      json: { errors: [expect.stringContaining("10 minutes")] },
    });
    expect(await cancel("unknown")).toMatchObject({ status: 404, text: "" });
    simulator.advanceClock(60 * 60_000);
    expect(simulator.messages()).toHaveLength(2);
  });

  test("is of the zone it names", async () => {
    await using simulator = await startFastSens();
    const time = new Date(Date.now() + 86_400_000);
    const reserveTime = time.toISOString().slice(0, 16).replace("T", " ");
    const { json } = await sendSens(simulator, [number], { reserveTime, reserveTimeZone: "UTC" });
    const { json: told } = await callSens(simulator, `${service}/reservations/${json.requestId}/reserve-status`);
    expect(told.reserveTime).toBe(`${reserveTime.replace(" ", "T")}:00+00:00`);
  });
});

describe("SMS", () => {
  const body = (changes: Record<string, unknown> = {}) => ({
    type: "SMS",
    from: "0200000000",
    content: "안녕하세요",
    messages: [{ to: number }],
    ...changes,
  });
  const send = (simulator: SensSimulator, changes?: Record<string, unknown>) =>
    callSens(simulator, `${smsService}/messages`, { body: body(changes) });

  test("is answered without messages, listed, and told one by one in a wrapped answer", async () => {
    await using simulator = await startFastSens();
    const { status, json } = await send(simulator);
    expect(status).toBe(202);
    expect(json).toEqual({
      requestId: expect.stringMatching(/^RSMA-/),
      requestTime: expect.any(String),
      statusCode: "202",
      statusName: "success",
    });
    const list = () => callSens(simulator, `${smsService}/messages?requestId=${json.requestId}`);
    const { json: listed } = await untilSens(list, (answer) => answer.json?.messages?.[0]?.status === "COMPLETED");
    expect(listed.messages).toMatchObject([
      { statusCode: "0", statusName: "success", type: "SMS", contentType: "COMM", to: number, content: "안녕하세요" },
    ]);
    const single = await callSens(simulator, `${smsService}/messages/${listed.messages[0]?.messageId}`);
    expect(single.json).toMatchObject({
      statusCode: "200",
      statusName: "success",
      messages: [{ requestId: json.requestId }],
    });
  });

  test.each([
    ["an unknown kind", { type: "FAX" }],
    ["a number that is not approved", { from: "0299999999" }],
    ["no text", { content: "" }],
    ["no recipient", { messages: [] }],
    ["101 recipients", { messages: Array(101).fill({ to: number }) }],
    ["a long subject", { type: "LMS", subject: "가".repeat(21) }],
    [
      "a reservation that is near",
      { reserveTime: new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 16).replace("T", " ") },
    ],
  ])("with %s is a 400", async (_, changes) => {
    await using simulator = await startFastSens();
    expect((await send(simulator, changes)).status).toBe(400);
    expect(simulator.sms()).toEqual([]);
  });

  test("that is too long is cut, each recipient may have a text of its own, and MMS without files is LMS", async () => {
    await using simulator = await startFastSens();
    await send(simulator, {
      content: "가".repeat(60),
      messages: [{ to: number }, { to: "01000000002", content: "따로" }],
    });
    expect(simulator.sms().map(({ content }) => content)).toEqual(["가".repeat(45), "따로"]);
    const { json } = await send(simulator, { type: "mms", subject: "제목" });
    expect(json.requestId).toMatch(/^RSLA-/);
    expect(simulator.sms().at(-1)).toMatchObject({ type: "LMS", subject: "제목" });
  });

  test("can be reserved and cancelled under its own paths", async () => {
    await using simulator = await startFastSens();
    const reserveTime = new Date(Date.now() + 10 * 3_600_000).toISOString().slice(0, 16).replace("T", " ");
    const { json } = await send(simulator, { reserveTime });
    expect(json).toMatchObject({ requestId: expect.stringMatching(/^RSSA-/), statusName: "reserved" });
    expect(
      (await callSens(simulator, `${smsService}/reservations/${json.requestId}/reserve-status`)).json.reserveStatus,
    ).toBe("READY");
    expect(
      (await callSens(simulator, `${smsService}/reservations/${json.requestId}`, { method: "DELETE" })).status,
    ).toBe(204);
  });
});
