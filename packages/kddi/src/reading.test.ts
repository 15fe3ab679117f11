import { receiptStates } from "@hikyaku/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createStatusReader, statusWords } from "./delivery-status.ts";
import { readErrorText } from "./error-text.ts";
import { readTimestamp } from "./timestamp.ts";

describe("status words", () => {
  const read = createStatusReader({});
  test.each(Object.entries(statusWords))("%s means %s, in any case and width", (word, state) => {
    expect(["pending", ...receiptStates]).toContain(state);
    const wide = word.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) + 0xfee0));
    for (const spelling of [word, word.toUpperCase(), ` ${word} `, wide]) expect(read(spelling)).toBe(state);
  });

  test.each(["", "unknown", "constructor", "__proto__", "delivered!"])("%j means nothing", (word) => {
    expect(read(word)).toBeUndefined();
  });

  test("the route's own words come first", () => {
    expect(createStatusReader({ Expired: "revoked" })("expired")).toBe("revoked");
  });
});

const times: [value: unknown, zone: string, expected: string | null][] = [
  ["2022-03-22T11:44:30.231Z", "UTC", "2022-03-22T11:44:30.231Z"],
  ["2022-03-22T11:44:30.231Z", "Asia/Tokyo", "2022-03-22T11:44:30.231Z"],
  ["2022-03-22T20:44:30.231+09:00", "UTC", "2022-03-22T11:44:30.231Z"],
  ["2022-03-22T20:44:30+0900", "UTC", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22 11:44:30Z", "UTC", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22T11:44:30", "UTC", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22T20:44:30", "Asia/Tokyo", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22T20:44:30", "+09:00", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22T06:14:30", "-05:30", "2022-03-22T11:44:30.000Z"],
  ["2022/3/22 20:44", "Asia/Tokyo", "2022-03-22T11:44:00.000Z"],
  ["20220322204430", "Asia/Tokyo", "2022-03-22T11:44:30.000Z"],
  ["2022-03-22T11:44:30.2319999", "UTC", "2022-03-22T11:44:30.231Z"],
  [1_647_949_470, "UTC", "2022-03-22T11:44:30.000Z"],
  ["1647949470231", "UTC", "2022-03-22T11:44:30.231Z"],
  ["2022-02-31T00:00:00", "UTC", null],
  ["2022-03-22T25:00:00", "UTC", null],
  ["0001-01-01T00:00:00Z", "UTC", null],
  ["yesterday", "UTC", null],
  ["", "UTC", null],
  [null, "UTC", null],
  [{}, "UTC", null],
  [Number.NaN, "UTC", null],
];

describe("timestamps", () => {
  test.each(times)("%j in %s is %s", (value, zone, expected) => {
    expect(readTimestamp(value, zone)?.toISOString() ?? null).toBe(expected);
  });

  test("nothing makes them throw", () => {
    fc.assert(fc.property(fc.anything(), (value) => void readTimestamp(value, "UTC")));
  });
});

const paths = ["reason.text", "error.message", "message"];
const texts: [label: string, body: string, expected: string][] = [
  ["the GSMA form", '{"reason":{"code":42009,"text":"no content"}}', "no content (code 42009)"],
  ["Dotgo's form", '{"error":{"code":"E1","message":"bad"}}', "bad (code E1)"],
  ["a message", '{"Message":"Forbidden"}', "Forbidden"],
  ["a message that is an object", '{"message":{"x":1}}', '{"message":{"x":1}}'],
  ["unknown JSON", '{"fault":"x"}', '{"fault":"x"}'],
  ["unknown JSON with escapes", '{"fault":"\\u8a8d\\u8a3c"}', '{"fault":"認証"}'],
  ["an error page", "<html><style>b{}</style><h1>502 Bad\nGateway</h1></html>", "502 Bad Gateway"],
  ["plain text", "  not\r\n today ", "not today"],
  ["nothing", "", ""],
];

describe("error texts", () => {
  test.each(texts)("of %s", (_, body, expected) => {
    expect(readErrorText(body, paths, [])).toBe(expected);
  });

  test("are one line of at most 300 characters", () => {
    expect(readErrorText("long\n".repeat(10_000), paths, [])).toHaveLength(300);
  });

  test("hide numbers", () => {
    expect(readErrorText("to +81 90-1234-5678 failed at 12:30", paths, [])).toBe("to ****78 failed at 12:30");
  });

  test("never hold six characters in a row of what was sent, nor a short secret whole", () => {
    const sent = fc.string({ unit: fc.constantFrom(..."認証コード0123abc "), minLength: 1, maxLength: 60 });
    const property = fc.property(sent, fc.string(), fc.string(), fc.nat(), (secret, before, after, cut) => {
      const echoed = secret.slice(cut % secret.length);
      const text = readErrorText(JSON.stringify({ message: before + echoed + after }), ["message"], [secret]);
      for (let at = 0; at + 6 <= secret.length; at++) {
        const run = secret.slice(at, at + 6);
        if (!/\s\s|^\s|\s$/.test(run)) expect(text).not.toContain(run);
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
