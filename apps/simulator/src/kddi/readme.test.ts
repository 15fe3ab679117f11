import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { behaviours } from "./behaviours.ts";

it("the README's table of magic numbers is the table of behaviours", () => {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const [, section = ""] = readme.split("## Magic numbers");
  const rows = [...section.matchAll(/^\| (\d\d) +\| (.+?) +\|$/gm)].map(([, digits, does]) => [digits, does]);
  const table = Object.entries(behaviours).map(([digits, { does }]) => [digits, does]);
  expect(rows).toEqual(table.sort());
});
