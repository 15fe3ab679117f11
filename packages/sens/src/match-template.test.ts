import { expect, test } from "vitest";
import { type Matched, matchTemplate } from "./match-template.ts";
import type { SensTemplate } from "./template.ts";

const template: SensTemplate = {
  templateCode: "T",
  content: "#{이름}님, 안녕하세요.",
  emphasizeType: "TEXT",
  emphasizeTitle: "주문 #{번호}",
  buttons: [{ type: "WL", name: "보기", linkMobile: "https://#{url}", linkPc: "https://a.example/#{번호}" }],
};
const right: Matched = {
  text: "하나님, 안녕하세요.",
  title: "주문 1001",
  buttons: [{ type: "WL", name: "보기", linkMobile: "https://b.example", linkPc: "https://a.example/1001" }],
};
const [button] = right.buttons ?? [];

test("a message as approved has no difference", () => {
  expect(matchTemplate(right, template)).toEqual([]);
});

const differences: [label: string, message: Partial<Matched>, paths: string[]][] = [
  ["one character of the text", { text: "하나님, 안녕하세요" }, ["content.text"]],
  ["another title", { title: "배송 1001" }, ["content.title"]],
  ["no title", { title: undefined }, ["content.title"]],
  ["no buttons", { buttons: [] }, ["content.buttons"]],
  ["a button more", { buttons: [...(right.buttons ?? []), { type: "BK", name: "a" }] }, ["content.buttons"]],
  ["another kind of button", { buttons: [{ type: "BK", name: "보기" }] }, ["content.buttons[0].type"]],
  [
    "another name and another link",
    { buttons: [{ ...button, type: "WL", name: "보 기", linkPc: "https://b.example" }] },
    ["content.buttons[0].name", "content.buttons[0].linkPc"],
  ],
  ["everything", { text: "a", title: "b", buttons: [] }, ["content.text", "content.title", "content.buttons"]],
];

test.each(differences)("%s", (_, changes, paths) => {
  expect(matchTemplate({ ...right, ...changes }, template).map(({ path }) => path)).toEqual(paths);
});

test("a template that does not tell its title, its emphasis or its links is not held against the message", () => {
  const bare: SensTemplate = { templateCode: "T", content: template.content, buttons: [{ type: "WL", name: "보기" }] };
  expect(matchTemplate(right, bare)).toEqual([]);
  expect(matchTemplate(right, { ...template, emphasizeTitle: undefined })).toEqual([]);
});

test("buttons are compared in the template's own order", () => {
  const buttons = [
    { order: 2, type: "BK", name: "둘" },
    { order: 1, type: "MD", name: "하나" },
  ];
  const message: Matched = {
    ...right,
    buttons: [
      { type: "MD", name: "하나" },
      { type: "BK", name: "둘" },
    ],
  };
  expect(matchTemplate(message, { ...template, buttons })).toEqual([]);
});

test("extra information may stand in the text or be left to the carrier", () => {
  const extra = { ...template, messageType: "EX", extraContent: "문의: 1588-0000" };
  expect(matchTemplate(right, extra)).toEqual([]);
  expect(matchTemplate({ ...right, text: `${right.text}\n문의: 1588-0000` }, extra)).toEqual([]);
});
