import {
  normaliseJapaneseMobile,
  normaliseKoreanMobile,
  type PreparedContent,
  type ProviderRules,
} from "@hikyaku/core";
import { describe, expect, test } from "vitest";
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

const rules = { normaliseRecipient: (raw: string) => ({ ok: true as const, recipient: raw }) };
const plan = { afterMs: 1, onUnknown: false, onRejected: false };
const both = (prepared: PreparedContent) =>
  bothLegs(
    { rules, prepared },
    prepared.fallback ? { route: "r", rules: rules as ProviderRules, prepared: prepared.fallback, plan } : null,
  );

test("a row is right only if both legs are, and renders as the first", () => {
  const { render, variables } = both(limited("card", 5, limited("sms", 3))).content;
  expect(variables).toEqual(["text"]);
  expect(render(["abc"])).toMatchObject({ preview: "card abc" });
  expect(render(["abcd"])).toMatchObject({ issues: [{ path: "content.sms" }] });
  expect(render(["abcdef"])).toMatchObject({ issues: [{ path: "content.card" }] });
});

test("without a second leg the first alone decides", () => {
  expect(both(limited("card", 5)).content.render(["abcde"])).toMatchObject({ preview: "card abcde" });
});

describe("a second leg of its own content", () => {
  const content = (variables: string[]): PreparedContent => ({
    ...{ content: {}, variables, warnings: [] },
    render: (values) => ({ payload: null, segments: 1, preview: values.join("|"), warnings: [] }),
  });
  const korean = { normaliseRecipient: normaliseKoreanMobile } as ProviderRules;
  const legs = (recipientIn?: string) =>
    bothLegs(
      { rules: { normaliseRecipient: normaliseJapaneseMobile }, prepared: content(["name", "shop"]) },
      {
        route: "kakao",
        rules: korean,
        prepared: content(["code", "name"]),
        plan: { ...plan, ...(recipientIn === undefined ? {} : { recipientIn }) },
      },
    );

  test("takes its values by their names out of those of both", () => {
    const { variables, content: first, renderSecond } = legs("number");
    expect(variables).toEqual(["name", "shop", "code", "number"]);
    const values = ["佐藤", "渋谷", "A1", "010-1234-5678"];
    expect(first.render(values)).toMatchObject({ preview: "佐藤|渋谷" });
    expect(renderSecond(values)).toMatchObject({ preview: "A1|佐藤" });
  });

  test("to a number that its route can't reach makes the row a bad one", () => {
    expect(legs("number").content.render(["佐藤", "渋谷", "A1", "090-1234-5678"])).toMatchObject({
      issues: [{ path: "variables.number" }],
    });
    expect(legs().rules.normaliseRecipient("090-1234-5678")).toMatchObject({
      ok: false,
      reason: expect.stringContaining("fallbackTo"),
    });
    expect(legs("number").rules.normaliseRecipient("090-1234-5678")).toMatchObject({ ok: true });
  });
});
