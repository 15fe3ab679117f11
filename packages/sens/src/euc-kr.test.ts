import { expect, test } from "vitest";
import { eucKrBytes, notInEucKr } from "./euc-kr.ts";

test.each([
  ["", 0],
  ["abc 123\n", 8],
  ["안녕하세요", 10],
  ["주문 1001", 9],
  ["똠방각하", 8],
  ["日本語かな", 10],
  ["①㈜♥※", 8],
  ["€100 ®", 8],
])("%j has %i bytes and nothing that can't be carried", (text, bytes) => {
  expect(eucKrBytes(text)).toBe(bytes);
  expect(notInEucKr(text)).toEqual([]);
});

test.each([
  ["감사합니다 😀😀", ["😀"]],
  ["café naïve", ["é", "ï"]],
  ["\u1112\u1161\u11ab", ["\u1112", "\u1161", "\u11ab"]],
  ["a\ud83d", ["\ud83d"]],
  ["© 🎁 \ue000", ["©", "🎁", "\ue000"]],
])("%j holds what a Korean SMS can't carry", (text, characters) => {
  expect(notInEucKr(text)).toEqual(characters);
});

test("every syllable of modern Hangul can be carried, in two bytes", () => {
  let syllables = "";
  for (let code = 0xac00; code <= 0xd7a3; code++) syllables += String.fromCharCode(code);
  expect(notInEucKr(syllables)).toEqual([]);
  expect(eucKrBytes(syllables)).toBe(2 * 11_172);
});

test("the set has as many characters as CP949", () => {
  let all = "";
  for (let code = 0x80; code <= 0xffff; code++) if (code < 0xd800 || code > 0xdfff) all += String.fromCharCode(code);
  expect(all.length - notInEucKr(all).length).toBe(17_048);
});
