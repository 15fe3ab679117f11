import fc from "fast-check";
import { expect, test } from "vitest";
import { createSourceDigest } from "./source-digest.ts";

type Rows = (unknown[] | null)[];

function digestOf(...groups: Rows[]): string {
  const digest = createSourceDigest();
  for (const rows of groups) digest.add(rows);
  return digest.now().toString("hex");
}

const cell = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(undefined, null, "", "-", "1:a", "\n", "?object"));
const rows = fc.array(fc.option(fc.array(cell, { minLength: 2, maxLength: 2 }), { nil: null }), { maxLength: 6 });

test("the way rows are grouped does not matter", () => {
  fc.assert(
    fc.property(rows, fc.nat(6), (all, cut) => {
      expect(digestOf(all.slice(0, cut), all.slice(cut))).toBe(digestOf(all));
    }),
  );
});

test("other rows, or the same in another order, have another digest", () => {
  // A number and its text are the same value, and so are null and nothing.
  const written = (all: Rows) =>
    JSON.stringify(all.map((row) => row?.map((value) => (value == null ? null : String(value)))));
  fc.assert(
    fc.property(rows, rows, (one, other) => {
      expect(digestOf(one) === digestOf(other)).toBe(written(one) === written(other));
    }),
    { numRuns: 2_000 },
  );
});

test("a digest taken on the way changes nothing", () => {
  const digest = createSourceDigest();
  digest.add([["a"]]);
  expect(digest.now().toString("hex")).toBe(digestOf([["a"]]));
  digest.add([["b"]]);
  expect(digest.now().toString("hex")).toBe(digestOf([["a"], ["b"]]));
});
