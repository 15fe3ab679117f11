import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { modesSchema } from "./options.ts";
import { numberOutcomes } from "./outcomes.ts";

const readme = readFileSync(new URL("README.md", import.meta.url), "utf8");

test("the README names every number that does something, and every mode", () => {
  const numbers = [...readme.matchAll(/^\| (\d{4}) /gm)].map(([, digits]) => digits);
  expect(numbers.sort()).toEqual(Object.keys(numberOutcomes).sort());
  const modes = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, mode]) => mode);
  expect(modes.sort()).toEqual(Object.keys(modesSchema.shape).sort());
});
