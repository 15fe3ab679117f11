import { expect, test } from "vitest";
import { isSentFrom } from "./sender-number.ts";

const numbers = { smsNumber: "0312345678", smsNumbers: ["0005123456"] };

test.each([
  ["the route's own number, which the content does not name", { text: "a" }, "0312345678", true],
  ["another of the route's", { text: "a" }, "0005123456", false],
  ["the one the content names", { text: "a", smsNumber: "0005123456" }, "0005123456", true],
  ["the route's own, where the content names another", { text: "a", smsNumber: "0005123456" }, "0312345678", false],
  ["the one the SMS part names", { card: {}, sms: { text: "a", smsNumber: "0005123456" } }, "0005123456", true],
  ["the same with country code and hyphens", { text: "a" }, "+81-3-1234-5678", true],
  ["the same in wide digits", { text: "a" }, "０３１２３４５６７８", true],
  ["a short code", { text: "a" }, "20123", null],
  ["a number of nobody", { text: "a", smsNumber: "0005123456" }, "0399999999", null],
  ["a content that is none", null, "0312345678", true],
])("%s", (_, content, number, expected) => {
  expect(isSentFrom(content, number, numbers)).toBe(expected);
});
