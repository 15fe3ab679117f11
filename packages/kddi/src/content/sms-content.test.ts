import type { PreparedContent, RenderedMessage } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import { testRoute } from "../../test/test-route.ts";
import { kddi } from "../provider.ts";

function prepare(content: unknown, changes: Record<string, unknown> = {}) {
  return kddi.rules(kddi.publicSettings(testRoute(changes))).prepareContent(content);
}

function prepared(content: unknown, changes: Record<string, unknown> = {}): PreparedContent {
  const result = prepare(content, changes);
  if ("issues" in result) throw new Error(JSON.stringify(result.issues));
  return result;
}

function rendered(text: string, values: string[] = [], changes: Record<string, unknown> = {}): RenderedMessage {
  const result = prepared({ text }, changes).render(values);
  if ("issues" in result) throw new Error(JSON.stringify(result.issues));
  return result;
}

const faults: [label: string, content: unknown, path: string, code: string][] = [
  ["nothing", undefined, "content", "wrong-shape"],
  ["a text alone", "hello", "content", "wrong-shape"],
  ["no text", {}, "content.text", "wrong-shape"],
  ["a number as text", { text: 1 }, "content.text", "wrong-shape"],
  ["an unknown field", { text: "a", subject: "b" }, "content.subject", "unknown-field"],
  ["a carrier nobody has", { text: "a", dst: "5" }, "content.dst", "wrong-shape"],
  ["dst as a number", { text: "a", dst: 0 }, "content.dst", "wrong-shape"],
  ["a sender of somebody else", { text: "a", smsNumber: "0399999999" }, "content.smsNumber", "sender-not-allowed"],
  ["an open variable", { text: "Dear #{name" }, "content.text", "unclosed-variable"],
  ["a blank text", { text: " \n" }, "content.text", "sms-blank"],
  ["a text that is too long", { text: "あ".repeat(661) }, "content.text", "sms-too-long"],
  ["a template whose own words are too long", { text: `#{name}${"あ".repeat(661)}` }, "content.text", "sms-too-long"],
  ["a control character", { text: "a\tb #{name}" }, "content.text", "sms-control-character"],
  ["an emoji in a short text", { text: "ok 😀" }, "content.text", "sms-unsafe-character"],
];

describe("content that is refused", () => {
  test.each(faults)("%s", (_, content, path, code) => {
    const result = prepare(content);
    expect("issues" in result ? result.issues : []).toContainEqual({
      path,
      level: "error",
      code,
      message: expect.any(String),
    });
  });

  test("tells all faults at once", () => {
    const result = prepare({ text: "#{a", smsNumber: "0399999999" });
    expect("issues" in result && result.issues.map(({ path }) => path)).toEqual(["content.smsNumber", "content.text"]);
  });
});

describe("content that is taken", () => {
  test("is stored with its sender and carrier filled in", () => {
    expect(prepared({ text: "a" }).content).toEqual({ text: "a", smsNumber: "0312345678", dst: "0" });
  });

  test("may name another sender of the route and a carrier", () => {
    const { content } = prepared({ text: "a", smsNumber: "0005123456", dst: "2" }, { smsNumbers: ["0005123456"] });
    expect(content).toEqual({ text: "a", smsNumber: "0005123456", dst: "2" });
  });

  test("prepares again from what was stored", () => {
    const { content } = prepared({ text: "#{名前}様" });
    expect(prepared(content)).toMatchObject({ content, variables: ["名前"] });
  });

  test("names its variables once, in order of first use", () => {
    expect(prepared({ text: "#{b} #{a} #{b}" }).variables).toEqual(["b", "a"]);
  });

  test("warns of characters that the values may bring over 70 units", () => {
    expect(prepared({ text: "#{name} 😀" }).warnings).toMatchObject([
      { level: "warning", code: "sms-unsafe-character" },
    ]);
  });

  test("is not warned of a border between parts, whose place depends on the values", () => {
    const text = `#{name}${"あ".repeat(65)}😀${"あ".repeat(20)}`;
    expect(prepared({ text }).warnings.map(({ code }) => code)).toEqual(["sms-unsafe-character"]);
    expect(rendered(text, ["\u3042\u3042"]).warnings.map(({ code }) => code)).toEqual(["sms-unsafe-character"]);
    expect(rendered(text.replace("#{name}", "")).warnings.map(({ code }) => code)).toContain("sms-split-character");
  });

  test("with a variable alone is not blank", () => {
    expect(prepared({ text: "#{text}" }).warnings).toEqual([]);
  });
});

describe("a rendered message", () => {
  test("is normalised once, for both fields and the preview", () => {
    const { payload, preview } = rendered("#{name}様\r\nカ\u3099ス", ["が\r"]);
    expect(preview).toBe("が\n様\nガス");
    expect(payload).toEqual({ text: preview, smsNumber: "0312345678", dst: "0" });
  });

  test.each([
    [70, 1],
    [71, 2],
    [132, 2],
    [133, 3],
    [660, 10],
  ])("of %i units has %i parts", (units, segments) => {
    expect(rendered("#{text}", ["あ".repeat(units)]).segments).toBe(segments);
  });

  test("counts parts by the route's own lengths", () => {
    expect(rendered("あ".repeat(134), [], { sms: { multi: 67 } }).segments).toBe(2);
  });

  test.each([
    ["too long", "あ".repeat(661), "sms-too-long"],
    ["blank", " ", "blank-value"],
    ["an emoji", "😀", "sms-unsafe-character"],
  ])("%s is refused with its reason", (_, value, code) => {
    expect(prepared({ text: "#{text}" }).render([value])).toMatchObject({ issues: [{ path: "content.text", code }] });
  });

  test("without a value for a variable is refused", () => {
    expect(prepared({ text: "#{a} #{b}" }).render(["x"])).toMatchObject({ issues: [{ code: "missing-value" }] });
  });

  test("takes #{…} inside a value for text", () => {
    expect(rendered("#{a}", ["#{b}"]).preview).toBe("#{b}");
  });

  test("to docomo may hold an emoji, with a warning", () => {
    expect(rendered("ok 😀", [], { dst: "2" }).warnings).toMatchObject([
      { code: "sms-unsafe-character", level: "warning" },
    ]);
  });
});

describe("recipients", () => {
  const normalise = (raw: string, changes: Record<string, unknown> = {}) =>
    kddi.rules(kddi.publicSettings(testRoute(changes))).normaliseRecipient(raw);

  test("follow the number plan and the route's knobs", () => {
    expect(normalise("090-1234-5678")).toEqual({ ok: true, recipient: "+819012345678" });
    expect(normalise("060-1234-5678")).toMatchObject({ ok: true });
    expect(normalise("060-1234-5678", { allow060: false })).toMatchObject({ ok: false, code: "range-off" });
    expect(normalise("+819000000000")).toMatchObject({ ok: false });
    expect(normalise("+819000000000", { allowDummyC0: true })).toMatchObject({ ok: true });
  });
});
