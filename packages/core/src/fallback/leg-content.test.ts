import { expect, test } from "vitest";
import type { PreparedContent } from "../provider/provider.ts";
import { prepareLeg } from "./leg-content.ts";

const prepared = (content: unknown, fallback: PreparedContent | null = null): PreparedContent => ({
  content,
  variables: [],
  warnings: [],
  render: () => ({ payload: content, segments: 1, preview: "", warnings: [] }),
  fallback,
});
const sms = prepared({ text: "alone" });
const rules = {
  prepareContent: (content: unknown) => (content === "both" ? prepared("both", sms) : prepared(content)),
};
const plan = { afterMs: 1, onUnknown: false, onRejected: false };

test.each([
  ["the first leg says the content", { leg: 1, content: "both", plan }, "both"],
  ["the second the part of it that stands alone", { leg: 2, content: "both", plan }, sms.content],
  ["or what was given for it", { leg: 2, content: "both", plan: { ...plan, content: "other" } }, "other"],
])("%s", (_, input, content) => {
  expect(prepareLeg(rules, input)).toMatchObject({ content });
});

test("a content without such a part has no second leg", () => {
  expect(prepareLeg(rules, { leg: 2, content: "sms", plan })).toMatchObject({ issues: [{ code: "no-second-leg" }] });
});
