import { describe, expect, test } from "vitest";
import { callSens, sendSens, sensBody, service, smsService, startFastSens } from "../../test/sens-support.ts";
import { refuseUnsigned } from "./head-checks.ts";

const number = "01000000001";

describe("the signature", () => {
  test("of the published vector and of one of our own is right", () => {
    const keys = { accessKey: "TestAccessKey", secretKey: "TestSecretKey" };
    const check = (method: string, target: string, timestamp: number, signature: string) =>
      refuseUnsigned(
        {
          ...{ method, target },
          headers: {
            "x-ncp-apigw-timestamp": String(timestamp),
            "x-ncp-iam-access-key": "TestAccessKey",
            "x-ncp-apigw-signature-v2": signature,
          },
        },
        keys,
        timestamp,
      );
    const list = "/vserver/v2/getServerInstanceList?responseFormatType=json";
    expect(check("GET", list, 1_234_567_890_123, "FPsYYX8fuMAgi+cue3eACOW0dNtIwu1LYWfg/megA2M=")).toBeUndefined();
    const send = `${service}/messages`;
    expect(check("POST", send, 1_700_000_000_000, "5fEqRjfG5YQ9NDfeMSoCh0SOUx0I1BtmyqY8Vvi5sfw=")).toBeUndefined();
    expect(
      check("POST", `${send}?a=b`, 1_700_000_000_000, "5fEqRjfG5YQ9NDfeMSoCh0SOUx0I1BtmyqY8Vvi5sfw="),
    ).toMatchObject({ status: 401 });
  });

  test.each([
    ["no timestamp", { headers: { "x-ncp-apigw-timestamp": undefined } }],
    ["no key", { headers: { "x-ncp-iam-access-key": undefined } }],
    ["no signature", { headers: { "x-ncp-apigw-signature-v2": undefined } }],
    ["an unknown key", { accessKey: "another" }],
    ["another secret", { secretKey: "another" }],
    ["a timestamp that is no number", { timestamp: "soon" }],
    ["a timestamp six minutes old", { timestamp: Date.now() - 360_000 }],
    ["a timestamp six minutes ahead", { timestamp: Date.now() + 360_000 }],
    ["a signature without the query", { signedTarget: `${service}/messages` }],
    ["a signature over another encoding", { signedTarget: `${service.replaceAll(":", "%3A")}/messages?requestId=x` }],
  ])("with %s is answered 401, code 200, and nothing is asked", async (_, call) => {
    await using simulator = await startFastSens();
    const answer = await callSens(simulator, `${service}/messages?requestId=x`, call);
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ error: { errorCode: "200", message: "Authentication Failed" } });
    expect(answer.headers["x-ncp-apigw-request-id"]).toBeDefined();
    expect(answer.headers["x-ncp-trace-id"]).toBeDefined();
  });

  test("may be over raw or encoded colons, spaces as %20 or +, as long as it is what was sent", async () => {
    await using simulator = await startFastSens();
    for (const path of [service, service.replaceAll(":", "%3A"), service.replaceAll(":", "%3a")]) {
      expect((await callSens(simulator, `${path}/channels`)).status).toBe(200);
    }
    for (const window of [
      "requestStartTime=2026-11-20%2000%3A00%3A00&requestEndTime=2026-11-20%2023%3A59%3A59&plusFriendId=%40demo_shop",
      "requestStartTime=2026-11-20+00:00:00&requestEndTime=2026-11-20+23:59:59&plusFriendId=@demo_shop",
    ]) {
      expect((await callSens(simulator, `${service}/messages?${window}`)).status).toBe(404);
    }
  });

  test("of a gateway whose clock is off is judged by that clock, which Date shows", async () => {
    await using simulator = await startFastSens({ modes: { clockSkewMs: 600_000 } });
    const refused = await callSens(simulator, `${service}/channels`);
    expect(refused.status).toBe(401);
    const date = Date.parse(String(refused.headers.date));
    expect(Math.abs(date - Date.now() - 600_000)).toBeLessThan(5_000);
    expect((await callSens(simulator, `${service}/channels`, { timestamp: date })).status).toBe(200);
  });
});

describe("the path", () => {
  test.each([
    [`${service}/nothing`, "GET", 404],
    [`${service}/messages`, "DELETE", 404],
    [`${service}/channels/x`, "GET", 404],
    ["/push/v2/services/x/messages", "GET", 404],
    ["/", "GET", 404],
  ] as const)("%s %s is not known: code 300", async (path, method, status) => {
    await using simulator = await startFastSens();
    const answer = await callSens(simulator, path, { method });
    expect(answer).toMatchObject({ status, json: { error: { errorCode: "300" } } });
  });

  test("of another service is forbidden, in one of two ways", async () => {
    await using simulator = await startFastSens();
    const wrong = `${service.replace("kkobizmsg", "sms")}/messages`;
    expect(await callSens(simulator, wrong, { body: {} })).toMatchObject({
      status: 401,
      json: { error: { errorCode: "210" } },
    });
    await using other = await startFastSens({ wrongService: "403" });
    expect(await callSens(other, wrong, { body: {} })).toMatchObject({ status: 403, json: { status: 403 } });
  });

  test("of the projects tells the service IDs", async () => {
    await using simulator = await startFastSens();
    const { json } = await callSens(simulator, "/common/v2/projects?projectName=demo");
    expect(json).toMatchObject([
      {
        kkoBizMsgService: { serviceId: simulator.alimtalkServiceId },
        smsService: { serviceId: simulator.smsServiceId },
      },
    ]);
  });
});

/** What is wrong with a send → the whole request is a 400 (protocol notes §5.3). */
const faults: [label: string, body: unknown, error: RegExp][] = [
  ["no JSON", "{", /body/],
  ["no object", [], /body/],
  ["no channel", sensBody([number], { plusFriendId: undefined }), /plusFriendId/],
  ["no template", sensBody([number], { templateCode: undefined }), /templateCode/],
  ["no messages", sensBody([]), /messages/],
  ["101 messages", sensBody(Array(101).fill(number)), /messages/],
  ["no number", sensBody([number], {}, { to: undefined }), /messages\[0\]\.to/],
  ["a number with hyphens", sensBody(["010-0000-0001"]), /messages\[0\]\.to: only digits/],
  ["a number with a plus", sensBody(["+821000000001"]), /only digits/],
  ["no text", sensBody([number], {}, { content: "" }), /content/],
  ["an unknown channel", sensBody([number], { plusFriendId: "@other" }), /plusFriendId/],
  ["an unknown template", sensBody([number], { templateCode: "X" }), /Invalid templateCode/],
  ["an unknown kind of button", sensBody([number], {}, { buttons: [{ type: "XX", name: "a" }] }), /buttons/],
  [
    "a web link without its PC link",
    sensBody([number], {}, { buttons: [{ type: "WL", name: "a", linkMobile: "https://a" }] }),
    /linkPc: required for WL/,
  ],
  [
    "linkPC in place of linkPc",
    sensBody([number], {}, { buttons: [{ type: "WL", name: "a", linkMobile: "https://a", linkPC: "https://a" }] }),
    /linkPc/,
  ],
  [
    "a link without a scheme",
    sensBody([number], {}, { buttons: [{ type: "WL", name: "a", linkMobile: "https://a", linkPc: "a" }] }),
    /http/,
  ],
  ["an app link without schemes", sensBody([number], {}, { buttons: [{ type: "AL", name: "a" }] }), /schemeIos/],
  ["a failover by MMS", sensBody([number], {}, { failoverConfig: { type: "MMS" } }), /failoverConfig/],
  ["a reservation with seconds", sensBody([number], { reserveTime: "2099-01-01 09:00:00" }), /reserveTime/],
  [
    "a reservation in no zone",
    sensBody([number], { reserveTime: "2099-01-01 09:00", reserveTimeZone: "Mars" }),
    /reserveTime/,
  ],
  ["a reservation that is past", sensBody([number], { reserveTime: "2020-01-01 09:00" }), /10 minutes/],
  ["a reservation in a year's time", sensBody([number], { reserveTime: "2099-01-01 09:00" }), /180 days/],
];

describe("a send", () => {
  test.each(faults)("with %s is a 400 and stores nothing", async (_, body, error) => {
    await using simulator = await startFastSens();
    const answer = await callSens(simulator, `${service}/messages`, { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ status: 400, errors: expect.arrayContaining([expect.stringMatching(error)]) });
    expect(simulator.messages()).toEqual([]);
  });

  test("is answered in the protocol's shape", async () => {
    await using simulator = await startFastSens();
    const { status, json, headers } = await sendSens(simulator, [number, "01000000002"]);
    expect(status).toBe(202);
    expect(headers["content-type"]).toBe("application/json;charset=UTF-8");
    expect(json).toEqual({
      requestId: expect.stringMatching(/^RBAA-\d{17}-[A-Za-z]{8}$/),
      requestTime: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}$/),
      statusCode: "202",
      statusName: "processing",
      messages: [number, "01000000002"].map((to) => ({
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        countryCode: "82",
        to,
        content: "Hana, your order 1001 has been shipped.",
        requestStatusCode: "A000",
        requestStatusName: "success",
        requestStatusDesc: "성공",
        useSmsFailover: false,
      })),
    });
    expect(json.requestId.slice(5, 22)).toBe(json.requestTime.replaceAll(/\D/g, ""));
  });

  test.each(["82", "+82", "", undefined])("takes %j for the country of Korea", async (countryCode) => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, [number], {}, { countryCode });
    expect(json.messages[0]?.countryCode).toBe("82");
  });

  test("ignores what it does not know, and in strict mode refuses it by name", async () => {
    await using simulator = await startFastSens();
    expect((await sendSens(simulator, [number], { colour: 1 }, { priority: 1 })).status).toBe(202);
    await using strict = await startFastSens({ strict: true });
    expect((await sendSens(strict, [number], { colour: 1 }, { priority: 1 })).json.errors).toEqual([
      "colour: unknown field",
      "messages[0].priority: unknown field",
    ]);
    expect((await sendSens(strict, [number])).status).toBe(202);
  });

  test("has the channel's failover where it does not say", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, [number], {}, { useSmsFailover: undefined });
    expect(json.messages[0]?.useSmsFailover).toBe(true);
  });

  test("by a channel that is not active is refused", async () => {
    await using simulator = await startFastSens({ channels: [{ channelId: "@demo_shop", channelStatus: "DELETED" }] });
    expect((await sendSens(simulator, [number])).json.errors).toEqual(["plusFriendId is not ACTIVE"]);
  });

  test("larger than the gateway takes is a 413", async () => {
    await using simulator = await startFastSens({ maxBodyBytes: 500 });
    expect(await sendSens(simulator, [number, number, number])).toMatchObject({
      status: 413,
      json: { error: { errorCode: "430" } },
    });
  });
});

describe("a number", () => {
  test("…9900 is refused inside the 202", async () => {
    await using simulator = await startFastSens();
    const { json } = await sendSens(simulator, ["01000009900", number]);
    expect(json.messages).toMatchObject([
      { messageId: null, requestStatusCode: "A999", requestStatusName: "fail" },
      { messageId: expect.any(String), requestStatusCode: "A000" },
    ]);
  });

  test("…0429 uses up the quota, and nothing of the request is stored", async () => {
    await using simulator = await startFastSens();
    const answer = await sendSens(simulator, [number, "01000000429"]);
    expect(answer).toMatchObject({ status: 429, json: { error: { errorCode: "400" } } });
    expect(simulator.messages()).toEqual([]);
  });

  test.each([
    ["0500", 500, "900"],
    ["0503", 503, "500"],
    ["0504", 504, "510"],
  ])("…%s is answered %i, and everything is stored", async (digits, status, errorCode) => {
    await using simulator = await startFastSens();
    const answer = await sendSens(simulator, [number, `0100000${digits}`]);
    expect(answer).toMatchObject({ status, json: { error: { errorCode } } });
    expect(simulator.messages()).toHaveLength(2);
  });

  test("means nothing where magic numbers are off", async () => {
    await using simulator = await startFastSens({ magicNumbers: false });
    expect((await sendSens(simulator, ["01000000429"])).status).toBe(202);
  });
});

describe("a mode", () => {
  test("wraps the errors of SENS, never the gateway's", async () => {
    await using simulator = await startFastSens({ modes: { wrappedErrors: true } });
    expect((await sendSens(simulator, [number], { templateCode: "X" })).json).toEqual({
      error: { status: 400, errors: "Invalid templateCode", errorMessage: "Bad Request" },
    });
  });

  test("limits the messages of a day, and the next one begins anew", async () => {
    await using simulator = await startFastSens({ modes: { dailyQuota: 2 } });
    expect((await sendSens(simulator, [number, number])).status).toBe(202);
    expect((await sendSens(simulator, [number])).status).toBe(429);
    simulator.advanceClock(86_400_000);
    expect((await sendSens(simulator, [number])).status).toBe(202);
  });

  test("cuts the answer to what was stored, or the request before", async () => {
    await using simulator = await startFastSens({ modes: { resetAfterStore: 1 } });
    await expect(sendSens(simulator, [number])).rejects.toThrow();
    expect(simulator.messages()).toHaveLength(1);
    simulator.setModes({ resetAfterStore: 0, resetBeforeStore: 1 });
    await expect(sendSens(simulator, [number])).rejects.toThrow();
    expect(simulator.messages()).toHaveLength(1);
    expect(simulator.metrics().answers).toEqual({ cut: 2 });
  });

  test("puts entries backwards and adds fields", async () => {
    await using simulator = await startFastSens({ modes: { outOfOrder: true, extraFields: true } });
    const { json } = await sendSens(simulator, [number, "01000000002"]);
    expect(json.messages.map(({ to }) => to)).toEqual(["01000000002", number]);
    expect(json.somethingNew).toBeDefined();
  });
});

test("channels and templates are told in the protocol's shapes", async () => {
  await using simulator = await startFastSens();
  expect((await callSens(simulator, `${service}/channels`)).json).toEqual([
    {
      createTime: expect.any(String),
      serviceId: simulator.alimtalkServiceId,
      channelId: "@demo_shop",
      channelName: "demo_shop",
      channelStatus: "ACTIVE",
      useSmsFailover: true,
      failoverServiceId: simulator.smsServiceId,
      failoverTelNo: "0200000000",
      isBlock: false,
    },
  ]);
  const templates = (query: string) => callSens(simulator, `${service}/templates?channelId=%40demo_shop${query}`);
  expect((await templates("")).json.map(({ templateCode }) => templateCode)).toEqual([
    "ORDER01",
    "NOTICE01",
    "WAITING01",
  ]);
  expect((await templates("&templateCode=ORDER01")).json).toMatchObject([
    { templateInspectionStatus: "COMPLETE", comments: [] },
  ]);
  expect((await templates("&templateName=Shipping")).json).toMatchObject([{ templateCode: "ORDER01" }]);
  expect((await templates("&pageSize=2&pageIndex=1")).json).toMatchObject([{ templateCode: "WAITING01" }]);
  expect((await templates("&pageSize=101")).status).toBe(400);
  expect((await callSens(simulator, `${service}/templates`)).status).toBe(400);
  expect((await callSens(simulator, `${smsService}/channels`)).status).toBe(404);
});
