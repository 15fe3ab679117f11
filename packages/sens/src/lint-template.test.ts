import { describe, expect, test } from "vitest";
import { lintTemplate } from "./lint-template.ts";
import type { SensTemplate } from "./template.ts";

const right: SensTemplate = {
  templateCode: "ORDER01",
  templateName: "배송 안내",
  messageType: "BA",
  emphasizeType: "NONE",
  content: "#{고객명}님, 주문 #{번호}이(가) 발송되었습니다.",
  buttons: [
    { type: "DS", name: "배송 조회" },
    { type: "WL", name: "주문 보기", linkMobile: "https://#{url}", linkPc: "http://#{url}/pc" },
    { type: "AL", name: "앱 열기", schemeIos: "demo://#{번호}", schemeAndroid: "demo://#{번호}" },
    { type: "BK", name: "상담" },
    { type: "MD", name: "전달" },
  ],
};
const link = (linkPc: string) => ({
  ...right,
  buttons: [{ type: "WL", name: "보기", linkMobile: "https://a.example", linkPc }],
});
const button = (type: string, name: string) => ({ ...right, buttons: [{ type, name }] });
const variables = (count: number) => Array.from({ length: count }, (_, index) => `#{v${index}}`).join(" ");

test("a template as the console wants it has no fault", () => {
  expect(lintTemplate(right)).toEqual([]);
});

const faults: [label: string, template: SensTemplate, path: string, code: string, level?: string][] = [
  ["an empty code", { ...right, templateCode: "" }, "templateCode", "wrong-code"],
  ["a code of 31 characters", { ...right, templateCode: "a".repeat(31) }, "templateCode", "wrong-code"],
  ["a code in Hangul", { ...right, templateCode: "주문" }, "templateCode", "wrong-code"],
  ["no name", { ...right, templateName: undefined }, "templateName", "blank"],
  ["a name of 151 characters", { ...right, templateName: "가".repeat(151) }, "templateName", "too-long"],
  ["no text", { ...right, content: " " }, "content", "blank"],
  ["1,001 characters", { ...right, content: "가".repeat(1_001) }, "content", "too-long"],
  ["an open variable", { ...right, content: "#{a" }, "content", "unclosed-variable"],
  ["a variable without a name", { ...right, content: "#{ }" }, "content", "empty-variable"],
  ["31 variables", { ...right, buttons: [], content: variables(31) }, "content", "too-many-variables"],
  ["an unknown message type", { ...right, messageType: "XX" }, "messageType", "unknown"],
  ["extra information that is missing", { ...right, messageType: "EX" }, "extraContent", "blank"],
  [
    "text and extra information of 1,001 characters",
    { ...right, messageType: "EX", content: "가".repeat(501), extraContent: "가".repeat(500) },
    "extraContent",
    "too-long",
  ],
  ["emphasis without a title", { ...right, emphasizeType: "TEXT", emphasizeSubTitle: "a" }, "emphasizeTitle", "blank"],
  [
    "emphasis without a subtitle",
    { ...right, emphasizeType: "TEXT", emphasizeTitle: "a" },
    "emphasizeSubTitle",
    "blank",
  ],
  [
    "a title of 51 characters",
    { ...right, emphasizeType: "TEXT", emphasizeTitle: "가".repeat(51), emphasizeSubTitle: "a" },
    "emphasizeTitle",
    "too-long",
  ],
  ["six buttons", { ...right, buttons: Array(6).fill({ type: "BK", name: "상담" }) }, "buttons", "too-many"],
  ["an unknown kind of button", button("XX", "a"), "buttons[0].type", "unknown"],
  ["a button without a name", button("BK", ""), "buttons[0].name", "blank"],
  ["a button name of 21 characters", button("BK", "가".repeat(21)), "buttons[0].name", "too-long"],
  ["a button name that only SENS takes", button("BK", "가".repeat(15)), "buttons[0].name", "long", "warning"],
  ["a variable in a button's name", button("BK", "#{이름}"), "buttons[0].name", "variable"],
  ["a web link without links", button("WL", "보기"), "buttons[0].linkMobile", "blank"],
  ["a variable without a scheme", link("#{URL}"), "buttons[0].linkPc", "link-scheme"],
  ["another scheme", link("ftp://a.example"), "buttons[0].linkPc", "link-scheme"],
  ["a link without a scheme", link("www.a.example"), "buttons[0].linkPc", "link-scheme"],
  ["a link with a space", link("https://a.example/a b"), "buttons[0].linkPc", "link-scheme"],
  ["a link of a scheme alone", link("https://"), "buttons[0].linkPc", "link-scheme"],
  ["a link of 501 characters", link(`https://${"a".repeat(493)}`), "buttons[0].linkPc", "too-long"],
  [
    "another name on the button that adds the channel",
    { ...button("AC", "추가"), messageType: "AD" },
    "buttons[0].name",
    "fixed",
  ],
  [
    "a button that adds the channel in a basic template",
    button("AC", "채널 추가"),
    "buttons[0].type",
    "wrong-message-type",
  ],
  [
    "a button that adds the channel in second place",
    {
      ...right,
      messageType: "AD",
      buttons: [
        { type: "BK", name: "상담" },
        { type: "AC", name: "채널 추가" },
      ],
    },
    "buttons[1].type",
    "not-first",
  ],
  [
    "961 characters beside the channel's own sentence",
    { ...right, messageType: "AD", content: "가".repeat(961), buttons: [{ type: "AC", name: "채널 추가" }] },
    "content",
    "long-with-add-channel",
    "warning",
  ],
];

describe("a fault that the inspector would find", () => {
  test.each(faults)("%s", (_, template, path, code, level = "error") => {
    expect(lintTemplate(template)).toContainEqual(
      expect.objectContaining({ path: `template.${path}`, code, level, message: expect.any(String) }),
    );
  });

  test.each(["https://#{URL}", "http://#{URL}", "https://a.example/#{경로}?q=#{검색 어}"])(
    "a link may be %s",
    (address) => {
      expect(lintTemplate(link(address))).toEqual([]);
    },
  );

  test("thirty variables are allowed, each counted once", () => {
    expect(lintTemplate({ ...right, buttons: [], content: `${variables(30)} ${variables(30)}` })).toEqual([]);
  });

  test("code and name must be free in the channel", () => {
    const others = [
      { templateCode: "ORDER01", content: "a", templateName: "다른 이름" },
      { templateCode: "ORDER02", content: "a", templateName: " 배송 안내" },
    ];
    expect(lintTemplate(right, others)).toMatchObject([
      { path: "template.templateCode", code: "not-unique" },
      { path: "template.templateName", code: "not-unique", message: expect.stringContaining("ORDER02") },
    ]);
  });
});
