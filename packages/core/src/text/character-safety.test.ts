import { describe, expect, test } from "vitest";
import { type CharacterSafety, characterSafety, isPlainlySafe } from "./character-safety.ts";

const cases: Record<CharacterSafety, string> = {
  safe: "\nA~\\ 　あア一龠熙凜、。ー！￥×÷αЯ│℃−‖¢£¬－∥￠￡￢",
  caution: "①Ⅳ㈱℡㍻髙﨑德ｱﾝﾞ｡～〜纊ⅰ￤",
  unsafe: "😀𠮷é\u00a0\u200b\u202e\ufeff\ufffd\ue000한简龥♥⚽",
  control: "\u0000\t\r\u001b\u007f\u0085",
  broken: "\ud83d\ude00".slice(0, 1),
};

describe("characterSafety", () => {
  for (const [safety, characters] of Object.entries(cases)) {
    test.each([...characters])(`%j is ${safety}`, (character) => {
      expect(characterSafety(character)).toBe(safety);
    });
  }

  test("half a pair is broken, from either side", () => {
    expect(characterSafety("\ude00")).toBe("broken");
  });

  test("safe are exactly ASCII, LF, the 6,879 characters of JIS X 0208 and five signs in the standard's own mapping", () => {
    const safe: string[] = [];
    for (let unit = 0; unit < 0xd800; unit++) safe.push(String.fromCharCode(unit));
    for (let unit = 0xe000; unit < 0x10000; unit++) safe.push(String.fromCharCode(unit));
    const count = safe.filter((character) => characterSafety(character) === "safe").length;
    // The wave dash is one of the 6,879, but only `caution`.
    expect(count).toBe(95 + 1 + 6_879 + 5 - 1);
  });

  test("a text is plainly safe when each of its characters is", () => {
    expect(isPlainlySafe("こんにちは、飛脚です。\nABC 123")).toBe(true);
    for (const character of [..."①～\t", "😀", "\ud83d"]) expect(isPlainlySafe(`あ${character}`)).toBe(false);
  });
});
