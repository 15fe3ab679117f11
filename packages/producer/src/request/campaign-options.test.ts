import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { campaignHash, readCampaignOptions } from "./campaign-options.ts";

const minimal = { key: "k", route: "coupon-sms", text: "hello" };

function issues(options: unknown): unknown[] {
  try {
    readCampaignOptions(options);
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidRequestError);
    return (error as InvalidRequestError).issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("the options of a campaign", () => {
  test("have defaults", () => {
    expect(readCampaignOptions(minimal)).toEqual({
      key: "k",
      name: "k",
      route: "coupon-sms",
      content: { text: "hello" },
      priority: 5,
      class: undefined,
      window: undefined,
      overrides: undefined,
      by: undefined,
      startAt: null,
      onUnknown: null,
      validUntil: undefined,
      validFor: undefined,
    });
  });

  test("take times as text or Date, a window as text or object, a length of time as text", () => {
    const options = { ...minimal, startAt: "2026-12-01T09:00:00+09:00", window: "09:00-20:00", validFor: "2h" };
    expect(readCampaignOptions(options)).toMatchObject({
      startAt: new Date("2026-12-01T00:00:00Z"),
      window: { from: "09:00", to: "20:00", timeZone: "Asia/Tokyo" },
      validFor: 7_200_000,
    });
  });

  test.each([
    [undefined, [": must be an object with key, route and content"]],
    [{}, ["key: missing; it must be a text of 1", "route: missing; it must be a text of 1"]],
    [{ ...minimal, key: "a\nb" }, ["key: must be a text of 1 to 200 characters on one line"]],
    [{ ...minimal, priority: 11 }, ["priority: must be a whole number from 1 to 10"]],
    [{ ...minimal, priority: "1" }, ["priority: must be a whole number from 1 to 10"]],
    [{ ...minimal, startAt: "tomorrow" }, ["startAt: must be a Date, or ISO 8601 with offset"]],
    [{ ...minimal, startAt: new Date("x") }, ["startAt: must be a Date, or ISO 8601 with offset"]],
    [{ ...minimal, validFor: "5" }, ['validFor: must be a length of time: "5" has no unit']],
    [{ ...minimal, validFor: 300 }, ["validFor: must be a length of time, e.g. 5m or 2h"]],
    [{ ...minimal, window: "9-20" }, ["window: must be a delivery window;", "window: must be a delivery window;"]],
    [{ ...minimal, onUnknown: "retry" }, ['onUnknown: must be "hold" or "resend"']],
    [{ ...minimal, receipients: [], txt: "" }, ["receipients: there is no such field", "txt: there is no such field"]],
    [{ ...minimal, content: { text: "a" } }, ["text: content is given too"]],
    [{ key: "k", route: "r" }, ["content: missing"]],
    [{ ...minimal, validFor: "5m", validUntil: new Date() }, ["validFor: validUntil is given too"]],
  ])("%j is refused, naming %j", (options, expected) => {
    expect(issues(options)).toEqual(expected.map((text) => expect.stringContaining(text)));
  });
});

describe("the hash of a campaign", () => {
  const content = { text: "hello" };
  const prepared = { content, variables: [], warnings: [], render: () => ({ issues: [] }) };
  const hash = (more: object) => campaignHash(readCampaignOptions({ ...minimal, ...more }), prepared).toString("hex");

  test("is that of before there were classes, when none is given: an import cut off then goes on", () => {
    const written =
      '{"content":{"text":"hello"},"onUnknown":"hold","priority":5,"route":"coupon-sms","startAt":null,"window":null}';
    const then = createHash("sha256").update(written).digest("hex");
    expect([hash({}), hash({ overrides: [] }), hash({ by: "somebody", name: "other" })]).toEqual([then, then, then]);
  });

  test("is another with a class, an override or another reason", () => {
    const override = (reason: string) => ({ overrides: [{ rule: "window", reason }] });
    const hashes = [{}, { class: "dunning" }, { class: "transactional" }, override("a"), override("b")].map(hash);
    expect(new Set(hashes).size).toBe(5);
  });
});
