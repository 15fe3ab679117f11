import type { PreparedContent } from "@hikyaku/core";
import { expect, test } from "vitest";
import { bothLegs } from "./both-legs.ts";

/** Renders its one value; refuses a longer one. */
function limited(name: string, longest: number, fallback: PreparedContent | null = null): PreparedContent {
  return {
    ...{ content: {}, variables: ["text"], warnings: [], fallback },
    render: ([text = ""]) =>
      text.length > longest
        ? { issues: [{ path: `content.${name}`, level: "error", code: "too-long", message: "too long" }] }
        : { payload: text, segments: 1, preview: `${name} ${text}`, warnings: [] },
  };
}

test("a row is right only if both legs are, and renders as the first", () => {
  const { render, variables } = bothLegs(limited("card", 5, limited("sms", 3)));
  expect(variables).toEqual(["text"]);
  expect(render(["abc"])).toMatchObject({ preview: "card abc" });
  expect(render(["abcd"])).toMatchObject({ issues: [{ path: "content.sms" }] });
  expect(render(["abcdef"])).toMatchObject({ issues: [{ path: "content.card" }] });
});

test("without a second leg the first alone decides", () => {
  expect(bothLegs(limited("card", 5)).render(["abcde"])).toMatchObject({ preview: "card abcde" });
});
