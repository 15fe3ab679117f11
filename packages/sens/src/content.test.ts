import type { RenderedMessage } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import { payloadOf, prepared, testRules } from "../test/test-route.ts";
import { contentFromTemplate } from "./content-from-template.ts";

const template = {
  templateCode: "ORDER01",
  content: "#{고객명}님, 주문 #{번호}이(가) 발송되었습니다.",
  emphasizeType: "NONE",
  templateInspectionStatus: "COMPLETE",
  templateStatus: "ACTIVE",
  buttons: [
    { order: 2, type: "WL", name: "주문 보기", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
    { order: 1, type: "DS", name: "배송 조회" },
  ],
};
const webLink = { type: "WL", name: "보기", linkMobile: "https://a.example", linkPc: "https://a.example" };
const items = (count: number) => ({
  list: Array.from({ length: count }, () => ({ title: "품목", description: "컵" })),
});
const summarised = (description: string) => ({ ...items(2), summary: { title: "합계", description } });

function prepare(content: unknown, changes: Record<string, unknown> = {}) {
  return testRules(changes).prepareContent(content);
}

function faultsOf(content: unknown, changes: Record<string, unknown> = {}) {
  const result = prepare(content, changes);
  return "issues" in result ? result.issues : [];
}

/** A content around `ORDER01` with one fault → where it is found. */
const faults: [label: string, content: unknown, path: string, code: string][] = [
  ["nothing", undefined, "content", "wrong-shape"],
  ["a text alone", "hello", "content", "wrong-shape"],
  ["no template", { text: "a" }, "content.templateCode", "wrong-shape"],
  ["no text", { templateCode: "A" }, "content.text", "wrong-shape"],
  ["an unknown field", { text: "a", content: "b" }, "content.content", "unknown-field"],
  [
    "an unknown kind of button",
    { text: "a", buttons: [{ type: "XX", name: "a" }] },
    "content.buttons[0].type",
    "wrong-shape",
  ],
  [
    "a web link without its PC link",
    { text: "a", buttons: [webLink, { type: "WL", name: "a", linkMobile: "https://a" }] },
    "content.buttons[1].linkPc",
    "wrong-shape",
  ],
  [
    "linkPC in place of linkPc",
    { text: "a", buttons: [{ ...webLink, linkPC: "https://a" }] },
    "content.buttons[0].linkPC",
    "unknown-field",
  ],
  [
    "a link on a button that has none",
    { text: "a", buttons: [{ type: "DS", name: "a", linkMobile: "https://a" }] },
    "content.buttons[0].linkMobile",
    "unknown-field",
  ],
  [
    "an app link without schemes",
    { text: "a", buttons: [{ type: "AL", name: "a" }] },
    "content.buttons[0].schemeIos",
    "wrong-shape",
  ],
  [
    "another name on AC",
    { text: "a", buttons: [{ type: "AC", name: "추가" }] },
    "content.buttons[0].name",
    "wrong-shape",
  ],
  ["six buttons", { text: "a", buttons: Array(6).fill(webLink) }, "content.buttons", "wrong-shape"],
  [
    "a link without a scheme",
    { text: "a", buttons: [{ ...webLink, linkPc: "www.a.example" }] },
    "content.buttons[0].linkPc",
    "link-scheme",
  ],
  [
    "a long button name",
    { text: "a", buttons: [{ ...webLink, name: "a".repeat(21) }] },
    "content.buttons[0].name",
    "too-long",
  ],
  [
    "a long link",
    { text: "a", buttons: [{ ...webLink, linkPc: `https://${"a".repeat(493)}` }] },
    "content.buttons[0].linkPc",
    "too-long",
  ],
  ["a blank text", { text: " \n" }, "content.text", "blank"],
  ["1,001 characters", { text: "가".repeat(1_001) }, "content.text", "too-long"],
  ["a template whose own words are too long", { text: `#{name}${"가".repeat(1_000)}` }, "content.text", "too-long"],
  ["701 characters beside items", { text: "가".repeat(701), item: items(2) }, "content.text", "too-long"],
  ["a long title", { text: "a", title: "가".repeat(51) }, "content.title", "too-long"],
  ["a long header", { text: "a", headerContent: "가".repeat(17) }, "content.headerContent", "too-long"],
  [
    "a long highlight",
    { text: "a", itemHighlight: { title: "가".repeat(31), description: "a" } },
    "content.itemHighlight.title",
    "too-long",
  ],
  [
    "a long description of the highlight",
    { text: "a", itemHighlight: { title: "a", description: "가".repeat(20) } },
    "content.itemHighlight.description",
    "too-long",
  ],
  ["one item", { text: "a", item: items(1) }, "content.item.list", "wrong-shape"],
  ["eleven items", { text: "a", item: items(11) }, "content.item.list", "wrong-shape"],
  [
    "a long item title",
    { text: "a", item: { list: [...items(1).list, { title: "일곱글자제목임", description: "a" }] } },
    "content.item.list[1].title",
    "too-long",
  ],
  [
    "a long summary",
    { text: "a", item: summarised("1,000,000,000원원") },
    "content.item.summary.description",
    "too-long",
  ],
  [
    "words in the summary",
    { text: "a", item: summarised("무료") },
    "content.item.summary.description",
    "summary-characters",
  ],
  ["an open variable", { text: "Dear #{name" }, "content.text", "unclosed-variable"],
  [
    "an open variable in a link",
    { text: "a", buttons: [{ ...webLink, linkPc: "https://#{u" }] },
    "content.buttons[0].linkPc",
    "unclosed-variable",
  ],
  ["half an emoji", { text: "a\ud83d" }, "content.text", "broken-character"],
  ["an emoji in the SMS", { text: "😀", failover: true }, "content.failover.text", "sms-not-encodable"],
  [
    "an SMS that would be cut",
    { text: "a", failover: { type: "SMS", text: "가".repeat(46) } },
    "content.failover.text",
    "sms-too-long",
  ],
  [
    "an LMS that would be cut",
    { text: "a", failover: { text: "가".repeat(1_001) } },
    "content.failover.text",
    "sms-too-long",
  ],
  ["an empty SMS", { text: "a", failover: { text: "" } }, "content.failover.text", "sms-blank"],
  [
    "a subject on an SMS",
    { text: "a", failover: { type: "SMS", subject: "b" } },
    "content.failover.subject",
    "sms-subject",
  ],
  ["a long subject", { text: "a", failover: { subject: "가".repeat(21) } }, "content.failover.subject", "sms-too-long"],
  [
    "a sender of somebody else",
    { text: "a", failover: { from: "0299999999" } },
    "content.failover.from",
    "sender-not-allowed",
  ],
  ["an MMS", { text: "a", failover: { type: "MMS" } }, "content.failover.type", "wrong-shape"],
  [
    "a reservation with seconds",
    { text: "a", reserve: { time: "2026-12-24 09:00:00" } },
    "content.reserve.time",
    "wrong-shape",
  ],
  [
    "a reservation on 31 February",
    { text: "a", reserve: { time: "2026-02-31 09:00" } },
    "content.reserve.time",
    "wrong-shape",
  ],
  [
    "a reservation in no zone",
    { text: "a", reserve: { time: "2026-12-24 09:00", timeZone: "Seoul" } },
    "content.reserve.timeZone",
    "wrong-shape",
  ],
  [
    "a template of another code",
    {
      text: template.content,
      buttons: contentFromTemplate(template).buttons,
      template: { ...template, templateCode: "X" },
    },
    "content.template",
    "template-mismatch",
  ],
  [
    "a template in inspection",
    contentFromTemplate({ ...template, templateInspectionStatus: "INSPECT" }),
    "content.template",
    "template-not-usable",
  ],
  [
    "a stopped template",
    contentFromTemplate({ ...template, templateStatus: "STOP" }),
    "content.template",
    "template-not-usable",
  ],
  [
    "a text that can't be the template's",
    contentFromTemplate(template, { text: "#{a}님, 안녕하세요" }),
    "content.text",
    "template-mismatch",
  ],
  [
    "buttons in another order",
    contentFromTemplate(template, { buttons: [...(contentFromTemplate(template).buttons ?? [])].reverse() }),
    "content.buttons[0].type",
    "template-mismatch",
  ],
  [
    "a title the template has not",
    contentFromTemplate(template, { title: "안내" }),
    "content.title",
    "template-mismatch",
  ],
];

describe("content that is refused", () => {
  test.each(faults)("%s", (_, content, path, code) => {
    const whole =
      content !== null && typeof content === "object" && !("templateCode" in content) && !/templateCode/.test(path)
        ? { templateCode: "ORDER01", ...content }
        : content;
    const issues = faultsOf(whole);
    expect(issues.map((issue) => ({ path: issue.path, code: issue.code }))).toContainEqual({ path, code });
    expect(issues.every(({ level, message }) => level !== "error" || message.length > 0)).toBe(true);
  });

  test("tells all faults at once, whatever their kind", () => {
    const content = { templateCode: "A", text: "#{a", title: "#{b", failover: { from: "0299999999" } };
    expect(faultsOf(content).map(({ path }) => path)).toEqual([
      "content.failover.from",
      "content.text",
      "content.title",
    ]);
  });

  test("a mismatch quotes the template around the place, never the message", () => {
    const [issue] = faultsOf(contentFromTemplate(template, { text: "비밀 #{a}!" }));
    expect(issue?.message).toContain("“님, 주문 ”");
    expect(issue?.message).toContain("template ORDER01");
    expect(issue?.message).not.toContain("비밀");
  });
});

describe("content that is taken", () => {
  test("is stored with the failover said explicitly", () => {
    expect(prepared({ templateCode: "A", text: "a" }).content).toEqual({
      templateCode: "A",
      text: "a",
      failover: false,
    });
  });

  test("prepares again from what was stored, as JSON", () => {
    const { content } = prepared(contentFromTemplate(template, { failover: true }));
    const again = prepared(JSON.parse(JSON.stringify(content)));
    expect(again.content).toEqual(content);
    expect(again.variables).toEqual(["고객명", "번호", "url"]);
  });

  test("names the variables of all its texts once, in order of first use", () => {
    const content = { templateCode: "A", text: "#{b} #{a}", title: "#{c}#{a}", failover: { text: "#{d} #{b}" } };
    expect(prepared(content).variables).toEqual(["b", "a", "c", "d"]);
  });

  test("made from a template has its text, title and buttons in its order", () => {
    const titled = { ...template, emphasizeType: "TEXT", emphasizeTitle: "주문 #{번호}" };
    expect(contentFromTemplate(titled, { failover: true })).toMatchObject({
      templateCode: "ORDER01",
      text: template.content,
      title: "주문 #{번호}",
      buttons: [
        { type: "DS", name: "배송 조회" },
        { type: "WL", name: "주문 보기", linkMobile: "https://#{url}", linkPc: "https://#{url}" },
      ],
      failover: true,
    });
  });

  test("may be a link that is all variable: its scheme comes with the value, and is then looked at", () => {
    const content = { templateCode: "A", text: "a", buttons: [{ ...webLink, linkPc: "#{u}" }] };
    const result = prepared(content);
    expect("payload" in result.render(["https://a.example"])).toBe(true);
    expect(result.render(["a.example"])).toMatchObject({
      issues: [{ path: "content.buttons[0].linkPc", code: "link-scheme" }],
    });
  });

  test("warns of a header of more than 16 bytes, and of a long text beside the channel's own sentence", () => {
    const text = "가".repeat(961);
    const content = { templateCode: "A", text, headerContent: "아홉글자의머리말임", buttons: [{ type: "AC" }] };
    expect(prepared(content).warnings.map(({ code }) => code)).toEqual(["long-with-add-channel", "header-bytes"]);
  });
});

test("a text that only odd values can make its template's is taken with a warning", () => {
  const result = prepared(contentFromTemplate(template, { text: "안녕하세요 #{고객명}" }));
  expect(result.warnings).toMatchObject([{ path: "content.text", level: "warning", code: "template-mismatch" }]);
});

describe("a rendered message", () => {
  const rendered = (content: Record<string, unknown>, values: string[] = [], changes: Record<string, unknown> = {}) =>
    prepared({ templateCode: "ORDER01", ...content }, changes).render(values);

  test("has its values in every text, exactly as they are", () => {
    const content = contentFromTemplate(template, { failover: { text: "#{고객명}: https://#{url}" } });
    expect(payloadOf({ ...content }, ["하나", "1001", "a.example/1?x=1&y=2"])).toMatchObject({
      templateCode: "ORDER01",
      message: {
        text: "하나님, 주문 1001이(가) 발송되었습니다.",
        buttons: [
          { name: "배송 조회" },
          { linkMobile: "https://a.example/1?x=1&y=2", linkPc: "https://a.example/1?x=1&y=2" },
        ],
      },
      failover: { type: "SMS", content: "하나: https://a.example/1?x=1&y=2" },
    });
  });

  test.each([
    ["a missing value", [], "content.text", "missing-value"],
    ["a blank value", [" "], "content.text", "blank-value"],
    ["a value that makes the text too long", ["가".repeat(1_000)], "content.text", "too-long"],
    ["a value with a variable in it", ["#{이름}"], "content.text", "variable-left"],
    ["half an emoji", ["\udc00"], "content.text", "broken-character"],
  ])("with %s is refused", (_, values, path, code) => {
    expect(rendered({ text: "#{a}님" }, values)).toMatchObject({ issues: [{ path, code, level: "error" }] });
  });

  test("with a variable missing in three texts tells it once", () => {
    const result = rendered({ text: "#{a}", title: "#{a}", failover: { text: "#{a}" } });
    expect(result).toMatchObject({ issues: [{ code: "missing-value" }] });
    expect("issues" in result && result.issues).toHaveLength(1);
  });

  test("is compared with its template once more, values and all", () => {
    const content = contentFromTemplate(template, { text: "#{전부}" });
    expect("payload" in prepared(content).render(["하나님, 주문 1이(가) 발송되었습니다.", "a.example"])).toBe(true);
    expect(prepared(content).render(["하나님, 주문 1이(가) 발송됐습니다.", "a.example"])).toMatchObject({
      issues: [{ path: "content.text", code: "template-mismatch" }],
    });
  });

  test.each([
    ["90 bytes", "가".repeat(45), "SMS"],
    ["91 bytes", `${"가".repeat(45)}a`, "LMS"],
    ["2,000 bytes", "가".repeat(1_000), "LMS"],
  ])("of %s in EUC-KR goes out as %s", (_, text, type) => {
    expect(payloadOf({ text, failover: true }).failover).toEqual({ type, content: text });
  });

  test("with a subject goes out as LMS, whatever its length", () => {
    expect(payloadOf({ text: "a", failover: { subject: "안내" } }).failover).toEqual({
      type: "LMS",
      subject: "안내",
      content: "a",
    });
  });

  test("has the sender of the content, else of the route, else none", () => {
    const route = { smsNumber: "0200000000", smsNumbers: ["0200000001"] };
    const from = (failover: unknown, changes: Record<string, unknown>) =>
      payloadOf({ text: "a", failover }, [], changes).failover?.from;
    expect(from(true, {})).toBeUndefined();
    expect(from(true, route)).toBe("0200000000");
    expect(from({ from: "0200000001" }, route)).toBe("0200000001");
  });

  test("whose value the SMS can't carry is refused, naming the way out", () => {
    expect(rendered({ text: "#{a}님", failover: true }, ["José"])).toMatchObject({
      issues: [
        {
          path: "content.failover.text",
          code: "sms-not-encodable",
          message: expect.stringMatching(/"é" \(U\+00E9\).*give failover.text/),
        },
      ],
    });
    expect("payload" in rendered({ text: "#{a}님" }, ["José 😀"])).toBe(true);
  });

  test("has line breaks as LF, and its SMS composed syllables", () => {
    const { message, failover } = payloadOf({ text: "a\r\nb\rc 각", failover: true });
    expect(message.text).toBe("a\nb\nc 각");
    expect(failover?.content).toBe("a\nb\nc 각");
  });

  test("is shown as the recipient reads it, and is one billable part", () => {
    const result = rendered({
      text: "본문",
      title: "제목",
      headerContent: "머리말",
      itemHighlight: { title: "강조", description: "설명" },
      item: summarised("3,000원"),
      buttons: [webLink, { type: "AC" }],
    }) as RenderedMessage;
    expect(result.segments).toBe(1);
    expect(result.preview).toBe(
      "머리말\n\n강조\n설명\n\n제목\n\n품목  컵\n품목  컵\n\n합계  3,000원\n\n본문\n\n[ 보기 ]\n[ 채널 추가 ]",
    );
  });
});

test("contents of one template and one reservation may share a request", () => {
  const time = { time: "2026-12-01 09:00", timeZone: "Asia/Seoul" };
  const at = (content: Record<string, unknown>) => prepared({ templateCode: "ORDER01", text: "a", ...content });
  expect(at({ text: "b" }).requestKey).toBe(at({}).requestKey);
  expect(at({ templateCode: "ORDER02" }).requestKey).not.toBe(at({}).requestKey);
  expect(at({ reserve: time }).requestKey).not.toBe(at({}).requestKey);
  expect(at({ reserve: time })).toMatchObject({
    reservedAt: new Date("2026-12-01T00:00:00Z"),
    cancellableUntil: new Date("2026-11-30T23:50:00Z"),
  });
  expect(at({})).toMatchObject({ reservedAt: null, cancellableUntil: null });
});
