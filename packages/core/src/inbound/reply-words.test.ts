import { expect, test } from "vitest";
import { defaultOptOutWords, normaliseReply, replyWordFinder } from "./reply-words.ts";

const whole = replyWordFinder(defaultOptOutWords, "whole");

test.each([
  ["the word", "停止", "停止"],
  ["spaces around it, also wide ones", " \u3000停止\n", "停止"],
  ["spaces in it", "配信 停止", "配信停止"],
  ["punctuation around it", "「停止」。", "停止"],
  ["wide letters", "ＳＴＯＰ", "STOP"],
  ["small letters and an exclamation mark", "stop!", "STOP"],
  ["half-width katakana", "ｽﾄｯﾌﾟ", "ストップ"],
  ["emoji around it", "🙏停止🙇‍♀️", "停止"],
  ["a zero-width space and a direction mark", "\u200b停止\u200e", "停止"],
  ["a voice mark of its own", "ストッフ\u309a", "ストップ"],
  ["Korean, decomposed", "수신거부".normalize("NFD"), "수신거부"],
])("%s is found", (_, text, word) => {
  expect(whole([text])).toBe(word);
});

test.each([["停止しないで"], ["配信停止してください"], ["止"], ["STOPS"], ["nonstop"], ["はい"], [""], ["。"]])(
  "%j is not the whole of a word",
  (text) => {
    expect(whole([text])).toBeNull();
  },
);

test("a word in the middle is found where that is asked for", () => {
  const anywhere = replyWordFinder(["停止", "STOP"], "contains");
  expect(anywhere(["配信を停止してください"])).toBe("停止");
  expect(anywhere(["Please stop it"])).toBe("STOP");
  expect(anywhere(["はい"])).toBeNull();
});

test("several texts of one reply are looked at: what was written, the button's label, its data", () => {
  expect(whole([null, "興味なし", "STOP"])).toBe("STOP");
  expect(whole([null, null])).toBeNull();
});

test("a word of nothing but punctuation never matches everything", () => {
  expect(replyWordFinder(["!!"], "contains")(["はい"])).toBeNull();
  expect(normaliseReply("!!")).toBe("");
});
