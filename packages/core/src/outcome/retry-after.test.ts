import { expect, test } from "vitest";
import { parseRetryAfter } from "./retry-after.ts";

const now = new Date("1994-11-06T08:49:00Z");

test.each([
  ["120", 120_000],
  [" 0 ", 0],
  ["Sun, 06 Nov 1994 08:49:37 GMT", 37_000],
  ["Sunday, 06-Nov-94 08:49:37 GMT", 37_000],
  ["Sun Nov  6 08:49:37 1994", 37_000],
  ["Sun, 06 Nov 1994 08:48:00 GMT", 0],
])("%j is a wait of %i ms", (header, ms) => {
  expect(parseRetryAfter(header, now)).toBe(ms);
});

test.each([null, undefined, "", "soon", "-5", "1.5", "99999999999999999999", "2026-13-01"])(
  "%j says nothing",
  (header) => {
    expect(parseRetryAfter(header, now)).toBeUndefined();
  },
);
