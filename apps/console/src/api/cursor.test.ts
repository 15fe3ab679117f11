import { describe, expect, test } from "vitest";
import * as z from "zod";
import { cursorOf, pageOf, readCursor } from "./cursor.ts";

const position = z.strictObject({ after: z.int() });
const page = (rows: number[], limit: number) =>
  pageOf(rows, { limit, position: (row) => ({ after: row }), view: (row) => `#${row}` });

describe("pages", () => {
  test("a cursor gives back the position it was made of", () => {
    expect(readCursor(position, cursorOf({ after: 7 }))).toEqual({ after: 7 });
    expect(readCursor(position, undefined)).toBeUndefined();
  });

  test.each([
    ["no base64", "%%%"],
    ["no JSON", "bm90IGpzb24"],
    ["another list's", cursorOf({ before: "x" })],
    ["one with more in it", cursorOf({ after: 1, limit: 5 })],
  ])("a cursor that is %s is a problem", (_, cursor) => {
    expect(() => readCursor(position, cursor)).toThrow(expect.objectContaining({ type: "invalid-cursor" }));
  });

  test("the row beyond the limit is not shown and says that there is a next page", () => {
    const { items, nextCursor } = page([1, 2, 3], 2);
    expect(items).toEqual(["#1", "#2"]);
    expect(readCursor(position, nextCursor ?? undefined)).toEqual({ after: 2 });
  });

  test("the last page has no next one", () => {
    expect(page([1, 2], 2).nextCursor).toBeNull();
    expect(page([], 2)).toEqual({ items: [], nextCursor: null });
  });
});
