import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plusTokens, testRoute } from "../test/test-route.ts";
import type { KddiPayload } from "./content/payload.ts";
import { previewOf } from "./preview.ts";
import { previewContentSecurityPolicy, previewPage } from "./preview-html.ts";
import { kddi } from "./provider.ts";

const rules = kddi.rules(
  kddi.publicSettings(testRoute({ tokens: plusTokens, rcs: { mime: { other: ["text/plain"] } } })),
);

function rendered(content: unknown, values: string[] = []) {
  const prepared = rules.prepareContent(content);
  if ("issues" in prepared) throw new Error(JSON.stringify(prepared.issues));
  const result = prepared.render(values);
  if ("issues" in result) throw new Error(JSON.stringify(result.issues));
  return result;
}

const preview = (content: unknown, values?: string[]) => previewOf(rendered(content, values).payload as KddiPayload);
const page = (content: unknown, values?: string[]) => rules.previewPage?.(rendered(content, values)) ?? "";

const url = "https://cdn.example.jp/a.jpg";
const media = { url, mime: "image/jpeg", size: 1_000, height: "short" };
const file = { url, mime: "image/jpeg", name: "a.jpg", size: 1_000 };

describe("the preview model", () => {
  test("of a carousel with fallback has cards, buttons, chips and the SMS with its parts", () => {
    const content = {
      carouselWidth: "small",
      carousel: [
        { title: "#{品}", description: "d", media, buttons: [{ label: "見る", url: "https://e.example/?r=#{_ref}" }] },
        { title: "二", buttons: [{ label: "電話", call: "0120123456" }] },
      ],
      chips: [{ label: "はい" }],
      text: `【飛脚】${"あ".repeat(70)}`,
    };
    expect(preview(content, ["茶"])).toEqual({
      mode: "sms-fallback",
      plus: {
        bubble: {
          kind: "carousel",
          width: "small",
          cards: [
            {
              title: "茶",
              description: "d",
              media: { url, mime: "image/jpeg", height: "short", thumbnailUrl: null, description: null },
              buttons: [{ label: "見る", action: "url", target: "https://e.example/?r=…" }],
            },
            {
              title: "二",
              description: null,
              media: null,
              buttons: [{ label: "電話", action: "call", target: "0120123456" }],
            },
          ],
        },
        chips: [{ label: "はい", action: "reply", target: null }],
      },
      sms: { sender: "0312345678", text: `【飛脚】${"あ".repeat(70)}`, units: 74, segments: 2 },
    });
  });

  test.each([
    ["a text", { mode: "rcs", text: "a" }, { kind: "text", text: "a" }],
    ["a file", { file }, { kind: "file", name: "a.jpg", mime: "image/jpeg", size: 1_000, url, thumbnailUrl: null }],
    [
      "an audio file",
      { audio: { ...file, mime: "audio/mpeg", seconds: 3 } },
      { kind: "audio", name: "a.jpg", mime: "audio/mpeg", size: 1_000, url, seconds: 3 },
    ],
    [
      "a place",
      { location: { latitude: 35.5, longitude: -139, radius: 10 } },
      { kind: "location", position: "35.5 -139", label: null, radius: 10 },
    ],
    [
      "a card with its picture on the right",
      { card: { title: "t", orientation: "horizontal", imageAlignment: "right" } },
      { kind: "card", layout: "right", card: { title: "t", description: null, media: null, buttons: [] } },
    ],
  ])("of %s", (_, content, bubble) => {
    expect(preview(content)).toEqual({ mode: "rcs", plus: { bubble, chips: [] }, sms: null });
  });

  test("of an SMS is the SMS alone", () => {
    expect(preview({ text: "a" })).toEqual({
      mode: "sms",
      plus: null,
      sms: { sender: "0312345678", text: "a", units: 1, segments: 1 },
    });
  });
});

describe("the preview page", () => {
  const everything = {
    carousel: [
      { title: "一", description: "説明", media, buttons: [{ label: "見る", url: "https://e.example/x" }] },
      { title: "二", media: { ...media, url: "https://cdn.example.jp/v.mp4", mime: "video/mp4" } },
    ],
    chips: [{ label: "はい" }, { label: "電話", call: "0120123456" }],
    text: "【飛脚】短文",
  };

  test("shows both phones, every text, and where the buttons lead", () => {
    const html = page(everything);
    const shown = [
      "+メッセージ",
      "SMS",
      "一",
      "説明",
      "二",
      "見る",
      "はい",
      "【飛脚】短文",
      "0312345678",
      "https://e.example/x",
      "0120123456",
    ];
    for (const text of shown) expect(html).toContain(text);
    expect(html).toContain(`<img src="${url}"`);
    // What stands in its place when it can't be loaded.
    expect(html).toContain('alt="a.jpg"');
    expect(html).toContain('<video src="https://cdn.example.jp/v.mp4"');
  });

  test("runs nothing and loads nothing but the author's media", () => {
    const html = page(everything);
    expect(html).not.toMatch(/<script|<link|<iframe|<form|<a |\son\w+=|style="|@import|url\(/i);
    const addresses = [...html.matchAll(/(?:src|href|poster|srcset)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.sort()).toEqual([url, "https://cdn.example.jp/v.mp4"]);
  });

  test("has a security policy that lets in its own style and no other", () => {
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(page(everything)) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(previewContentSecurityPolicy).toContain(`style-src 'sha256-${hash}'`);
    expect(previewContentSecurityPolicy).toContain("default-src 'none'");
    expect(page(everything)).toContain(previewContentSecurityPolicy.replaceAll("'", "&#39;"));
  });

  test("escapes whatever a value brings, in every kind of content", () => {
    const evil = `"><script>alert(1)</script><img src=x onerror='alert(2)'>&`;
    const contents = [
      { text: "#{v}" },
      { mode: "rcs", text: "#{v}", chips: [{ label: "a", data: "#{v}" }] },
      { file: { ...file, name: "#{v}", mime: "text/plain", url: "https://e.example/#{v}" } },
      { audio: { ...file, mime: "audio/mpeg", name: "#{v}" } },
      { location: { latitude: 1, longitude: 1, label: "#{v}" } },
      {
        card: {
          title: "#{v}",
          description: "#{v}",
          media: { ...media, description: "#{v}", url: "https://e.example/#{v}" },
          buttons: [{ label: "a", composeText: { phoneNumber: "110", text: "#{v}" } }],
        },
      },
    ];
    for (const content of contents) {
      const html = page(content, [evil]);
      expect(html).not.toContain("<script");
      expect(html).not.toContain("<img src=x");
      expect(html).toMatch(/&lt;script&gt;|%3Cscript%3E/);
    }
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1 }), (text) => {
        const model = preview({ text: "a" });
        const html = previewPage({ ...model, sms: { sender: text, text, units: 0, segments: 0 } });
        const tags = (source: string) => source.match(/<[a-z!/]/gi)?.length;
        expect(tags(html)).toBe(tags(previewPage({ ...model, sms: { sender: "", text: "", units: 0, segments: 0 } })));
      }),
    );
  });
});

describe("the preview in one text", () => {
  test("holds what is read, for lists and terminals", () => {
    const content = {
      card: { title: "題", media, buttons: [{ label: "見る", url: "https://e.example/" }] },
      text: "短文",
    };
    expect(rendered(content).preview).toBe(
      `[+Message] 題\n<image/jpeg: ${url}>\n[見る] → https://e.example/\n\n[SMS] 短文`,
    );
    expect(rendered({ text: "短文" }).preview).toBe("短文");
  });
});
