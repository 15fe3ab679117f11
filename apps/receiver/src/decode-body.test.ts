import { expect, test } from "vitest";
import { decodeBody } from "./decode-body.ts";

const shiftJis = Uint8Array.of(0x92, 0xe2, 0x8e, 0x7e);
const eucJp = Uint8Array.of(0xc4, 0xe4, 0xbb, 0xdf);
const utf8 = new TextEncoder().encode("停止");

test.each([
  ["UTF-8", utf8, "application/json", "停止"],
  ["UTF-8 that is called Shift_JIS", utf8, "application/json; charset=Shift_JIS", "停止"],
  ["UTF-8 with a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8), null, "停止"],
  ["Shift_JIS that says so", shiftJis, "text/plain; charset=Shift_JIS", "停止"],
  ["Shift_JIS that says nothing", shiftJis, null, "停止"],
  ["EUC-JP that says so", eucJp, 'application/json; charset="euc-jp"', "停止"],
  ["an encoding that nobody knows", shiftJis, "text/plain; charset=x-nothing", "停止"],
  ["UTF-16 by its mark", Uint8Array.of(0xfe, 0xff, 0x50, 0x5c, 0x6b, 0x62), null, "停止"],
  ["the other UTF-16", Uint8Array.of(0xff, 0xfe, 0x5c, 0x50, 0x62, 0x6b), null, "停止"],
  ["nothing at all", new Uint8Array(), null, ""],
])("%s", (_, bytes, contentType, text) => {
  expect(decodeBody(bytes, contentType)).toBe(text);
});

test("what is of no encoding is kept as far as it can be read", () => {
  expect(decodeBody(Uint8Array.of(0x61, 0xfd, 0xfe, 0xff, 0x62), null)).toMatch(/^a\ufffd+b$/);
});
