import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LintSmsTextOptions, lintSmsText } from "./lint-sms-text.ts";

function found(text: string, options?: LintSmsTextOptions): string[] {
  return lintSmsText(text, options).map(({ level, code }) => `${level} ${code}`);
}

const filler = "あ".repeat(70);

describe("lintSmsText", () => {
  const table: [label: string, text: string, options: LintSmsTextOptions, expected: string[]][] = [
    ["an ordinary text", "【飛脚】ご予約は12/24です。\r\nhttps://example.jp/", {}, []],
    ["an emoji in one part to any carrier", "😀", {}, ["error sms-unsafe-character"]],
    ["an emoji in one part to au", "😀", { dst: "1" }, ["error sms-unsafe-character"]],
    ["an emoji in one part to docomo", "😀", { dst: "2" }, ["warning sms-unsafe-character"]],
    ["an emoji in 70 units", `${"あ".repeat(68)}😀`, {}, ["error sms-unsafe-character"]],
    ["an emoji in 71 units", `${"あ".repeat(69)}😀`, {}, ["warning sms-unsafe-character"]],
    ["an emoji in several parts, strictly", `${filler}😀`, { policy: "strict" }, ["error sms-unsafe-character"]],
    ["an emoji, not minded", "😀", { policy: "off" }, []],
    ["platform characters", "㈱髙橋", {}, ["warning sms-caution-character"]],
    ["platform characters, not minded", "㈱髙橋", { policy: "off" }, []],
    ["a tab, even when nothing is minded", "a\tb", { policy: "off" }, ["error sms-control-character"]],
    ["half an emoji, even when nothing is minded", "a\ud83d", { policy: "off" }, ["error sms-broken-character"]],
    ["nothing", "", {}, ["error sms-blank"]],
    ["spaces and line breaks", " 　\r\n ", {}, ["error sms-blank"]],
    ["660 units", "あ".repeat(660), {}, []],
    ["661 units", "あ".repeat(661), {}, ["error sms-too-long"]],
    [
      "a pair across the border of two parts",
      `${"あ".repeat(65)}😀${"あ".repeat(10)}`,
      { dst: "2" },
      ["warning sms-unsafe-character", "warning sms-split-character"],
    ],
    [
      "a pair before the border",
      `${"あ".repeat(64)}😀${"あ".repeat(10)}`,
      { dst: "2" },
      ["warning sms-unsafe-character"],
    ],
  ];
  test.each(table)("%s", (_label, text, options, expected) => {
    expect(found(text, options)).toEqual(expected);
  });

  test("names each offending character once, with its places in the normalised text", () => {
    const [issue] = lintSmsText("a\r\n①b①㈱", { path: "content.sms.text" });
    expect(issue).toMatchObject({ path: "content.sms.text", level: "warning" });
    expect(issue?.characters).toEqual([
      { character: "①", codePoint: "U+2460", positions: [2, 4] },
      { character: "㈱", codePoint: "U+3231", positions: [5] },
    ]);
    expect(issue?.message).toContain('"①" (U+2460) at 3, "㈱" (U+3231) at 6');
  });

  test("a character nobody can see is named by its number alone, and a long list is cut", () => {
    expect(lintSmsText("a\u200bb")[0]?.message).toContain("U+200B at 2");
    expect(lintSmsText("a\u200bb")[0]?.message).not.toContain("\u200b");
    expect(lintSmsText("①②③④⑤⑥⑦")[0]?.message).toContain("and 2 more");
  });

  test("every offending character is reported where it stands", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        const normalised = text.replace(/\r\n?/g, "\n").normalize("NFC");
        for (const { characters } of lintSmsText(text)) {
          for (const { character, positions } of characters) {
            for (const at of positions) expect(normalised.startsWith(character, at)).toBe(true);
          }
        }
      }),
    );
  });
});
