import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createAdvertisingCheck } from "./advertising-check.ts";
import { defaultRefusalWays } from "./refusal-ways.ts";

const senderName = "株式会社飛脚堂";
const check = createAdvertisingCheck({ senderName, refusalWays: defaultRefusalWays });
const rulesOf = (faults: readonly { rule: string }[]) => faults.map(({ rule }) => rule);

describe("a finished text", () => {
  test.each([
    ["has both", "【株式会社飛脚堂】クーポンです。配信停止はこちら https://ex.jp/x", []],
    ["names the sender in another width", "【ＡＢＣ 株式会社】セール 配信停止 https://ex.jp", ["sender-name"]],
    ["shows a brand in place of the company", "【飛脚堂】セール 配信停止 https://ex.jp", ["sender-name"]],
    ["says nothing of refusing", "株式会社飛脚堂のセール", ["refusal-way"]],
    ["has neither", "セール", ["sender-name", "refusal-way"]],
    ["asks for a reply", "株式会社飛脚堂 不要な方は「停止」とご返信ください", []],
    ["asks for a reply in Latin letters", "株式会社飛脚堂 STOPと返信で停止", []],
    ["has the link behind the word", "株式会社飛脚堂 解除:https://ex.jp/x", []],
    ["says it in English", "株式会社飛脚堂 Sale! Unsubscribe: https://ex.jp/x", []],
    ["only mentions a bus stop", "株式会社飛脚堂 Meet us at the bus stop", ["refusal-way"]],
  ])("that %s", (_label, text, missing) => {
    expect(rulesOf(check.ofText([[text]]))).toEqual(missing);
  });

  test("is compared without regard to width, case and space", () => {
    const { ofText } = createAdvertisingCheck({ senderName: "ABC 株式会社", refusalWays: ["Https://EX.jp/stop"] });
    expect(ofText([["ａｂｃ株式会社のセール https://ex.jp/stop/1"]])).toEqual([]);
  });

  test("may be several texts that are seen together; another way to arrive must do by itself", () => {
    const card = ["株式会社飛脚堂", "セールのお知らせ", "配信停止"];
    expect(check.ofText([card])).toEqual([]);
    expect(rulesOf(check.ofText([card, ["株式会社飛脚堂のセール"]]))).toEqual(["refusal-way"]);
  });

  test("tells what is missing once, with the mend", () => {
    const faults = check.ofText([["セール"], ["大セール"]]);
    expect(faults.map(({ code, message }) => `${code}: ${message}`)).toEqual([
      expect.stringMatching(
        /^advertising-without-sender: the sender's name \(株式会社飛脚堂\) is missing.*put it into the text/,
      ),
      expect.stringMatching(/^advertising-without-refusal: it does not say how to refuse.*e\.g\. 配信停止, 受信拒否/),
    ]);
  });
});

describe("a template", () => {
  test("must have both among its own words", () => {
    expect(check.isSettledBy([["#{氏名}様 株式会社飛脚堂です。配信停止 https://ex.jp/#{id}"]])).toBe(true);
    expect(check.ofTemplate([["#{氏名}様 株式会社飛脚堂です。配信停止 https://ex.jp/#{id}"]])).toEqual([]);
    expect(rulesOf(check.ofTemplate([["#{会社}の#{商品}、配信停止 https://ex.jp"]]))).toEqual(["sender-name"]);
    expect(rulesOf(check.ofTemplate([["配信#{x}停止 株式会社#{y}飛脚堂"]]))).toEqual(["sender-name", "refusal-way"]);
  });

  test("that comes whole from a column is left to its finished texts", () => {
    expect(check.ofTemplate([["#{本文}"]])).toEqual([]);
    expect(check.ofTemplate([["【#{題}】\n#{本文}"]])).toEqual([]);
    expect(check.isSettledBy([["#{本文}"]])).toBe(false);
  });

  test("can't do without a name being configured, whatever it says", () => {
    const nameless = createAdvertisingCheck({ senderName: null, refusalWays: defaultRefusalWays });
    for (const text of ["#{本文}", "株式会社飛脚堂 配信停止"]) {
      expect(nameless.ofTemplate([[text]])).toMatchObject([
        { rule: "sender-name", message: expect.stringContaining("set sender.name") },
      ]);
    }
  });

  test("that does is never found wanting when it is finished", () => {
    const piece = fc.oneof(fc.constantFrom(senderName, "配信停止", "セール", "#{a}", " "), fc.string());
    fc.assert(
      fc.property(fc.array(piece), fc.string(), (pieces, value) => {
        const template = pieces.join("");
        fc.pre(/[\p{L}\p{N}]/u.test(template.replaceAll("#{a}", "")) && check.ofTemplate([[template]]).length === 0);
        expect(check.isSettledBy([[template]])).toBe(true);
        expect(check.ofText([[template.replaceAll("#{a}", () => value)]])).toEqual([]);
      }),
    );
  });
});
