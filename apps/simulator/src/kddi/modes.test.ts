import { describe, expect, it } from "vitest";
import {
  account,
  call,
  checkStatus,
  fallbackBody,
  guideHeaders,
  messagesPath,
  type RequestParts,
  rcsBody,
  rcsHeaders,
  sampleBody,
  send,
  sendFallback,
  sendRcs,
  sendRcsAccepted,
  startFast,
} from "../../test/support.ts";
import type { AppState, Carrier, SimulatorOptions } from "../index.ts";

const to = "+819012345678";
const text = { textMessage: "これはテキストメッセージです" };
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const { tokens: _tokens, ...smsOnlyAccount } = account;
const smsOnly: SimulatorOptions = { accounts: [smsOnlyAccount] };
const smsTokens = {
  "x-plusmsg-mkn-authorization": "Bearer smsonly",
  "x-plusmsg-tmt-authorization": "Bearer smsonly",
  "x-plusmsg-gmp-authorization": "Bearer smsonly",
};
const wrongToken = { "x-plusmsg-tmt-authorization": "Bearer another" };
const fallback = { ...rcsHeaders, "x-fallback": "0" };

interface Case {
  readonly what: string;
  readonly status: number;
  readonly options?: SimulatorOptions;
  readonly parts: RequestParts;
  readonly text?: string;
  readonly code?: number;
}

/** Protocol notes §4.1: which mode goes with which tokens, parts and dst. */
const matrix: readonly Case[] = [
  { what: "0: three tokens, both parts", status: 202, parts: { headers: fallback, body: fallbackBody(to) } },
  { what: "1: three tokens, RCSMessage", status: 202, parts: { headers: rcsHeaders, body: rcsBody(to, text) } },
  { what: "2: smsonly, smsmessage", status: 202, parts: { headers: guideHeaders, body: sampleBody(to) } },
  {
    what: "2: an account for SMS alone",
    status: 202,
    options: smsOnly,
    parts: { headers: guideHeaders, body: sampleBody(to) },
  },
  ...["0", "1"].map((mode) => ({
    what: `${mode}: smsonly`,
    status: 400,
    parts: { headers: { ...smsTokens, "x-fallback": mode }, body: fallbackBody(to) },
    text: "smsonly",
  })),
  {
    what: "0: one of the tokens is smsonly",
    status: 400,
    parts: { headers: { ...fallback, "x-plusmsg-gmp-authorization": "Bearer smsonly" }, body: fallbackBody(to) },
    text: "smsonly",
  },
  {
    what: "1: smsonly at an account for SMS alone",
    status: 400,
    options: smsOnly,
    parts: { headers: { ...smsTokens, "x-fallback": "1" }, body: rcsBody(to, text) },
  },
  ...["0", "1"].map((mode) => ({
    what: `${mode}: tokens at an account for SMS alone`,
    status: 401,
    options: smsOnly,
    parts: { headers: { ...rcsHeaders, "x-fallback": mode }, body: fallbackBody(to) },
  })),
  {
    what: "2: carrier tokens",
    status: 401,
    parts: { headers: { ...rcsHeaders, "x-fallback": "2" }, body: sampleBody(to) },
  },
  { what: "0: a wrong token", status: 401, parts: { headers: { ...fallback, ...wrongToken }, body: fallbackBody(to) } },
  {
    what: "1: a wrong token, by the knob",
    status: 403,
    options: { badTokenStatus: 403 },
    parts: { headers: { ...rcsHeaders, ...wrongToken }, body: rcsBody(to, text) },
  },
  {
    what: "1: tokens of two carriers changed round",
    status: 401,
    parts: {
      headers: {
        ...rcsHeaders,
        "x-plusmsg-mkn-authorization": "Bearer docomo-token",
        "x-plusmsg-tmt-authorization": "Bearer au-token",
      },
      body: rcsBody(to, text),
    },
  },
  {
    what: "1: Bearer doubled",
    status: 401,
    parts: {
      headers: { ...rcsHeaders, "x-plusmsg-mkn-authorization": "Bearer Bearer au-token" },
      body: rcsBody(to, text),
    },
  },
  {
    what: "1: a token header missing",
    status: 400,
    parts: { headers: { ...rcsHeaders, "x-plusmsg-gmp-authorization": undefined }, body: rcsBody(to, text) },
    text: "x-plusmsg-gmp-authorization is missing",
  },
  {
    what: "0: no RCSMessage",
    status: 400,
    parts: { headers: fallback, body: sampleBody(to) },
    code: 42009,
    text: "message.RCSMessage is missing",
  },
  { what: "0: no smsmessage", status: 400, parts: { headers: fallback, body: rcsBody(to, text) }, code: 42009 },
  { what: "1: no RCSMessage", status: 400, parts: { headers: rcsHeaders, body: sampleBody(to) }, code: 42009 },
  {
    what: "1: no contact",
    status: 400,
    parts: { headers: rcsHeaders, body: JSON.stringify({ message: { RCSMessage: text }, dst: "0" }) },
    code: 42004,
  },
  {
    what: "1: chatId instead of userContact",
    status: 400,
    parts: {
      headers: rcsHeaders,
      body: JSON.stringify({ message: { RCSMessage: text, messageContact: { chatId: "x" } }, dst: "0" }),
    },
    code: 42004,
  },
  {
    what: "1: dst 4, where there is no +Message",
    status: 400,
    parts: { headers: rcsHeaders, body: rcsBody(to, text).replace('"dst":"0"', '"dst":"4"') },
    text: "dst 4",
  },
  {
    what: "1: dst as a number",
    status: 400,
    parts: { headers: rcsHeaders, body: rcsBody(to, text).replace('"dst":"0"', '"dst":0') },
    text: "dst",
  },
];

describe("the matrix of modes", () => {
  it.each(matrix)("$what → $status", async ({ status, options, parts, text: expected, code }) => {
    await using simulator = await startFast({ strict: true, ...options });
    const answer = await call(simulator, parts);
    expect(answer.status).toBe(status);
    if (expected !== undefined) expect(answer.text).toContain(expected);
    if (code !== undefined) expect((JSON.parse(answer.text) as { reason: { code: number } }).reason.code).toBe(code);
    expect(simulator.metrics().accepted).toBe(status === 202 ? 1 : 0);
  });

  it.each([
    ["any", "au-token", 202],
    ["any", "Bearer au-token", 202],
    ["bearer", "au-token", 401],
    ["bearer", "Bearer au-token", 202],
    ["bare", "au-token", 202],
    ["bare", "Bearer au-token", 401],
  ] as const)("tokenForm %s: %s is answered %i", async (tokenForm, token, status) => {
    await using simulator = await startFast({ tokenForm });
    const [others] = [tokenForm === "bare" ? "" : "Bearer "];
    const headers = {
      "x-plusmsg-mkn-authorization": token,
      "x-plusmsg-tmt-authorization": `${others}docomo-token`,
      "x-plusmsg-gmp-authorization": `${others}softbank-token`,
    };
    expect((await sendRcs(simulator, to, text, { headers })).status).toBe(status);
  });
});

describe("the channel of mode 0", () => {
  it.each([
    ["installed", "docomo", "rcs"],
    ["none", "docomo", "sms"],
    // Guide §1.5: the check does not notice these, so they get neither.
    ["uninstalled", "softbank", "rcs"],
    ["handset-changed", "au", "rcs"],
    ["none", "rakuten", "sms"],
  ] as const)("app %s at %s: %s", async (app: AppState, carrier: Carrier, channel) => {
    await using simulator = await startFast({ strict: true });
    simulator.setPhone(to, { app, carrier });
    const answer = await sendFallback(simulator, to);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([202, { Destination: channel }]);
    expect(simulator.messages({ to })).toMatchObject([{ channel, mode: "0", answered: 202 }]);
    simulator.advanceClock(3_600_000);
    const isReached = app === "installed" || app === "none";
    expect(simulator.phone(to).inbox).toHaveLength(isReached ? 1 : 0);
  });

  it("dst 4 means SMS, app or not", async () => {
    await using simulator = await startFast({ wrongDst: "deliver" });
    simulator.setPhone(to, { app: "installed", carrier: "au" });
    const body = fallbackBody(to).replace('"dst":"0"', '"dst":"4"');
    expect(JSON.parse((await sendFallback(simulator, to, { body })).text)).toMatchObject({ Destination: "sms" });
  });

  it("mode 1 to a phone without the app is accepted and fails, and no SMS is sent", async () => {
    await using simulator = await startFast();
    simulator.setPhone(to, { app: "none" });
    const msgId = await sendRcsAccepted(simulator, to);
    simulator.advanceClock(3_600_000);
    expect(simulator.messages({ to })).toMatchObject([
      { msgId, channel: "rcs", state: "failed", changes: [{ state: "failed", reason: { code: 41200 } }] },
    ]);
  });
});

describe("answers", () => {
  it("a +Message: msgId, pending and time in RCSMessage, the contact, and where it went", async () => {
    await using simulator = await startFast({ strict: true });
    const answer = await sendRcs(simulator, "+818000000000");
    const body = JSON.parse(answer.text) as { RCSMessage: { msgId: string; timestamp: string } };
    expect([answer.status, body]).toEqual([
      202,
      {
        RCSMessage: {
          msgId: expect.stringMatching(uuid),
          status: "pending",
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        },
        messageContact: { userContact: "+818000000000" },
        Destination: "rcs",
      },
    ]);
    expect(simulator.messages()[0]).toMatchObject({
      msgId: body.RCSMessage.msgId,
      acceptedAt: body.RCSMessage.timestamp,
    });
  });

  it("a fallback that becomes an SMS: the guide's own answer", async () => {
    await using simulator = await startFast();
    simulator.setPhone(to, { app: "none" });
    expect((await sendFallback(simulator, to)).text).toMatch(
      /^\{"smsmessage":\{"orderId":"([0-9a-f-]{36})","status":"pending","msgId":"\1","timestamp":"[^"]+Z"\},"Destination":"sms"\}$/,
    );
  });

  it.each([
    ["gsma", { RCSMessage: { status: "pending" }, Destination: "rcs" }],
    ["camel", { rcsMessage: { status: "PENDING" }, destination: "RCS" }],
    ["flat", { status: "pending", messageId: expect.stringMatching(uuid), Destination: "rcs" }],
    ["wrapped", { message: { RCSMessage: { status: "pending" } }, Destination: "rcs" }],
  ] as const)("rcsResponseShape %s, in the 202 and in the status answer", async (rcsResponseShape, expected) => {
    await using simulator = await startFast({ rcsResponseShape });
    expect(JSON.parse((await sendRcs(simulator, to)).text)).toMatchObject(expected);
    const { Destination: _one, destination: _other, ...status } = expected as Record<string, unknown>;
    const msgId = simulator.messages()[0]?.msgId ?? "";
    const told = await checkStatus(simulator, msgId, { headers: rcsHeaders });
    expect(JSON.stringify(JSON.parse(told.text)).toLowerCase()).toContain(msgId);
    expect(Object.keys(JSON.parse(told.text) as object)).toEqual(expect.arrayContaining(Object.keys(status)));
  });

  it.each([
    ["plusmessage", { Destination: "plusmessage" }],
    [null, {}],
  ])("rcsDestination %s", async (rcsDestination, expected) => {
    await using simulator = await startFast({ rcsDestination });
    const { RCSMessage: _rcs, messageContact: _contact, ...rest } = JSON.parse((await sendRcs(simulator, to)).text);
    expect(rest).toEqual(expected);
  });

  it.each([
    ["reason", { reason: { code: 42009, text: expect.any(String) } }],
    ["error", { error: { code: 42009, message: expect.any(String) } }],
    ["message", { message: expect.any(String) }],
  ] as const)("errorShape %s", async (errorShape, expected) => {
    await using simulator = await startFast({ errorShape });
    expect(JSON.parse((await sendRcs(simulator, to, {})).text)).toEqual(expected);
  });

  it("62 and 63 also for a +Message: not JSON, and no id", async () => {
    await using simulator = await startFast();
    expect((await sendRcs(simulator, "+819000000062")).text).toBe("Accepted");
    expect(JSON.parse((await sendRcs(simulator, "+819000000063")).text)).toEqual({
      RCSMessage: { status: "pending" },
      messageContact: { userContact: "+819000000063" },
      Destination: "rcs",
    });
  });
});

/** As printed in the guide, §3.1 to §3.7, with the damage of the print repaired (protocol notes §16) and its dummy URLs filled in. */
const image = "https://cdn.example.jp/lena.png";
const card = {
  description: "Carouselコンテンツ1の説明",
  title: "Carouselコンテンツ1タイトル",
  media: {
    contentDescription: "コンテンツ1の説明",
    height: "TALL_HEIGHT",
    mediaContentType: "image/png",
    mediaFileSize: 37609,
    mediaUrl: "https://maps.example.jp/staticmap?center=35.690223698458645,139.69993829727173&zoom=14",
    thumbnailContentType: "image/png",
    thumbnailFileSize: 95315,
    thumbnailUrl: image,
  },
};
const contact = { userContact: to };
const carousel = (suggestions: unknown, cardWidth: string) => ({
  richcardMessage: {
    message: { generalPurposeCardCarousel: { content: [{ ...card, suggestions }, card], layout: { cardWidth } } },
  },
});
const button = { displayText: "イベントサイトを見る(urlAction)", postback: { data: "データ(postback.data)" } };
const openUrl = { openUrl: { url: "http://www.kddi.com/" } };
const device = {
  action: {
    displayText: "(deviceAction)",
    postback: { data: "データ(postback.data)" },
    deviceAction: { requestDeviceSpecifics: {} },
  },
};
const richCard = (layout: object, data: string) => ({
  richcardMessage: {
    message: {
      generalPurposeCard: {
        layout: { cardOrientation: "HORIZONTAL", ...layout, imageAlignment: "LEFT" },
        content: {
          description: "PurposeCardコンテンツの説明",
          title: "Carouselコンテンツタイトル",
          media: { ...card.media, height: "SHORT_HEIGHT", mediaContentType: "image/jpeg", mediaFileSize: 76188 },
          suggestions: [{ reply: { displayText: "test", postback: { data } } }],
        },
      },
    },
  },
});
const location = {
  geolocationPushMessage: {
    expiry: "2018-08-03T17:18:24.890Z",
    label: "日本、〒160-0022 東京都新宿区新宿3丁目",
    pos: "35.69031083620263 139.70062494277954",
    radius: 1000.1,
    timeOffset: 9,
    timestamp: "2018-08-03T17:15:24.890Z",
  },
};
const media = {
  fileMessage: {
    fileMIMEType: "image/jpeg",
    fileName: "lena_hello",
    fileSize: 81280,
    fileUrl: "https://cdn.example.jp/lena_pc.jpg",
    thumbnailFileName: "lena_hello_thumbnail",
    thumbnailFileSize: 95315,
    thumbnailMIMEType: "image/png",
    thumbnailUrl: image,
  },
};

describe("the guide's samples", () => {
  it.each([
    ["§3.2 text", rcsBody(to, text)],
    ["§3.4 media, dst 1", rcsBody(to, media).replace('"dst":"0"', '"dst":"1"')],
    ["§3.5 map", rcsBody(to, location)],
    ["§3.6 rich card", rcsBody(to, richCard({}, "c=1"))],
    ["§3.7 carousel", rcsBody(to, carousel([{ action: { ...button, urlAction: openUrl } }, device], "MEDIUM_WIDTH"))],
  ])("%s, put right, is accepted in strict mode", async (_what, body) => {
    await using simulator = await startFast({ strict: true });
    const answer = await call(simulator, { headers: rcsHeaders, body });
    expect(answer.text).toContain("pending");
    const sent = (JSON.parse(body) as { message: { RCSMessage: unknown } }).message.RCSMessage;
    expect(simulator.messages()[0]?.content).toEqual(sent);
  });

  it("§3.3 fallback is accepted in strict mode", async () => {
    await using simulator = await startFast({ strict: true });
    expect((await sendFallback(simulator, to)).status).toBe(202);
  });

  /** Protocol notes §16: what the samples really do. */
  const asPrinted: readonly (readonly [what: string, body: unknown, deviation: string])[] = [
    [
      "3: messageContact beside message",
      { message: { RCSMessage: location }, messageContact: contact, dst: "0" },
      "messageContact stands beside message",
    ],
    ["5: no dst", { message: { RCSMessage: text, messageContact: contact } }, "dst is missing"],
    [
      "6: dst inside SMSMessage",
      { message: { RCSMessage: text, messageContact: contact }, SMSMessage: { dst: "0" } },
      "dst stands inside smsmessage",
    ],
    [
      "2: rcsMessage",
      { message: { rcsMessage: text, messageContact: contact }, dst: "0" },
      "message.RCSMessage is spelled rcsMessage",
    ],
    [
      "7: urlAction beside action",
      {
        message: {
          RCSMessage: carousel([{ action: button, urlAction: openUrl }], "MEDIUM_WIDTH"),
          messageContact: contact,
        },
        dst: "0",
      },
      "urlAction stands beside action",
    ],
    [
      "10: cardWidth in a single card",
      { message: { RCSMessage: richCard({ cardWidth: "SMALL_WIDTH" }, "c=1"), messageContact: contact }, dst: "0" },
      "cardWidth belongs to a carousel",
    ],
    [
      "11: SMALL_WIDTH and TALL_HEIGHT",
      { message: { RCSMessage: carousel([device], "SMALL_WIDTH"), messageContact: contact }, dst: "0" },
      "media.height is TALL_HEIGHT in a card of SMALL_WIDTH",
    ],
    [
      "13: an empty postback",
      { message: { RCSMessage: richCard({}, ""), messageContact: contact }, dst: "0" },
      "postback.data is empty",
    ],
    [
      "14: suggestChipList",
      {
        message: { RCSMessage: { ...text, suggestChipList: { suggestions: [device] } }, messageContact: contact },
        dst: "0",
      },
      "suggestedChipList is spelled suggestChipList",
    ],
    [
      "smsmessage with mode 1",
      {
        message: { RCSMessage: text, messageContact: contact },
        smsmessage: { smsNumber: "0312345678" },
        dst: "0",
      },
      "smsmessage is sent with X-Fallback 1",
    ],
  ];
  it.each(asPrinted)("%s: tolerated and noted, in strict mode 400", async (_what, body, deviation) => {
    await using lenient = await startFast();
    const parts = { headers: rcsHeaders, body: JSON.stringify(body) };
    const answer = await call(lenient, parts);
    expect([answer.status, answer.text]).toEqual([202, expect.stringContaining("pending")]);
    expect(lenient.messages()[0]?.deviations.join("\n")).toContain(deviation);

    await using strict = await startFast({ strict: true });
    const refused = await call(strict, parts);
    expect(refused.status).toBe(400);
    expect(refused.text).toContain(deviation);
    expect(strict.messages()).toEqual([]);
  });

  it("20: a token without Bearer is tolerated, in strict mode 400", async () => {
    const headers = { "x-plusmsg-mkn-authorization": "au-token" };
    await using lenient = await startFast();
    expect((await sendRcs(lenient, to, text, { headers })).status).toBe(202);
    await using strict = await startFast({ strict: true });
    expect((await sendRcs(strict, to, text, { headers })).text).toContain("without Bearer");
  });

  it("9: the other product's path and header are nothing here", async () => {
    await using simulator = await startFast();
    const parts = { path: "/v1/rcs/messages", headers: { "x-auth-token": "key" }, body: rcsBody(to, text) };
    expect((await call(simulator, parts)).status).toBe(404);
  });
});

it("two botIds of one company have tokens of their own", async () => {
  const second = {
    ...account,
    botId: "second",
    tokens: { au: "au-2", docomo: "docomo-2", softbank: "softbank-2" },
  };
  await using simulator = await startFast({ accounts: [account, second] });
  const path = messagesPath.replace("botId_dummy", "second");
  expect((await sendRcs(simulator, to, text, { path })).status).toBe(401);
  const headers = {
    "x-plusmsg-mkn-authorization": "Bearer au-2",
    "x-plusmsg-tmt-authorization": "Bearer docomo-2",
    "x-plusmsg-gmp-authorization": "Bearer softbank-2",
  };
  expect((await sendRcs(simulator, to, text, { path, headers })).status).toBe(202);
  expect((await send(simulator, to, { path })).status).toBe(202);
});
