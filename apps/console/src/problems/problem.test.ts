import { describe, expect, test } from "vitest";
import { pointerOf } from "./problem.ts";
import { problemOf } from "./problem-of.ts";
import { problemTypes } from "./problem-types.ts";

describe("pointerOf", () => {
  test.each([
    ["", "#"],
    ["route", "#/route"],
    ["content.carousel[2].media.height", "#/content/carousel/2/media/height"],
    [["a/b", "c~d", 3], "#/a~1b/c~0d/3"],
    [["お名前"], "#/%E3%81%8A%E5%90%8D%E5%89%8D"],
  ])("%j is %s", (path, pointer) => {
    expect(pointerOf(path)).toBe(pointer);
  });
});

describe("problemOf", () => {
  test.each(["CONNECT_TIMEOUT", "ECONNREFUSED", "57P01", "53300", "08006"])(
    "an error with the code %s means that the ledger is away",
    (code) => {
      expect(problemOf(Object.assign(new Error("x"), { code })).type).toBe("ledger-unavailable");
    },
  );

  test.each([
    [new Error("secret of the inside")],
    [Object.assign(new Error("x"), { code: "23505" })],
    ["text"],
    [null],
  ])("what is not known tells the caller nothing: %s", (error) => {
    const problem = problemOf(error);
    expect(problem.type).toBe("internal-error");
    expect(JSON.stringify(problem.body("urn:request:1"))).not.toContain("secret");
  });

  test("every type has a status that fits an error", () => {
    for (const { status } of Object.values(problemTypes)) expect(status).toSatisfy((n: number) => n >= 400 && n < 600);
  });
});
