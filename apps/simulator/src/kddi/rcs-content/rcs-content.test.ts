import { describe, expect, it } from "vitest";
import { sendRcs, startFast } from "../../../test/support.ts";

const to = "+819012345678";

const reply = (displayText: unknown = "はい", data: unknown = "c=1") => ({
  reply: { displayText, postback: { data } },
});
const action = (what: object) => ({ action: { displayText: "押す", postback: { data: "c=1" }, ...what } });
const media = {
  mediaUrl: "https://cdn.example.jp/1.png",
  mediaContentType: "image/png",
  mediaFileSize: 37609,
  height: "MEDIUM_HEIGHT",
};
const thumbnail = {
  thumbnailUrl: "https://cdn.example.jp/1t.png",
  thumbnailContentType: "image/png",
  thumbnailFileSize: 9531,
};
const vertical = { cardOrientation: "VERTICAL" };
const card = (content: object, layout: object = vertical) => ({
  richcardMessage: { message: { generalPurposeCard: { layout, content } } },
});
const carousel = (content: unknown, layout: object = { cardWidth: "MEDIUM_WIDTH" }) => ({
  richcardMessage: { message: { generalPurposeCardCarousel: { layout, content } } },
});
const cards = (count: number) => Array.from({ length: count }, (_, index) => ({ title: `カード ${index + 1}` }));
const chips = (suggestions: unknown) => ({ textMessage: "どうしますか", suggestedChipList: { suggestions } });
const chip = (what: object) => chips([action(what)]);
const file = {
  fileUrl: "https://cdn.example.jp/a.jpg",
  fileName: "a.jpg",
  fileMIMEType: "image/jpeg",
  fileSize: 81280,
};
const withFile = (changes: object) => ({ fileMessage: { ...file, ...changes } });
const fileThumbnail = {
  thumbnailUrl: "https://cdn.example.jp/t.png",
  thumbnailFileName: "t.png",
  thumbnailMIMEType: "image/png",
  thumbnailFileSize: 9531,
};
const sound = { ...file, fileName: "a.mp3", fileMIMEType: "audio/mpeg", playingLength: 42 };
const place = { pos: "35.690310 139.700624" };
const event = { startTime: "2026-08-03T01:00:00Z", endTime: "2026-08-03T02:00:00.000Z", title: "感謝祭" };
const tomorrow = new Date(Date.now() + 86_400_000).toISOString();

/** Protocol notes §6: what is right passes strict mode. */
const right: readonly (readonly [what: string, content: object])[] = [
  ["a text", { textMessage: "こんにちは\n🙂" }],
  ["a text of 2,730 characters, an emoji counted once", { textMessage: `🙂${"あ".repeat(2729)}` }],
  ["a text with a chip", chips([reply()])],
  ["a text with 11 chips", chips(Array.from({ length: 11 }, () => reply()))],
  ["a button of 25 characters with a postback of 2,048", chips([reply("あ".repeat(25), "x".repeat(2048))])],
  ["an expiry and a trafficType", { textMessage: "x", expiry: tomorrow, trafficType: "advertisement" }],
  ["a picture", withFile({})],
  ["a picture with all of its thumbnail", withFile(fileThumbnail)],
  ["a film", withFile({ fileMIMEType: "video/mp4" })],
  ["a sound as a file", withFile({ fileMIMEType: "audio/mpeg" })],
  ["a MIME type in capitals", withFile({ fileMIMEType: "IMAGE/JPEG" })],
  ["a sound", { audioMessage: sound }],
  ["a place", { geolocationPushMessage: place }],
  [
    "a place with everything",
    {
      geolocationPushMessage: {
        ...place,
        ...{ label: "新宿", timestamp: "2026-08-03T17:15:24.890Z", expiry: "2026-08-03T18:15:24.890Z" },
        ...{ timeOffset: 540, radius: 1000.1 },
      },
    },
  ],
  ["a card with a title alone", card({ title: "見出し" })],
  ["a card with media alone", card({ media })],
  [
    "a card with everything",
    card({ title: "t", description: "d", media: { ...media, ...thumbnail }, suggestions: [reply()] }),
  ],
  ["a card beside its picture", card({ media }, { cardOrientation: "HORIZONTAL", imageAlignment: "RIGHT" })],
  ["a carousel of 2", carousel(cards(2))],
  ["a carousel of 11", carousel(cards(11), { cardWidth: "SMALL_WIDTH" })],
  ["a URL", chip({ urlAction: { openUrl: { url: "https://www.example.jp/?q=1" } } })],
  ["a URL of an app", chip({ urlAction: { openUrl: { url: "lineworks://talk" } } })],
  ["a call", chip({ dialerAction: { dialPhoneNumber: { phoneNumber: "+81312345678" } } })],
  [
    "a call with a subject",
    chip({
      dialerAction: { dialEnrichedCall: { phoneNumber: "0312345678", subject: "予約", fallbackUrl: "https://a.jp" } },
    }),
  ],
  ["a video call", chip({ dialerAction: { dialVideoCall: { phoneNumber: "+81312345678" } } })],
  ["a map", chip({ mapAction: { showLocation: { location: { latitude: 35.6, longitude: 139.7, label: "店" } } } })],
  ["a map by a search", chip({ mapAction: { showLocation: { location: { query: "新宿 カフェ" } } } })],
  ["a question for the place", chip({ mapAction: { requestLocationPush: {} } })],
  ["a date", chip({ calendarAction: { createCalendarEvent: event } })],
  ["a text to write", chip({ composeAction: { composeTextMessage: { phoneNumber: "+81312345678", text: "予約" } } })],
  ["a sound to record", chip({ composeAction: { composeRecordingMessage: { phoneNumber: "110", type: "AUDIO" } } })],
  ["a question for the device", chip({ deviceAction: { requestDeviceSpecifics: {} } })],
  ["a setting", chip({ settingsAction: { enableDisplayedNotifications: {} } })],
];

/** What every gateway refuses; the path and the code of a comparable one (protocol notes §19.1). */
const wrong: readonly (readonly [what: string, content: unknown, code: number, text: string])[] = [
  ["nothing", {}, 42009, "needs one of textMessage"],
  ["a text instead of an object", "こんにちは", 42009, "RCSMessage must be an object"],
  ["two contents", { textMessage: "x", fileMessage: file }, 42010, "textMessage and fileMessage"],
  ["an empty text", { textMessage: "" }, 42015, "textMessage"],
  ["a text that is a number", { textMessage: 1 }, 42015, "textMessage"],
  ["a text of 2,731 characters", { textMessage: "あ".repeat(2731) }, 42201, "2731 characters"],
  ["a past expiry", { textMessage: "x", expiry: "2020-01-01T00:00:00Z" }, 42208, "expiry is past"],
  ["an expiry without a zone", { textMessage: "x", expiry: "2099-01-01T00:00:00" }, 42208, "expiry"],
  ["an expiry that is no date", { textMessage: "x", expiry: "2099-13-01T00:00:00Z" }, 42208, "expiry"],
  ["another trafficType", { textMessage: "x", trafficType: "spam" }, 42000, "trafficType"],

  ["a file without its URL", { fileMessage: { ...file, fileUrl: undefined } }, 42101, "fileUrl is missing"],
  ["a file URL without a scheme", withFile({ fileUrl: "cdn.example.jp/a.jpg" }), 42200, "fileUrl"],
  ["a file URL of ftp", withFile({ fileUrl: "ftp://cdn.example.jp/a.jpg" }), 42200, "http or https"],
  ["a type that is not let in", withFile({ fileMIMEType: "application/pdf" }), 42105, "application/pdf"],
  ["a size of 0", withFile({ fileSize: 0 }), 42103, "fileSize"],
  ["a size as text", withFile({ fileSize: "81280" }), 42103, "fileSize"],
  ["a size of more than 100 MB", withFile({ fileSize: 104_857_601 }), 42106, "fileSize"],
  ["a thumbnail's size alone", withFile({ thumbnailFileSize: 1 }), 42100, "not thumbnailUrl, thumbnailMIMEType"],
  ["a thumbnail that is a film", withFile({ ...fileThumbnail, thumbnailMIMEType: "video/mp4" }), 42105, "thumbnail"],
  ["a picture as a sound", { audioMessage: { ...sound, fileMIMEType: "image/png" } }, 42105, "audioMessage"],
  ["a sound of half a second", { audioMessage: { ...sound, playingLength: 0.5 } }, 42000, "playingLength"],

  ["a place without pos", { geolocationPushMessage: { label: "x" } }, 42000, "pos"],
  ["a comma in pos", { geolocationPushMessage: { pos: "35.69,139.70" } }, 42000, "pos"],
  ["a latitude of 91", { geolocationPushMessage: { pos: "91.0 139.7" } }, 42000, "pos"],
  ["a label of 201 characters", { geolocationPushMessage: { ...place, label: "あ".repeat(201) } }, 42201, "label"],
  [
    "a timestamp in Japan time",
    { geolocationPushMessage: { ...place, timestamp: "2026-08-03T17:15:24+09:00" } },
    42207,
    "timestamp",
  ],
  ["a timeOffset of hours and a half", { geolocationPushMessage: { ...place, timeOffset: 9.5 } }, 42000, "timeOffset"],
  ["a radius as text", { geolocationPushMessage: { ...place, radius: "1000" } }, 42000, "radius"],

  ["no card at all", { richcardMessage: { message: {} } }, 42031, "generalPurposeCard"],
  [
    "a card and a carousel",
    { richcardMessage: { message: { generalPurposeCard: {}, generalPurposeCardCarousel: {} } } },
    42031,
    "only one",
  ],
  [
    "no layout",
    { richcardMessage: { message: { generalPurposeCard: { content: { title: "t" } } } } },
    42032,
    "layout is missing",
  ],
  [
    "no content",
    { richcardMessage: { message: { generalPurposeCard: { layout: vertical } } } },
    42033,
    "content is missing",
  ],
  ["no orientation", card({ title: "t" }, {}), 42034, "cardOrientation"],
  ["another orientation", card({ title: "t" }, { cardOrientation: "DIAGONAL" }), 42034, "cardOrientation"],
  ["HORIZONTAL without alignment", card({ title: "t" }, { cardOrientation: "HORIZONTAL" }), 42037, "imageAlignment"],
  ["VERTICAL with alignment", card({ title: "t" }, { ...vertical, imageAlignment: "LEFT" }), 42038, "imageAlignment"],
  [
    "another alignment",
    card({ title: "t" }, { cardOrientation: "HORIZONTAL", imageAlignment: "TOP" }),
    42039,
    "imageAlignment",
  ],
  ["a carousel without width", carousel(cards(2), {}), 42036, "cardWidth"],
  ["a carousel of another width", carousel(cards(2), { cardWidth: "WIDE" }), 42036, "cardWidth"],
  ["a carousel that is no list", carousel({ title: "t" }), 42033, "list of cards"],
  ["a carousel of 1", carousel(cards(1)), 42205, "1 cards"],
  ["a carousel of 12", carousel(cards(12)), 42205, "12 cards"],
  ["an empty card", carousel([{ title: "t" }, {}]), 42042, "content[1] needs media, a title or a description"],
  ["a card with buttons alone", card({ suggestions: [reply()] }), 42042, "content needs"],
  ["a title of 201 characters", card({ title: "あ".repeat(201) }), 42202, "title has 201"],
  ["a description of 2,001 characters", card({ description: "あ".repeat(2001) }), 42203, "description has 2001"],
  ["an empty title", card({ title: "" }), 42000, "content.title"],
  ["5 buttons on a card", card({ title: "t", suggestions: Array(5).fill(reply()) }), 42048, "5 suggestions"],
  ["an empty list of buttons", card({ title: "t", suggestions: [] }), 42048, "at least one"],
  ["media without URL", card({ media: { ...media, mediaUrl: undefined } }), 42101, "mediaUrl is missing"],
  ["media without type", card({ media: { ...media, mediaContentType: undefined } }), 42102, "mediaContentType"],
  ["media without size", card({ media: { ...media, mediaFileSize: undefined } }), 42103, "mediaFileSize"],
  [
    "media without height",
    carousel([{ media: { ...media, height: undefined } }, { title: "t" }]),
    42104,
    "content[0].media.height",
  ],
  ["a sound on a card", card({ media: { ...media, mediaContentType: "audio/mpeg" } }), 42105, "audio/mpeg"],
  [
    "a thumbnail's URL alone",
    card({ media: { ...media, thumbnailUrl: "https://a.jp/t.png" } }),
    42100,
    "not thumbnailContentType",
  ],
  [
    "a contentDescription of 201",
    card({ media: { ...media, contentDescription: "あ".repeat(201) } }),
    42107,
    "contentDescription",
  ],

  ["an empty list of chips", chips([]), 42043, "at least one"],
  ["12 chips", chips(Array(12).fill(reply())), 42044, "12 suggestions"],
  ["chips that are no list", chips(reply()), 42043, "list"],
  ["chips with isTyping", { isTyping: "active", suggestedChipList: { suggestions: [reply()] } }, 42014, "isTyping"],
  ["a button that is neither", chips([{}]), 42045, "needs one of reply, action"],
  [
    "a button that is both",
    chips([{ ...reply(), ...action({ deviceAction: { requestDeviceSpecifics: {} } }) }]),
    42045,
    "only one",
  ],
  [
    "a button without text",
    chips([reply(undefined)].map(() => ({ reply: { postback: { data: "x" } } }))),
    42046,
    "displayText",
  ],
  ["a button of 26 characters", chips([reply("あ".repeat(26))]), 42204, "displayText has 26"],
  ["a button without postback", chips([{ reply: { displayText: "はい" } }]), 42049, "postback is missing"],
  ["a postback that is a number", chips([reply("はい", 1)]), 42049, "postback.data"],
  ["a postback of 2,049", chips([reply("はい", "x".repeat(2049))]), 42108, "2048"],
  ["an action that does nothing", chip({}), 42051, "needs one of urlAction"],
  [
    "an action that does two things",
    chip({ urlAction: { openUrl: { url: "https://a.jp" } }, deviceAction: { requestDeviceSpecifics: {} } }),
    42051,
    "only one",
  ],
  ["a URL action without openUrl", chip({ urlAction: {} }), 42052, "openUrl"],
  ["a URL without scheme", chip({ urlAction: { openUrl: { url: "www.example.jp" } } }), 42200, "openUrl.url"],
  ["a call to nobody", chip({ dialerAction: { dialPhoneNumber: {} } }), 42054, "phoneNumber"],
  ["a call to a name", chip({ dialerAction: { dialPhoneNumber: { phoneNumber: "本店" } } }), 42054, "phoneNumber"],
  [
    "a subject of 61",
    chip({ dialerAction: { dialEnrichedCall: { phoneNumber: "110", subject: "あ".repeat(61) } } }),
    42206,
    "subject",
  ],
  ["a map of nothing", chip({ mapAction: { showLocation: { location: {} } } }), 42058, "latitude"],
  [
    "a map by place and search",
    chip({ mapAction: { showLocation: { location: { latitude: 1, longitude: 2, query: "x" } } } }),
    42058,
    "only one",
  ],
  [
    "a latitude as text",
    chip({ mapAction: { showLocation: { location: { latitude: "35", longitude: 2 } } } }),
    42058,
    "degrees",
  ],
  ["a search of 201", chip({ mapAction: { showLocation: { location: { query: "x".repeat(201) } } } }), 42206, "query"],
  [
    "a date without end",
    chip({ calendarAction: { createCalendarEvent: { ...event, endTime: undefined } } }),
    42062,
    "endTime",
  ],
  [
    "a date that ends first",
    chip({ calendarAction: { createCalendarEvent: { ...event, endTime: "2026-08-02T00:00:00Z" } } }),
    42062,
    "before",
  ],
  [
    "a date with a title of 101",
    chip({ calendarAction: { createCalendarEvent: { ...event, title: "x".repeat(101) } } }),
    42206,
    "title",
  ],
  [
    "a text to write of 101",
    chip({ composeAction: { composeTextMessage: { phoneNumber: "110", text: "x".repeat(101) } } }),
    42206,
    "text",
  ],
  [
    "a recording of nothing",
    chip({ composeAction: { composeRecordingMessage: { phoneNumber: "110", type: "PHOTO" } } }),
    42066,
    "AUDIO or VIDEO",
  ],
  ["a device action of nothing", chip({ deviceAction: {} }), 42070, "requestDeviceSpecifics"],
  [
    "two settings",
    chip({ settingsAction: { disableAnonymization: {}, enableDisplayedNotifications: {} } }),
    42072,
    "only one",
  ],
  [
    "a wrong fallbackUrl",
    chip({ dialerAction: { dialPhoneNumber: { phoneNumber: "110", fallbackUrl: "x" } } }),
    42200,
    "fallbackUrl",
  ],
];

/** Let in, noted, and 400 in strict mode. */
const tolerated: readonly (readonly [deviation: string, content: object])[] = [
  ["message.RCSMessage.msgId is the platform's to fill in", { textMessage: "x", msgId: "1" }],
  ["message.RCSMessage.priority is unknown", { textMessage: "x", priority: 1 }],
  ["textMessage holds half of a surrogate pair", { textMessage: "x\ud83d" }],
  ["isTyping is not among the messages of the guide", { isTyping: "active" }],
  ["fileMessage.fileName is missing", withFile({ fileName: undefined })],
  ["fileMessage.fileSize is missing", withFile({ fileSize: undefined })],
  ["fileMessage.thumbnailFileName is missing", withFile({ ...fileThumbnail, thumbnailFileName: undefined })],
  ["audioMessage.playingLength is missing", { audioMessage: { ...sound, playingLength: undefined } }],
  ["layout.titleFontStyle is unknown", card({ title: "t" }, { ...vertical, titleFontStyle: ["bold"] })],
  ["layout.cardWidth belongs to a carousel", card({ title: "t" }, { ...vertical, cardWidth: "SMALL_WIDTH" })],
  ["media.mediaFileSize is 0", card({ media: { ...media, mediaFileSize: 0 } })],
  [
    "content[1].media.height is TALL_HEIGHT in a card of SMALL_WIDTH",
    carousel([{ title: "t" }, { media: { ...media, height: "TALL_HEIGHT" } }], { cardWidth: "SMALL_WIDTH" }),
  ],
  ["suggestions[0].reply.postback.data is empty", chips([reply("はい", "")])],
  ["openUrl.application is unknown", chip({ urlAction: { openUrl: { url: "https://a.jp", application: "webview" } } })],
  [
    "suggestions[0].urlAction stands beside action",
    chips([{ ...action({}), urlAction: { openUrl: { url: "https://a.jp" } } }]),
  ],
];

describe("content that is right", () => {
  it.each(right)("%s", async (_what, content) => {
    await using simulator = await startFast({ strict: true });
    const answer = await sendRcs(simulator, to, content);
    expect([answer.status, answer.text]).toEqual([202, expect.stringContaining("pending")]);
    expect(simulator.messages()[0]?.content).toEqual(JSON.parse(JSON.stringify(content)));
  });
});

describe("content that is wrong is answered 400, also where much is tolerated", () => {
  it.each(wrong)("%s: %#", async (_what, content, code, text) => {
    await using simulator = await startFast();
    const answer = await sendRcs(simulator, to, content);
    const { reason } = JSON.parse(answer.text) as { reason: unknown };
    expect([answer.status, reason]).toEqual([400, { code, text: expect.stringContaining(text) }]);
  });

  it("chips beside RCSMessage are refused by their own code", async () => {
    await using simulator = await startFast();
    for (const holder of ["message", "root"]) {
      const list = { suggestedChipList: { suggestions: [reply()] } };
      const message = { RCSMessage: { textMessage: "x" }, messageContact: { userContact: to } };
      const body = holder === "root" ? { message, ...list, dst: "0" } : { message: { ...message, ...list }, dst: "0" };
      const answer = await sendRcs(simulator, to, {}, { body: JSON.stringify(body) });
      expect([answer.status, answer.text]).toEqual([400, expect.stringContaining("42014")]);
    }
  });

  it("limits are knobs", async () => {
    await using simulator = await startFast({ rcs: { maxText: 3, maxCards: 12, imageTypes: ["image/webp"] } });
    expect((await sendRcs(simulator, to, { textMessage: "あいうえ" })).status).toBe(400);
    expect((await sendRcs(simulator, to, carousel(cards(12)))).status).toBe(202);
    expect((await sendRcs(simulator, to, withFile({ fileMIMEType: "image/webp" }))).status).toBe(202);
    expect((await sendRcs(simulator, to, withFile({}))).status).toBe(400);
  });
});

describe("content that is not as it should be", () => {
  it.each(tolerated)("%s: tolerated and noted, in strict mode 400", async (deviation, content) => {
    await using lenient = await startFast();
    const answer = await sendRcs(lenient, to, content);
    expect([answer.status, answer.text]).toEqual([202, expect.stringContaining("pending")]);
    expect(lenient.messages()[0]?.deviations.join("\n")).toContain(deviation);

    await using strict = await startFast({ strict: true });
    const refused = await sendRcs(strict, to, content);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining(deviation)]);
  });
});
