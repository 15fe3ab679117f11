import type { ContentIssue, PreparedContent } from "@hikyaku/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plusTokens, testRoute } from "../../test/test-route.ts";
import { kddi } from "../provider.ts";
import { createReference, referenceMark } from "../reference.ts";
import type { PlusPayload } from "./payload.ts";
import { lintContent, visibleTexts } from "./prepare-content.ts";

const tokens = { tokens: plusTokens };
const settingsOf = (changes: Record<string, unknown> = {}) =>
  kddi.publicSettings(testRoute({ ...tokens, ...changes })) as Parameters<typeof lintContent>[1];

const lint = (content: unknown, changes: Record<string, unknown> = {}) => lintContent(content, settingsOf(changes));

function prepared(content: unknown, changes: Record<string, unknown> = {}): PreparedContent {
  const result = kddi.rules(settingsOf(changes)).prepareContent(content);
  if ("issues" in result) throw new Error(JSON.stringify(result.issues, null, 1));
  return result;
}

/** The finished payload; `values` by the variable's name. */
function rendered(content: unknown, values: Record<string, string> = {}, changes: Record<string, unknown> = {}) {
  const { variables, render } = prepared(content, changes);
  const result = render(variables.map((name) => values[name] ?? ""));
  if ("issues" in result) throw new Error(JSON.stringify(result.issues, null, 1));
  return { ...result, payload: result.payload as PlusPayload };
}

function refusal(content: unknown, values: Record<string, string> = {}): ContentIssue[] {
  const { variables, render } = prepared(content);
  const result = render(variables.map((name) => values[name] ?? ""));
  return "issues" in result ? result.issues : [];
}

const url = "https://cdn.example.jp/a.jpg";
const media = { url, mime: "image/jpeg", size: 1_000, height: "medium" };
const file = { url, mime: "image/jpeg", name: "a.jpg", size: 1_000 };
const long = (length: number) => "あ".repeat(length);
const card = (fields: Record<string, unknown> = {}) => ({ card: { title: "題", ...fields } });
const cards = (count: number, fields: Record<string, unknown> = {}) => ({
  carousel: Array.from({ length: count }, () => ({ title: "題", ...fields })),
});
const button = (fields: Record<string, unknown>) => card({ buttons: [{ label: "押す", ...fields }] });
const wireCard = (suggestion: Record<string, unknown>) => ({
  rcs: {
    richcardMessage: {
      message: {
        generalPurposeCard: {
          layout: { cardOrientation: "VERTICAL" },
          content: { title: "題", suggestions: [suggestion] },
        },
      },
    },
  },
});
const event = { title: "会", start: "2026-12-24T18:00:00+09:00", end: "2026-12-24T19:00:00+09:00" };
const wireAt = "content.rcs.richcardMessage.message.generalPurposeCard.content.suggestions[0]";

/** Everything protocol notes §6 forbid, by the author's path. */
const faults: [label: string, content: unknown, path: string, code: string][] = [
  // Shapes.
  ["an unknown field in a card", card({ subtitle: "x" }), "content.card.subtitle", "unknown-field"],
  ["a number as a title", card({ title: 1 }), "content.card.title", "wrong-shape"],
  ["a list as a card", { card: [] }, "content.card", "wrong-shape"],
  ["one card as a carousel", { carousel: { title: "a" } }, "content.carousel", "wrong-shape"],
  ["a height nobody has", card({ media: { ...media, height: "huge" } }), "content.card.media.height", "wrong-shape"],
  [
    "a height nobody has, in the third card",
    { carousel: [{ title: "a" }, { title: "b" }, { media: { ...media, height: "HUGE" } }] },
    "content.carousel[2].media.height",
    "wrong-shape",
  ],
  [
    "media without its size",
    card({ media: { url, mime: "image/png", height: "tall" } }),
    "content.card.media.size",
    "wrong-shape",
  ],
  ["a size of 0", { file: { ...file, size: 0 } }, "content.file.size", "wrong-shape"],
  ["half a byte", { file: { ...file, size: 1.5 } }, "content.file.size", "wrong-shape"],
  [
    "a thumbnail of which a part is missing",
    { file: { ...file, thumbnail: { url } } },
    "content.file.thumbnail.mime",
    "wrong-shape",
  ],
  ["a button without a label", card({ buttons: [{ data: "x" }] }), "content.card.buttons[0].label", "wrong-shape"],
  [
    "a call without a number",
    button({ call: { fallbackUrl: url } }),
    "content.card.buttons[0].call.phoneNumber",
    "wrong-shape",
  ],
  [
    "an action switched off",
    button({ requestLocation: false }),
    "content.card.buttons[0].requestLocation",
    "wrong-shape",
  ],
  [
    "a latitude beyond the pole",
    { location: { latitude: 91, longitude: 0 } },
    "content.location.latitude",
    "wrong-shape",
  ],
  ["a mode nobody has", { mode: "mms", text: "a" }, "content.mode", "wrong-shape"],
  [
    "the wire's name for buttons in short names",
    card({ suggestions: [] }),
    "content.card.suggestions",
    "unknown-field",
  ],
  [
    "the guide's other spelling",
    { rcs: { textMessage: "a", suggestChipList: {} } },
    "content.rcs.suggestChipList",
    "unknown-field",
  ],
  [
    "urlAction beside action",
    wireCard({ reply: { displayText: "a" }, urlAction: {} }),
    `${wireAt}.urlAction`,
    "unknown-field",
  ],
  ["an id of our own", { rcs: { textMessage: "a", msgId: "x" } }, "content.rcs.msgId", "unknown-field"],
  ["isTyping", { rcs: { isTyping: "active" } }, "content.rcs.isTyping", "unknown-field"],
  // What may stand together.
  ["a card and a file", { ...card(), file }, "content", "rcs-one-content"],
  ["a card in both kinds of names", { ...card(), rcs: { textMessage: "a" } }, "content", "rcs-one-content"],
  [
    "two contents in the wire's names",
    { rcs: { textMessage: "a", audioMessage: { ...wireFile() } } },
    "content.rcs",
    "rcs-one-content",
  ],
  ["no content in the wire's names", { rcs: {} }, "content.rcs", "rcs-one-content"],
  [
    "a card and a carousel in one",
    { rcs: { richcardMessage: { message: {} } } },
    "content.rcs.richcardMessage.message",
    "rcs-one-card",
  ],
  ["chips alone", { chips: [{ label: "a" }] }, "content", "rcs-no-content"],
  ["chips beside the wire's names", { rcs: { textMessage: "a" }, chips: [] }, "content.chips", "rcs-chips-apart"],
  ["a width without a carousel", { ...card(), carouselWidth: "small" }, "content.carouselWidth", "rcs-no-carousel"],
  ["a card of nothing", { card: {} }, "content.card", "rcs-empty-card"],
  [
    "a card of nothing in a carousel",
    { carousel: [{ title: "a" }, { buttons: [] }] },
    "content.carousel[1]",
    "rcs-empty-card",
  ],
  [
    "a horizontal card without a side",
    card({ orientation: "horizontal" }),
    "content.card.imageAlignment",
    "rcs-layout",
  ],
  ["a vertical card with a side", card({ imageAlignment: "left" }), "content.card.imageAlignment", "rcs-layout"],
  ["one card as a list", cards(1), "content.carousel", "rcs-card-count"],
  ["twelve cards", cards(12), "content.carousel", "rcs-card-count"],
  [
    "five buttons",
    card({ buttons: Array.from({ length: 5 }, () => ({ label: "a" })) }),
    "content.card.buttons",
    "rcs-button-count",
  ],
  [
    "twelve chips",
    { text: "a", chips: Array.from({ length: 12 }, () => ({ label: "a" })) },
    "content.chips",
    "rcs-button-count",
  ],
  ["a button that does two things", button({ url, call: "110" }), "content.card.buttons[0]", "rcs-action"],
  [
    "a button that calls in two ways",
    button({ call: "110", videoCall: "110" }),
    "content.card.buttons[0]",
    "rcs-action",
  ],
  [
    "a button of two settings",
    button({ disableAnonymization: true, enableDisplayedNotifications: true }),
    "content.card.buttons[0]",
    "rcs-action",
  ],
  [
    "a reply that is an action too",
    wireCard({ reply: { displayText: "a" }, action: { displayText: "a" } }),
    wireAt,
    "rcs-suggestion",
  ],
  ["a suggestion of nothing", wireCard({}), wireAt, "rcs-suggestion"],
  ["an action of nothing", wireCard({ action: { displayText: "a" } }), `${wireAt}.action`, "rcs-action"],
  [
    "a dialer of nothing",
    wireCard({ action: { displayText: "a", dialerAction: {} } }),
    `${wireAt}.action.dialerAction`,
    "rcs-action",
  ],
  [
    "a place and a query",
    button({ showLocation: { latitude: 1, longitude: 2, query: "a" } }),
    "content.card.buttons[0].showLocation",
    "rcs-location",
  ],
  ["half a place", button({ showLocation: { latitude: 1 } }), "content.card.buttons[0].showLocation", "rcs-location"],
  [
    "half a thumbnail in the wire's names",
    { rcs: { fileMessage: { ...wireFile(), thumbnailUrl: url } } },
    "content.rcs.fileMessage",
    "rcs-thumbnail-incomplete",
  ],
  // Lengths.
  ["a text too long", { mode: "rcs", text: long(2_731) }, "content.text", "rcs-too-long"],
  ["a title too long", card({ title: long(201) }), "content.card.title", "rcs-too-long"],
  ["a description too long", card({ description: long(2_001) }), "content.card.description", "rcs-too-long"],
  ["a label too long", card({ buttons: [{ label: long(26) }] }), "content.card.buttons[0].label", "rcs-too-long"],
  [
    "an emoji counted twice",
    card({ buttons: [{ label: `${long(24)}😀` }] }),
    "content.card.buttons[0].label",
    "rcs-too-long",
  ],
  ["data too long", button({ data: "a".repeat(2_049) }), "content.card.buttons[0].data", "rcs-too-long"],
  [
    "data too long by its reference",
    button({ data: `#{_ref}${"a".repeat(2_048 - 25)}` }),
    "content.card.buttons[0].data",
    "rcs-too-long",
  ],
  [
    "a place's label too long",
    { location: { latitude: 1, longitude: 1, label: long(201) } },
    "content.location.label",
    "rcs-too-long",
  ],
  [
    "a picture's description too long",
    card({ media: { ...media, description: long(201) } }),
    "content.card.media.description",
    "rcs-too-long",
  ],
  [
    "a map's label too long",
    button({ showLocation: { latitude: 1, longitude: 2, label: long(101) } }),
    "content.card.buttons[0].showLocation.label",
    "rcs-too-long",
  ],
  [
    "a map's query too long",
    button({ showLocation: { query: long(201) } }),
    "content.card.buttons[0].showLocation.query",
    "rcs-too-long",
  ],
  [
    "a subject too long",
    button({ enrichedCall: { phoneNumber: "110", subject: long(61) } }),
    "content.card.buttons[0].enrichedCall.subject",
    "rcs-too-long",
  ],
  [
    "an event's title too long",
    button({ calendarEvent: { ...event, title: long(101) } }),
    "content.card.buttons[0].calendarEvent.title",
    "rcs-too-long",
  ],
  [
    "an event's description too long",
    button({ calendarEvent: { ...event, description: long(501) } }),
    "content.card.buttons[0].calendarEvent.description",
    "rcs-too-long",
  ],
  [
    "a text to compose too long",
    button({ composeText: { phoneNumber: "110", text: long(101) } }),
    "content.card.buttons[0].composeText.text",
    "rcs-too-long",
  ],
  [
    "a title whose own words are too long",
    card({ title: `#{name}${long(201)}` }),
    "content.card.title",
    "rcs-too-long",
  ],
  // Texts.
  ["a blank title", card({ title: " \n" }), "content.card.title", "rcs-blank"],
  ["a blank text", { mode: "rcs", text: "" }, "content.text", "rcs-blank"],
  ["a control character", card({ title: "a\tb" }), "content.card.title", "rcs-control-character"],
  ["half a surrogate pair", card({ title: "a\ud83d" }), "content.card.title", "rcs-broken-character"],
  ["no character at all", card({ title: "a\uffff" }), "content.card.title", "rcs-broken-character"],
  ["two lines on a button", card({ buttons: [{ label: "a\nb" }] }), "content.card.buttons[0].label", "rcs-line-break"],
  ["an open variable", card({ title: "Dear #{name" }), "content.card.title", "unclosed-variable"],
  ["a reference in a text", card({ title: "#{_ref}" }), "content.card.title", "rcs-reference-misplaced"],
  // Forms.
  ["a relative URL", card({ media: { ...media, url: "/a.jpg" } }), "content.card.media.url", "rcs-url"],
  ["a URL with a space", button({ url: "https://e.example/a b" }), "content.card.buttons[0].url", "rcs-url"],
  ["a URL in Japanese", button({ url: "https://e.example/店" }), "content.card.buttons[0].url", "rcs-url"],
  ["a script as a URL", button({ url: "javascript:alert(1)" }), "content.card.buttons[0].url", "rcs-url"],
  ["a file by ftp", { file: { ...file, url: "ftp://e.example/a" } }, "content.file.url", "rcs-url"],
  ["a file with credentials", { file: { ...file, url: "https://u:p@e.example/a" } }, "content.file.url", "rcs-url"],
  ["a number with hyphens", button({ call: "03-1234-5678" }), "content.card.buttons[0].call", "rcs-phone-number"],
  [
    "a time without an offset",
    button({ calendarEvent: { ...event, start: "2026-12-24T18:00:00" } }),
    "content.card.buttons[0].calendarEvent.start",
    "rcs-time",
  ],
  [
    "a day that never comes",
    button({ calendarEvent: { ...event, start: "2026-02-30T18:00:00Z" } }),
    "content.card.buttons[0].calendarEvent.start",
    "rcs-time",
  ],
  [
    "an event that ends before it starts",
    button({ calendarEvent: { ...event, end: event.start } }),
    "content.card.buttons[0].calendarEvent.end",
    "rcs-event-order",
  ],
  [
    "a position in words",
    { rcs: { geolocationPushMessage: { pos: "35.6,139.7" } } },
    "content.rcs.geolocationPushMessage.pos",
    "rcs-position",
  ],
  // Files.
  ["a PDF", { file: { ...file, mime: "application/pdf" } }, "content.file.mime", "rcs-mime"],
  [
    "an audio file as a card's picture",
    card({ media: { ...media, mime: "audio/mpeg" } }),
    "content.card.media.mime",
    "rcs-mime",
  ],
  ["an image as audio", { audio: file }, "content.audio.mime", "rcs-mime"],
  [
    "a video as a thumbnail",
    card({ media: { ...media, thumbnail: { url, mime: "video/mp4", size: 1 } } }),
    "content.card.media.thumbnail.mime",
    "rcs-mime",
  ],
  ["a file over 100 MB", { file: { ...file, size: 100_000_001 } }, "content.file.size", "rcs-file-too-large"],
  // Settings that are off.
  ["an expiry nobody confirmed", { ...card(), expiresAfter: "6h" }, "content.expiresAfter", "rcs-expiry-off"],
  [
    "an expiry in the wire's names",
    { rcs: { textMessage: "a", expiry: "2026-12-24T18:00:00Z" } },
    "content.rcs.expiry",
    "rcs-expiry-off",
  ],
  [
    "a traffic type nobody confirmed",
    { ...card(), trafficType: "payment" },
    "content.trafficType",
    "rcs-traffic-type-off",
  ],
  // Modes.
  ["SMS with a card", { mode: "sms", text: "a", ...card() }, "content.card", "rcs-not-sent"],
  ["SMS with chips", { mode: "sms", text: "a", chips: [] }, "content.chips", "rcs-not-sent"],
  ["fallback without an SMS", { mode: "sms-fallback", ...card() }, "content.sms", "sms-part-missing"],
  ["+Message with nothing to show", { mode: "rcs", sms: { text: "a" } }, "content", "rcs-no-content"],
  ["nothing at all", {}, "content.text", "wrong-shape"],
  ["a text shown nowhere", { text: "a", sms: { text: "b" }, ...card() }, "content.text", "text-not-used"],
  ["a text beside the SMS's own", { mode: "sms", text: "a", sms: { text: "b" } }, "content.text", "text-not-used"],
  [
    "the sender twice",
    { smsNumber: "0312345678", sms: { text: "b", smsNumber: "0312345678" } },
    "content.smsNumber",
    "sender-twice",
  ],
  ["a sender and no SMS", { ...card(), smsNumber: "0312345678" }, "content.smsNumber", "sms-part-missing"],
  [
    "a sender of somebody else",
    { ...card(), sms: { text: "a", smsNumber: "0399999999" } },
    "content.sms.smsNumber",
    "sender-not-allowed",
  ],
  ["an SMS part too long", { ...card(), sms: { text: long(661) } }, "content.sms.text", "sms-too-long"],
  ["+Message to Rakuten", { ...card(), dst: "4" }, "content.dst", "rcs-no-rakuten"],
];

function wireFile() {
  return { fileUrl: url, fileName: "a.jpg", fileMIMEType: "image/jpeg", fileSize: 1 };
}

describe("a +Message content is refused", () => {
  test.each(faults)("for %s", (_, content, path, code) => {
    expect(lint(content)).toContainEqual({ path, level: "error", code, message: expect.stringMatching(/\S \S/) });
  });

  test("for all its faults at once, in both parts", () => {
    const content = { card: { title: long(201), buttons: [{ label: "" }] }, text: "a\tb", smsNumber: "0399999999" };
    expect(
      lint(content)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(["content.card.buttons[0].label", "content.card.title", "content.smsNumber", "content.text"]);
  });

  test.each([
    ["a mode", { mode: "rcs", text: "a" }, "content.mode"],
    ["fallback", { mode: "sms-fallback", text: "a" }, "content.mode"],
    ["a card", card(), "content.card"],
    ["chips", { text: "a", chips: [{ label: "a" }] }, "content.chips"],
    ["both texts", { text: "a", sms: { text: "b" } }, "content.text"],
  ])("by an account for SMS only, here for %s", (_, content, path) => {
    expect(lint(content, { tokens: "smsonly" })).toMatchObject([{ path, code: "sms-only-account", level: "error" }]);
  });
});

/** What is sent but should be looked at. */
const warnings: [label: string, content: unknown, path: string, code: string][] = [
  [
    "the guide's own tall picture in a small card",
    { carouselWidth: "small", ...cards(2, { media: { ...media, height: "tall" } }) },
    "content.carousel[0].media.height",
    "rcs-small-and-tall",
  ],
  ["eleven cards", cards(11), "content.carousel", "rcs-card-count"],
  ["a heavy image", { file: { ...file, size: 2_000_001 } }, "content.file.size", "rcs-file-large"],
  ["a heavy video", { file: { ...file, mime: "video/mp4", size: 10_000_001 } }, "content.file.size", "rcs-file-large"],
  [
    "a heavy thumbnail",
    card({ media: { ...media, thumbnail: { url, mime: "image/png", size: 100_001 } } }),
    "content.card.media.thumbnail.size",
    "rcs-file-large",
  ],
  ["media by http", card({ media: { ...media, url: "http://e.example/a" } }), "content.card.media.url", "rcs-http"],
  ["data without a reference", button({ data: "yes" }), "content.card.buttons[0].data", "rcs-no-reference"],
  [
    "a time offset whose unit nobody knows",
    { location: { latitude: 1, longitude: 1, timeOffsetMinutes: 540 } },
    "content.location.timeOffsetMinutes",
    "rcs-time-offset-left-out",
  ],
  ["fallback to Rakuten alone", { ...card(), text: "a", dst: "4" }, "content.dst", "rcs-no-rakuten"],
  ["a doubtful character in its SMS", { ...card(), text: "a ①" }, "content.text", "sms-caution-character"],
];

describe("a +Message content is warned of", () => {
  test.each(warnings)("%s", (_, content, path, code) => {
    const found = lint(content);
    expect(found).toContainEqual({ path, level: "warning", code, message: expect.any(String) });
    expect(found.every(({ level }) => level === "warning")).toBe(true);
  });

  test.each([
    [
      "exactly as long as it may be",
      card({ title: long(200), description: long(2_000), buttons: [{ label: long(25) }] }),
    ],
    ["four buttons", card({ buttons: Array.from({ length: 4 }, () => ({ label: "a" })) })],
    ["ten cards", cards(10)],
    ["a video of 10 MB", { file: { ...file, mime: "video/mp4", size: 10_000_000 } }],
    ["words of an enumeration as the wire spells them", card({ media: { ...media, height: "TALL_HEIGHT" } })],
    ["an app's own scheme on a button", button({ url: "lineworks://open?x=1" })],
    ["emoji, which +Message shows", card({ title: "🎉" })],
    ["no buttons in a list", card({ buttons: [] })],
  ])("nothing for %s", (_, content) => {
    expect(lint(content)).toEqual([]);
  });
});

const rcsOf = (content: unknown, values?: Record<string, string>, changes?: Record<string, unknown>) =>
  rendered(content, values, changes).payload.rcs;

const cardOf = (content: unknown, values?: Record<string, string>, changes?: Record<string, unknown>) =>
  rcsOf(content, values, changes).richcardMessage?.message.generalPurposeCard?.content;

describe("personalisation", () => {
  const everywhere = {
    title: "#{名}様",
    description: "#{名}様の\r\nお荷物",
    media: {
      ...media,
      url: "https://cdn.example.jp/#{番号}/a.jpg",
      description: "#{名}の写真",
      thumbnail: { url: "https://cdn.example.jp/#{番号}/t.jpg", mime: "image/jpeg", size: 10 },
    },
    buttons: [
      { label: "#{名}を見る", data: "#{_ref}&n=#{番号}", url: "https://e.example/?n=#{番号}&r=#{_ref}" },
      { label: "電話", call: { phoneNumber: "#{電話}", fallbackUrl: "https://e.example/#{番号}" } },
      {
        label: "予定",
        calendarEvent: { ...event, title: "#{名}", description: "#{名}", start: "#{時}", end: "#{終}" },
      },
      { label: "書く", composeText: { phoneNumber: "#{電話}", text: "#{名}です" } },
    ],
  };
  const values = {
    名: "飛脚 & 太郎",
    番号: "A/1?b=c&d 日(x)",
    電話: "+81312345678",
    時: "2026-12-24T18:00:00+09:00",
    終: "2026-12-24T20:00+09:00",
  };

  test("reaches every text as it is and every URL percent-encoded", () => {
    const encoded = "A%2F1%3Fb%3Dc%26d%20%E6%97%A5%28x%29";
    expect(cardOf({ card: everywhere }, values)).toEqual({
      title: "飛脚 & 太郎様",
      description: "飛脚 & 太郎様の\nお荷物",
      media: {
        mediaUrl: `https://cdn.example.jp/${encoded}/a.jpg`,
        mediaContentType: "image/jpeg",
        mediaFileSize: 1_000,
        height: "MEDIUM_HEIGHT",
        contentDescription: "飛脚 & 太郎の写真",
        thumbnailUrl: `https://cdn.example.jp/${encoded}/t.jpg`,
        thumbnailContentType: "image/jpeg",
        thumbnailFileSize: 10,
      },
      suggestions: [
        {
          action: {
            displayText: "飛脚 & 太郎を見る",
            postback: { data: `${referenceMark}&n=A/1?b=c&d 日(x)` },
            urlAction: { openUrl: { url: `https://e.example/?n=${encoded}&r=${referenceMark}` } },
          },
        },
        {
          action: {
            displayText: "電話",
            postback: { data: `${referenceMark}.button2` },
            dialerAction: {
              dialPhoneNumber: { phoneNumber: "+81312345678", fallbackUrl: `https://e.example/${encoded}` },
            },
          },
        },
        {
          action: {
            displayText: "予定",
            postback: { data: `${referenceMark}.button3` },
            calendarAction: {
              createCalendarEvent: {
                startTime: "2026-12-24T09:00:00Z",
                endTime: "2026-12-24T11:00:00Z",
                title: "飛脚 & 太郎",
                description: "飛脚 & 太郎",
              },
            },
          },
        },
        {
          action: {
            displayText: "書く",
            postback: { data: `${referenceMark}.button4` },
            composeAction: { composeTextMessage: { phoneNumber: "+81312345678", text: "飛脚 & 太郎です" } },
          },
        },
      ],
    });
  });

  test("names each variable once, those of the SMS after those of +Message", () => {
    const content = { card: everywhere, text: "#{番号} #{店}" };
    expect(prepared(content).variables).toEqual(["名", "番号", "電話", "時", "終", "店"]);
  });

  test("by a variable at its beginning brings a whole URL", () => {
    const content = button({ url: "#{ページ}?n=#{番号}" });
    const read = cardOf(content, { ページ: "https://e.example/a/b", 番号: "1&2" });
    expect(read?.suggestions?.[0]?.action?.urlAction?.openUrl.url).toBe("https://e.example/a/b?n=1%262");
    expect(refusal(content, { ページ: "javascript:alert(1)//", 番号: "1" })).toMatchObject([{ code: "rcs-url" }]);
  });

  test("can't change where a URL leads", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (value) => {
        fc.pre(value.trim() !== "" && !value.includes(referenceMark));
        const read = cardOf(button({ url: "https://e.example/p/#{v}?q=#{v}#f" }), { v: value });
        const opened = new URL(read?.suggestions?.[0]?.action?.urlAction?.openUrl.url ?? "");
        expect(opened.host).toBe("e.example");
        expect(opened.hash).toBe("#f");
        // As the carrier's text is: composed. `.` and `..` alone are steps of a path, which encoding can't hide.
        expect(opened.searchParams.get("q")).toBe(value.normalize("NFC"));
      }),
    );
  });

  test.each([
    ["a title too long for one recipient", card({ title: "#{v}" }), long(201), "content.card.title", "rcs-too-long"],
    [
      "a label of two lines",
      card({ buttons: [{ label: "#{v}" }] }),
      "a\nb",
      "content.card.buttons[0].label",
      "rcs-line-break",
    ],
    ["a control character", card({ title: "#{v}" }), "a\u0000", "content.card.title", "rcs-control-character"],
    ["an empty value", card({ title: "#{v}様" }), " ", "content.card.title", "blank-value"],
    [
      "an empty value in a URL",
      button({ url: "https://e.example/#{v}" }),
      "",
      "content.card.buttons[0].url",
      "blank-value",
    ],
    ["a number that is none", button({ call: "#{v}" }), "03-1234", "content.card.buttons[0].call", "rcs-phone-number"],
    ["a mark of ours", card({ title: "#{v}" }), referenceMark, "content.card.title", "rcs-broken-character"],
    [
      "data too long for one recipient",
      button({ data: "#{_ref}#{v}" }),
      "a".repeat(2_023),
      "content.card.buttons[0].data",
      "rcs-too-long",
    ],
  ])("is checked again with its values: %s", (_, content, value, path, code) => {
    expect(refusal(content, { v: value })).toMatchObject([{ path, code, level: "error" }]);
  });

  test("that makes an event end before it starts is refused", () => {
    const content = button({ calendarEvent: { ...event, end: "#{v}" } });
    expect(refusal(content, { v: "2026-12-24T18:00:00Z" })).toEqual([]);
    expect(refusal(content, { v: "2026-12-24T08:00:00Z" })).toMatchObject([{ code: "rcs-event-order" }]);
  });

  test("that makes the whole too large is refused", () => {
    const content = {
      carousel: Array.from({ length: 10 }, () => ({ media: { ...media, url: "https://e.example/#{v}" } })),
    };
    expect(refusal(content, { v: "a".repeat(20_000) })).toEqual([]);
    expect(refusal(content, { v: "a".repeat(30_000) })).toMatchObject([{ code: "rcs-body-too-large" }]);
  });

  test("takes #{…} inside a value for text", () => {
    expect(cardOf(card({ title: "#{v}" }), { v: "#{_ref}" })?.title).toBe("#{_ref}");
  });

  test("survives variables of any name", () => {
    const names = ["constructor", "__proto__", "toString", "0"];
    const content = { ...card({ title: names.map((name) => `#{${name}}`).join(",") }), text: "#{__proto__}" };
    const { variables, render } = prepared(content);
    expect(variables).toEqual(names);
    expect(render(["a", "b", "c", "d"])).toMatchObject({ payload: { sms: { text: "b" } } });
    expect(render(["a", "b", "c", "d"])).toMatchObject({ preview: expect.stringContaining("a,b,c,d") });
  });
});

describe("a button's data", () => {
  const dataOf = (content: unknown, changes?: Record<string, unknown>) => {
    const read = cardOf(content, {}, changes)?.suggestions ?? [];
    return read.map(({ reply, action }) => (reply ?? action)?.postback?.data);
  };

  test("is the reference and the button's place where the author left it empty", () => {
    const content = card({ buttons: [{ label: "a" }, { label: "b", data: "" }, { label: "c", url }] });
    expect(dataOf(content)).toEqual([1, 2, 3].map((index) => `${referenceMark}.button${index}`));
    const wire = wireCard({ reply: { displayText: "a", postback: { data: "" } } });
    expect(dataOf(wire)).toEqual([`${referenceMark}.button1`]);
  });

  test("tells the cards of a carousel and the chips apart", () => {
    const content = { ...cards(2, { buttons: [{ label: "同じ" }] }), chips: [{ label: "同じ" }] };
    const json = JSON.stringify(rcsOf(content));
    for (const name of ["card1-button1", "card2-button1", "chip1"]) expect(json).toContain(`${referenceMark}.${name}"`);
  });

  test("stays empty where the route says so, and holds what the author asks for", () => {
    const off = { rcs: { reference: false } };
    expect(dataOf(card({ buttons: [{ label: "a" }, { label: "b", data: "x=#{ _ref }" }] }), off)).toEqual([
      "",
      `x=${referenceMark}`,
    ]);
  });

  test("with the longest place is within the limit", () => {
    expect(`${createReference("0198f2c4-7a10-7c3e-9b1d-0123456789ab")}.card11-button4`.length).toBeLessThan(2_048);
  });
});

/** What goes by which channel, for every way to write it. */
const ways: [label: string, content: unknown, mode: string | undefined, rcs: string | null, sms: string | null][] = [
  ["a text", { text: "短文" }, undefined, null, "短文"],
  ["an SMS alone", { sms: { text: "短文" } }, undefined, null, "短文"],
  ["a text by mode sms", { mode: "sms", text: "短文" }, undefined, null, "短文"],
  ["a text by mode rcs", { mode: "rcs", text: "本文" }, "1", "本文", null],
  ["a text by both", { mode: "sms-fallback", text: "共通" }, "0", "共通", "共通"],
  ["two texts", { text: "本文", sms: { text: "短文" } }, "0", "本文", "短文"],
  [
    "two texts, of which the SMS waits for a deadline",
    { mode: "rcs", text: "本文", sms: { text: "短文" } },
    "1",
    "本文",
    null,
  ],
  ["a card", card(), "1", null, null],
  ["a card and a text", { ...card(), text: "短文" }, "0", null, "短文"],
  ["a card and an SMS", { ...card(), sms: { text: "短文" } }, "0", null, "短文"],
  ["a card by mode rcs and a text", { mode: "rcs", ...card(), text: "短文" }, "1", null, null],
  ["a text and chips", { text: "共通", chips: [{ label: "はい" }] }, "0", "共通", "共通"],
  ["the wire's names", { rcs: { textMessage: "本文" } }, "1", "本文", null],
  ["the wire's names and a text", { rcs: { textMessage: "本文" }, text: "短文" }, "0", "本文", "短文"],
];

describe("the channels of a content", () => {
  test.each(ways)("with %s", (_, content, mode, textMessage, sms) => {
    const { payload } = rendered(content);
    expect(payload.mode).toBe(mode);
    if (mode === undefined) expect(payload).toEqual({ text: sms, smsNumber: "0312345678", dst: "0" });
    else expect(payload.sms?.text ?? null).toBe(sms);
    if (textMessage !== null) expect(payload.rcs.textMessage).toBe(textMessage);
  });

  test("are stored so that the same content is read again", () => {
    for (const [, content] of ways) {
      const first = prepared(content);
      const again = prepared(JSON.parse(JSON.stringify(first.content)));
      expect(again.content).toEqual(first.content);
      expect(again.render([])).toEqual(first.render([]));
    }
  });

  test("for SMS alone are stored as they always were", () => {
    for (const content of [{ text: "a" }, { mode: "sms", text: "a" }]) {
      expect(prepared(content).content).toEqual({ text: "a", smsNumber: "0312345678", dst: "0" });
    }
  });

  test("name the carrier: the content's, else the route's for that channel", () => {
    const route = { dst: "2", rcs: { dst: "1" } };
    expect(rendered({ text: "a" }, {}, route).payload.dst).toBe("2");
    expect(rendered(card(), {}, route).payload.dst).toBe("1");
    expect(rendered({ ...card(), dst: "3" }, {}, route).payload.dst).toBe("3");
  });

  test("are one where the mode leaves no choice, and open where the carrier chooses", () => {
    const both = { ...card(), sms: { text: "a" } };
    expect(prepared({ text: "a" }).channel).toBe("sms");
    expect(prepared({ ...both, mode: "rcs" })).toMatchObject({ channel: "rcs", fallback: { channel: "sms" } });
    expect(prepared(both)).toMatchObject({ channel: null, fallback: { channel: "sms" } });
  });

  test("cost the parts of the SMS while it may become one", () => {
    expect(rendered({ ...card(), text: long(71) }).segments).toBe(2);
    expect(rendered(card()).segments).toBe(1);
  });
});

describe("the part that stands alone", () => {
  test.each([
    ["of a card with a text", { ...card({ title: "#{品}" }), text: "#{名}様 #{品}" }],
    ["of two texts", { text: "#{品}", sms: { text: "#{名}様 #{品}" } }],
    ["of mode rcs", { mode: "rcs", ...card({ title: "#{品}" }), sms: { text: "#{名}様 #{品}" } }],
  ])("%s is rendered with the values of the whole", (_, content) => {
    const whole = prepared(content);
    expect(whole.variables).toEqual(["品", "名"]);
    expect(whole.fallback?.variables).toEqual(whole.variables);
    expect(whole.fallback?.render(["茶", "飛脚"])).toMatchObject({
      payload: { text: "飛脚様 茶", smsNumber: "0312345678", dst: "0" },
      segments: 1,
      preview: "飛脚様 茶",
    });
  });

  test("is a content of its own", () => {
    const { fallback } = prepared({ ...card(), text: "#{名}様", smsNumber: "0312345678", dst: "2" });
    expect(fallback?.content).toEqual({ text: "#{名}様", smsNumber: "0312345678", dst: "2" });
    expect(prepared(fallback?.content)).toMatchObject({ variables: ["名"] });
    expect(fallback?.render([""])).toMatchObject({ issues: [{ code: "blank-value" }] });
  });

  test.each([
    ["a text by SMS", { text: "a" }],
    ["a text by mode rcs", { mode: "rcs", text: "a" }],
    ["a card alone", card()],
  ])("%s has none", (_, content) => {
    expect(prepared(content).fallback ?? null).toBeNull();
  });
});

describe("the texts a recipient can read", () => {
  test("are all of them, with their part and path, and where buttons lead", () => {
    const content = {
      ...card({ description: "d", buttons: [{ label: "配信停止", url: "https://e.example/stop?n=#{番号}" }] }),
      chips: [{ label: "はい" }],
      text: "【飛脚】#{名}様",
    };
    expect(prepared(content).visibleTexts).toEqual([
      ["題", "d", "配信停止", "https://e.example/stop?n=#{番号}", "はい"],
      ["【飛脚】#{名}様"],
    ]);
    expect(rendered(content, { 番号: "1", 名: "太郎" }).visibleTexts).toEqual([
      ["題", "d", "配信停止", "https://e.example/stop?n=1", "はい"],
      ["【飛脚】太郎様"],
    ]);
    expect(visibleTexts(content, settingsOf())).toEqual([
      { path: "content.card.title", part: "rcs", kind: "text", text: "題" },
      { path: "content.card.description", part: "rcs", kind: "text", text: "d" },
      { path: "content.card.buttons[0].label", part: "rcs", kind: "button", text: "配信停止" },
      { path: "content.card.buttons[0].url", part: "rcs", kind: "url", text: "https://e.example/stop?n=#{番号}" },
      { path: "content.chips[0].label", part: "rcs", kind: "button", text: "はい" },
      { path: "content.text", part: "sms", kind: "text", text: "【飛脚】#{名}様" },
    ]);
  });

  test.each([
    ["an SMS", { text: "a" }, [["sms", "a"]]],
    ["+Message", { mode: "rcs", text: "a" }, [["rcs", "a"]]],
    ["a place", { location: { latitude: 1, longitude: 1, label: "新宿" } }, [["rcs", "新宿"]]],
    ["a content that is refused", { text: 1 }, []],
  ])("of %s", (_, content, expected) => {
    expect(visibleTexts(content, settingsOf()).map(({ part, text }) => [part, text])).toEqual(expected);
  });
});

describe("the route's own rules", () => {
  test("narrow a limit for the carriers that a content may reach", () => {
    const route = { rcs: { limits: { docomo: { title: 10 }, common: { cards: 5 } } } };
    const title = card({ title: long(11) });
    expect(lint(title, route)).toMatchObject([{ code: "rcs-too-long" }]);
    expect(lint({ ...title, dst: "2" }, route)).toMatchObject([{ code: "rcs-too-long" }]);
    expect(lint({ ...title, dst: "1" }, route)).toEqual([]);
    expect(lint(cards(6), route)).toMatchObject([{ code: "rcs-card-count" }]);
  });

  test("take other files", () => {
    const pdf = { file: { ...file, mime: "application/pdf" } };
    expect(lint(pdf, { rcs: { mime: { other: ["application/pdf"] } } })).toEqual([]);
  });

  test("send an expiry and a traffic type once they are confirmed", () => {
    const route = { rcs: { expiry: true, trafficType: true } };
    const { payload } = rendered({ ...card(), expiresAfter: "1h30m", trafficType: "payment" }, {}, route);
    expect(payload).toMatchObject({ expiresAfterMs: 5_400_000, rcs: { trafficType: "payment" } });
    const wire = { rcs: { textMessage: "a", expiry: "2026-12-24T18:00:00+09:00", trafficType: "premium" } };
    expect(rcsOf(wire, {}, route)).toMatchObject({ expiry: "2026-12-24T09:00:00Z", trafficType: "premium" });
    expect(lint({ ...card(), expiresAfter: "6" }, route)).toMatchObject([{ path: "content.expiresAfter" }]);
  });

  test("send a time offset in the unit they name", () => {
    const content = { location: { latitude: 1, longitude: 1, timeOffsetMinutes: 540 } };
    const sent = (timeOffset: string) => rcsOf(content, {}, { rcs: { timeOffset } }).geolocationPushMessage?.timeOffset;
    expect([sent("minutes"), sent("hours"), sent("omit")]).toEqual([540, 9, undefined]);
    const half = { location: { latitude: 1, longitude: 1, timeOffsetMinutes: 330 } };
    expect(lint(half, { rcs: { timeOffset: "hours" } })).toMatchObject([{ level: "error" }]);
  });
});

describe("every action of a button", () => {
  const actions: [short: Record<string, unknown>, wire: unknown][] = [
    [{ url: "https://e.example/" }, { urlAction: { openUrl: { url: "https://e.example/" } } }],
    [{ call: "0120123456" }, { dialerAction: { dialPhoneNumber: { phoneNumber: "0120123456" } } }],
    [
      { call: { phoneNumber: "110", fallbackUrl: url } },
      { dialerAction: { dialPhoneNumber: { phoneNumber: "110", fallbackUrl: url } } },
    ],
    [
      { enrichedCall: { phoneNumber: "110", subject: "件" } },
      { dialerAction: { dialEnrichedCall: { phoneNumber: "110", subject: "件" } } },
    ],
    [{ videoCall: "110" }, { dialerAction: { dialVideoCall: { phoneNumber: "110" } } }],
    [
      { showLocation: { latitude: 35.5, longitude: 139.5, label: "店", fallbackUrl: url } },
      {
        mapAction: { showLocation: { location: { latitude: 35.5, longitude: 139.5, label: "店" }, fallbackUrl: url } },
      },
    ],
    [{ showLocation: { query: "店" } }, { mapAction: { showLocation: { location: { query: "店" } } } }],
    [{ requestLocation: true }, { mapAction: { requestLocationPush: {} } }],
    [
      { calendarEvent: { ...event, fallbackUrl: url } },
      {
        calendarAction: {
          createCalendarEvent: {
            startTime: "2026-12-24T09:00:00Z",
            endTime: "2026-12-24T10:00:00Z",
            title: "会",
            fallbackUrl: url,
          },
        },
      },
    ],
    [
      { composeText: { phoneNumber: "110", text: "t" } },
      { composeAction: { composeTextMessage: { phoneNumber: "110", text: "t" } } },
    ],
    [
      { composeRecording: { phoneNumber: "110", type: "audio" } },
      { composeAction: { composeRecordingMessage: { phoneNumber: "110", type: "AUDIO" } } },
    ],
    [{ requestDeviceSpecifics: true }, { deviceAction: { requestDeviceSpecifics: {} } }],
    [{ disableAnonymization: true }, { settingsAction: { disableAnonymization: {} } }],
    [{ enableDisplayedNotifications: true }, { settingsAction: { enableDisplayedNotifications: {} } }],
  ];

  test.each(actions)("%j is the wire's %j, in both kinds of names", (short, wire) => {
    const sent = { displayText: "押す", postback: { data: `${referenceMark}.button1` }, ...(wire as object) };
    expect(cardOf(button(short))?.suggestions).toEqual([{ action: sent }]);
    const written = wireCard({ action: { displayText: "押す", ...(wire as object) } });
    expect(cardOf(written)?.suggestions).toEqual([{ action: sent }]);
  });
});

describe("any content at all", () => {
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.constantFrom<unknown>("", "a", "#{v}", "#{", "sms", "rcs", "tall", "https://e.example/", 0, 1, -1, true, null),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom(
          ..."mode text sms smsNumber dst card carousel chips file audio location rcs title description media url mime".split(
            " ",
          ),
          ..."size height buttons label data call textMessage richcardMessage message thumbnail expiresAfter".split(
            " ",
          ),
        ),
        tie("value"),
        { maxKeys: 6 },
      ),
    ),
  }));

  test("is prepared or refused by path, and never thrown at", () => {
    fc.assert(
      fc.property(value, (content) => {
        const result = kddi.rules(settingsOf()).prepareContent(content);
        if ("issues" in result) {
          expect(result.issues.some(({ level }) => level === "error")).toBe(true);
          for (const { path } of result.issues) expect(path).toMatch(/^content(?:[.[]|$)/);
        } else result.render(result.variables.map(() => "x"));
      }),
      { numRuns: 2_000 },
    );
  });
});
