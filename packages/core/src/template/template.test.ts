import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTemplate, type Template, type TemplateOptions } from "./template.ts";

function template(text: string, options?: TemplateOptions): Template {
  const parsed = parseTemplate(text, options);
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join("; "));
  return parsed;
}

function faults(text: string): unknown[] {
  const parsed = parseTemplate(text);
  return parsed.ok ? [] : parsed.faults.map(({ code, position }) => [code, position]);
}

describe("parseTemplate", () => {
  test("names variables once, in order of first use, in any script", () => {
    const { variables } = template("#{氏名}様 #{이름} #{name} #{氏名} #{注文番号 2}");
    expect(variables).toEqual(["氏名", "이름", "name", "注文番号 2"]);
  });

  test("space around a name and the way its characters are composed do not count", () => {
    const { variables } = template("#{ ガ }#{カ\u3099}#{　ガ　}");
    expect(variables).toEqual(["ガ"]);
  });

  test.each([
    ["#{}", [["empty-variable", 0]]],
    ["ab #{ }", [["empty-variable", 3]]],
    ["ab #{name", [["unclosed-variable", 3]]],
    ["ab #{na\nme}", [["unclosed-variable", 3]]],
    ["#{a#{b}}", [["nested-variable", 0]]],
    [
      "#{} #{ok} #{{x}} #{",
      [
        ["empty-variable", 0],
        ["nested-variable", 10],
        ["unclosed-variable", 17],
      ],
    ],
  ])("%j is refused, every fault with its place", (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  test("a fault names line and character", () => {
    const parsed = parseTemplate("こんにちは\r\n様 #{名前");
    expect(parsed).toMatchObject({ ok: false, faults: [{ message: expect.stringContaining("line 2, character 3") }] });
  });

  test.each(["#", "# {a}", "{a}", "$" + "{a}", "a}b", "#｛a｝"])("%j is plain text", (text) => {
    expect(template(text).render([])).toEqual({ ok: true, text });
  });
});

describe("render", () => {
  test("takes values by name or in order", () => {
    const greeting = template("#{a}と#{b}、#{a}");
    const expected = { ok: true, text: "1と2、1" };
    expect(greeting.render({ a: "1", b: "2", c: "unused" })).toEqual(expected);
    expect(greeting.render(["1", "2"])).toEqual(expected);
  });

  test("what a value contains is never read as template", () => {
    expect(template("#{a}#{b}").render({ a: "#{b}", b: "$& \\ $1 #{a}" })).toEqual({
      ok: true,
      text: "#{b}$& \\ $1 #{a}",
    });
  });

  test("every missing or blank value is reported by name", () => {
    const rendered = template("#{a} #{b} #{c} #{d}").render({ a: "x", b: null, c: " 　" });
    expect(rendered).toMatchObject({
      ok: false,
      faults: [
        { code: "missing-value", variable: "b" },
        { code: "blank-value", variable: "c" },
        { code: "missing-value", variable: "d", message: expect.stringContaining("#{d}") },
      ],
    });
    expect(template("#{a} #{b}").render(["x"])).toMatchObject({ ok: false, faults: [{ variable: "b" }] });
  });

  test("blank values pass where they are allowed, missing ones never", () => {
    const lenient = template("[#{a}]", { allowBlankValues: true });
    expect(lenient.render({ a: "" })).toEqual({ ok: true, text: "[]" });
    expect(lenient.render({})).toMatchObject({ ok: false, faults: [{ code: "missing-value" }] });
  });

  test("a name that every object has is missing like any other", () => {
    expect(template("#{constructor}").render({})).toMatchObject({ ok: false, faults: [{ code: "missing-value" }] });
  });

  test("any names and any values: the text is the literals and the values in turn", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => text.trim() !== "" && !/[{}\r\n]/.test(text));
    const literal = fc.string().map((text) => text.replaceAll("#{", "").replace(/#$/, ""));
    const value = fc.string({ unit: "grapheme" }).filter((text) => text.trim() !== "");
    fc.assert(
      fc.property(fc.array(fc.tuple(literal, name, value)), literal, (parts, tail) => {
        const byName = new Map(parts.map(([, key, text]) => [key.normalize("NFC").trim(), text]));
        const text = parts.map(([before, key]) => `${before}#{${key}}`).join("") + tail;
        const expected = parts.map(([before, key]) => before + byName.get(key.normalize("NFC").trim())).join("") + tail;
        const parsed = template(text);
        expect(parsed.variables).toEqual([...byName.keys()]);
        expect(parsed.render([...byName.values()])).toEqual({ ok: true, text: expected });
      }),
    );
  });
});
