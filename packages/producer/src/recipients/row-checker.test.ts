import { findProvider } from "@hikyaku/providers";
import { describe, expect, test } from "vitest";
import { cellsOf } from "./row-cells.ts";
import { createRowChecker } from "./row-checker.ts";
import { createWarningTally } from "./warning-tally.ts";

const rules = findProvider("kddi").rules({ smsNumber: "0312345678" });

function check(row: unknown, text = "#{name}様、#{date}にお越しください。", line = 1) {
  const prepared = rules.prepareContent({ text });
  if ("issues" in prepared) throw new Error(JSON.stringify(prepared.issues));
  const warnings = createWarningTally();
  const result = createRowChecker(rules, prepared, warnings)(cellsOf(row, prepared.variables), line);
  return { result, warnings: warnings.list() };
}

describe("a row", () => {
  test("becomes a message with the values of the content's variables, in their order, and nothing else", () => {
    const { result } = check({ secret: "x", date: "12月24日", to: "090-1234-5678", name: "山田" });
    expect(result).toEqual({ ok: true, recipient: "+819012345678", vars: ["山田", "12月24日"], segments: 1 });
  });

  test("may hold numbers; they are written out", () => {
    const { result } = check({ to: 819012345678, name: 7n, date: 24 });
    expect(result).toMatchObject({ ok: true, recipient: "+819012345678", vars: ["7", "24"] });
  });

  test("finds its values under names spelt with other code points or space around them", () => {
    const { result } = check({ to: "09012345678", " カ\u3099 ": "x" }, "#{ガ}");
    expect(result).toMatchObject({ ok: true, vars: ["x"] });
  });

  test("has as many segments as its own text is long", () => {
    expect(check({ to: "09012345678", name: "あ".repeat(70), date: `${1}` }).result).toMatchObject({ segments: 2 });
  });

  const good = { to: "09012345678", name: "山田", date: "12月24日" };
  test.each([
    ["without a recipient", { ...good, to: undefined }, "empty", "to"],
    ["with a fixed line", { ...good, to: "03-1234-5678" }, "not-mobile", "to"],
    ["with an object for a number", { ...good, to: {} }, "not-text", "to"],
    ["without a value", { ...good, name: undefined }, "missing-value", "variables.name"],
    ["with null for a value", { ...good, date: null }, "missing-value", "variables.date"],
    ["with a blank value", { ...good, name: " " }, "blank-value", "content.text"],
    ["with a date object", { ...good, date: new Date(0) }, "not-text", "variables.date"],
    ["with a truth value", { ...good, name: true }, "not-text", "variables.name"],
    ["with NaN", { ...good, name: Number.NaN }, "not-text", "variables.name"],
    ["with a NUL in a value", { ...good, name: "a\0b" }, "not-text", "variables.name"],
    ["with half a character", { ...good, name: "a\ud83d" }, "sms-broken-character", "content.text"],
    ["with a text that is too long", { ...good, name: "あ".repeat(700) }, "sms-too-long", "content.text"],
    ["that is no object", "09012345678", "not-a-row", ""],
    ["that is null", null, "not-a-row", ""],
  ])("%s is refused, and the reason does not hold its number", (_, row, code, path) => {
    const { result } = check(row);
    expect(result).toMatchObject({ ok: false, code, path });
    expect(JSON.stringify(result)).not.toMatch(/12345678|1234-5678/);
  });

  test("that can be mended is sent, and the mending is told", () => {
    const { result, warnings } = check({ ...good, to: "9012345678" }, undefined, 12);
    expect(result).toMatchObject({ ok: true, recipient: "+819012345678" });
    expect(warnings).toMatchObject([{ code: "recipient", rows: 1, firstLine: 12 }]);
  });
});

test("a warning is told once, with how many rows have it and the first of them", () => {
  const tally = createWarningTally([{ code: "about-content", message: "c" }]);
  tally.note("a", "first", 3);
  tally.note("b", "other", 4);
  tally.note("a", "second", 9);
  expect(tally.list()).toEqual([
    { code: "about-content", message: "c", rows: 0, firstLine: null },
    { code: "a", message: "first", rows: 2, firstLine: 3 },
    { code: "b", message: "other", rows: 1, firstLine: 4 },
  ]);
});
