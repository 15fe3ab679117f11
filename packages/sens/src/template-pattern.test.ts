import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canMatchTemplate, matchesTemplate, missingPiece, variablesIn } from "./template-pattern.ts";

const template = "#{고객명}님, 주문 #{주문번호}이(가) 발송되었습니다.\n감사합니다.";

describe("a finished text", () => {
  test.each([
    ["하나님, 주문 1001이(가) 발송되었습니다.\n감사합니다.", true],
    ["하나님, 주문 1001이(가) 발송되었습니다.\r\n감사합니다.", true],
    ["님, 주문 이(가) 발송되었습니다.\n감사합니다.", true],
    ["여러 줄\n이름님, 주문 1, 2이(가) 발송되었습니다.\n감사합니다.", true],
    ["하나님, 주문 1001이(가) 발송되었습니다.\n감사합니다. ", false],
    ["하나님, 주문 1001이(가) 발송 되었습니다.\n감사합니다.", false],
    ["하나님, 주문 1001이(가) 발송되었습니다.\n\n감사합니다.", false],
    ["하나 님 주문 1001이(가) 발송되었습니다.\n감사합니다.", false],
    ["", false],
  ])("%j: %s", (text, matches) => {
    expect(matchesTemplate(text, template)).toBe(matches);
  });

  test.each([
    ["a", "a", true],
    ["a", "b", false],
    ["", "#{x}", true],
    ["ab", "a#{x}b", true],
    ["a", "a#{x}a", false],
    ["aXbXc", "a#{x}X#{y}X#{z}c", true],
    ["aXc", "a#{x}X#{y}X#{z}c", false],
    ["(a.b)", "(#{x}.b)", true],
    ["#{x}", "#{x}", true],
  ])("%j by %j: %s", (text, pattern, matches) => {
    expect(matchesTemplate(text, pattern)).toBe(matches);
  });

  test("agrees with the protocol's regular expression, whatever the texts are", () => {
    const piece = fc.stringMatching(/^[ab.\n]{0,3}$/);
    fc.assert(
      fc.property(
        fc.array(piece, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[ab.\n]{0,12}$/),
        (pieces, text) => {
          const expression = pieces.map((each) => each.replaceAll(/[.\n]/g, "\\$&")).join("[\\s\\S]*?");
          expect(matchesTemplate(text, pieces.join("#{x}"))).toBe(new RegExp(`^(?:${expression})$`).test(text));
        },
      ),
    );
  });

  test("a long text that almost matches thirty variables is decided at once", () => {
    const pattern = Array.from({ length: 30 }, (_, index) => `#{v${index}}a`).join("");
    const started = performance.now();
    expect(matchesTemplate(`${"a".repeat(1_000)}b`, pattern)).toBe(false);
    expect(performance.now() - started).toBeLessThan(1_000);
  });
});

describe("a content before its values", () => {
  test.each([
    ["#{name}님, 주문 #{no}이(가) 발송되었습니다.\n감사합니다.", true],
    ["#{everything}", true],
    ["#{name}님, 주문 1001이(가) 발송되었습니다.\n#{thanks}", true],
    ["하나님, 주문 #{no}", true],
    ["하나님, 주문 #{no}!", false],
    ["#{name}님, 주문 #{no}이(가) 발송됐습니다.", false],
    ["안녕하세요", false],
  ])("%j: %s", (written, can) => {
    expect(canMatchTemplate(written, template)).toBe(can);
  });

  test("is never refused where some values would make it its template", () => {
    const side = fc.array(fc.constantFrom("a", "b", "#{x}"), { maxLength: 6 }).map((units) => units.join(""));
    const values = ["", "a", "b", "ab", "ba", "aa", "bb", "aba", "bab"];
    fc.assert(
      fc.property(side, side, (written, pattern) => {
        const fills = (pieces: string[]): string[] =>
          pieces.length === 1
            ? pieces
            : fills(pieces.slice(1)).flatMap((rest) => values.map((value) => (pieces[0] ?? "") + value + rest));
        const pieces = written.split("#{x}");
        fc.pre(pieces.length <= 3);
        const isPossible = fills(pieces).some((finished) => matchesTemplate(finished, pattern));
        if (isPossible) expect(canMatchTemplate(written, pattern)).toBe(true);
      }),
    );
  });
});

test.each([
  ["안녕하세요", "님, 주문 "],
  ["하나님, 주문 1001이(가) 발송됐습니다.", "이(가) 발송되었습니다.\n감사합니다."],
  ["하나님, 주문 1001이(가) 발송되었습니다.\n감사합니다. 또 오세요", "이(가) 발송되었습니다.\n감사합니다."],
])("of %j the first piece that is missing is told", (text, piece) => {
  expect(missingPiece(text, template)).toBe(piece);
});

test("variables are found in any script, with spaces", () => {
  expect(variablesIn("#{고객명} #{注文 番号} #{お名前} #{고객명} #{} {x}")).toEqual(["고객명", "注文 番号", "お名前"]);
});
