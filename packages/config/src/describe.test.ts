import { describe, expect, test } from "vitest";
import * as z from "zod";
import { describeConfig } from "./describe.ts";

const owl = z.strictObject({ provider: z.literal("owl"), nest: z.string().describe("Where | it sits.") });
const page = describeConfig({ owl: { settings: owl, limits: { tps: 5, concurrency: 2 } } });

describe("describeConfig", () => {
  test("has a row with value, default and meaning for every key", () => {
    expect(page).toContain("| `receiver.port` | a whole number from 0 to 65535 | `8080` | Port on which notifications");
    expect(page).toContain(
      "| `routes.<name>.hooks.secret` | up to 200 letters, digits or . _ ~ = + -; secret | required |",
    );
    expect(page).toContain("| `console.users[].name` | a text | required |");
  });

  test("describes each carrier's part, with its default limits", () => {
    expect(page).toContain(
      "### Routes with `provider: owl`\n\nWithout `limits`, a route of `owl` has 5 TPS and concurrency 2.",
    );
    expect(page).toContain("| `routes.<name>.nest` | a text | required | Where \\| it sits. |");
  });

  test("leaves no key without a meaning", () => {
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.filter((row) => / \| {2}\|$/.test(row))).toEqual([]);
    expect(rows.length).toBeGreaterThan(40);
  });
});
