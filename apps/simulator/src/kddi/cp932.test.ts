import { expect, it } from "vitest";
import { degradeToCp932, levelOf } from "./cp932.ts";

it.each([
  ["ASCII and Japanese pass", "ABC ｱｲｳ あいう 漢字、。", "ABC ｱｲｳ あいう 漢字、。"],
  ["platform characters of CP932 pass", "①㈱℡髙﨑", "①㈱℡髙﨑"],
  ["both spellings of the wave dash pass", "～〜", "～〜"],
  ["a line break passes", "A\nB", "A\nB"],
  ["an emoji becomes one question mark", "A😀B", "A?B"],
  ["a kanji beyond CP932 becomes a question mark", "𠮷野家", "?野家"],
  ["hangul becomes question marks", "한국", "??"],
  ["private use becomes a question mark", "\uE000", "?"],
])("%s", (_fact, text, shown) => {
  expect(degradeToCp932(text)).toBe(shown);
});

it.each([
  ["A", "safe"],
  ["漢", "safe"],
  ["あ", "safe"],
  ["Я", "safe"],
  ["\n", "safe"],
  ["−", "safe"],
  ["①", "caution"],
  ["髙", "caution"],
  ["﨑", "caution"],
  ["ｱ", "caution"],
  ["～", "caution"],
  ["〜", "caution"],
  ["😀", "unsafe"],
  ["𠮷", "unsafe"],
  ["\u200B", "unsafe"],
  ["\uE000", "unsafe"],
])("%j is %s", (character, level) => {
  expect(levelOf(character)).toBe(level);
});
