import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createReference, readReference, referenceLength } from "./reference.ts";

const messageId = "0198f2c4-7a10-7c3e-9b1d-0123456789ab";
const reference = createReference(messageId);

describe("the reference in a button's data", () => {
  test("is 26 characters that need no escape in JSON, a form or a URL", () => {
    expect(reference).toHaveLength(referenceLength);
    expect(encodeURIComponent(reference)).toBe(reference);
  });

  test("of any message leads back to it, wherever it stands", () => {
    const around = fc.string().filter((text) => !text.includes("hk1"));
    fc.assert(
      fc.property(fc.uuid(), around, around, (id, before, after) => {
        const data = `${before}&r=${createReference(id)}&${after}`;
        expect(readReference(data)?.messageId).toBe(id);
      }),
    );
  });

  test.each([
    ["alone", reference, null],
    ["with the button", `${reference}.card11-button4`, "card11-button4"],
    ["before other data", `${reference}&b=1`, null],
    ["in a query", `c=42&r=${reference}`, null],
    ["in JSON", JSON.stringify({ r: reference }), null],
    ["before a sentence's end", `${reference}.`, null],
    ["before another's suffix", `${reference}.Yes`, null],
  ])("is found %s", (_, data, button) => {
    expect(readReference(data)).toEqual({ messageId, button });
  });

  test.each([
    ["nothing", ""],
    ["other data", "c=42&r=1001&b=no"],
    ["the guide's first event", "new_bot_user_initiation"],
    ["a reference cut short", reference.slice(0, -1)],
    ["a reference grown longer", `${reference}a`],
    ["a reference with something before it", `x${reference}`],
    ["another version", reference.replace("hk1", "hk2")],
    ["other spare bits of the last character", `${reference.slice(0, -1)}${reference.endsWith("w") ? "x" : "_"}`],
  ])("is not found in %s", (_, data) => {
    expect(readReference(data)).toBeNull();
  });

  test("is never found by chance, and nothing makes the reading fail", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (data) => readReference(data) === null));
  });
});
