import type { PreparedContent, SecondLegPlan } from "@hikyaku/core";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { InvalidRequestError } from "../errors/request-errors.ts";
import { checkPlan, fallbackFields, planOf } from "./fallback-fields.ts";
import { readFields } from "./read-fields.ts";

const schema = z.strictObject(fallbackFields);
const read = (given: unknown) => planOf(readFields(schema, given));

function faultsOf(work: () => unknown): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
}

describe("what is to follow", () => {
  test.each([
    [{}, undefined],
    [{ fallbackOnUnknown: false }, undefined],
    [{ fallbackAfter: "4h" }, { afterMs: 14_400_000, onUnknown: false, onRejected: false }],
    [
      { fallbackAfter: "PT90S", fallbackOnUnknown: true, fallbackOnRejected: true },
      { afterMs: 90_000, onUnknown: true, onRejected: true },
    ],
  ])("%j is %j", (given, plan) => {
    expect(read(given)).toEqual(plan);
  });

  test.each([
    [{ fallbackAfter: "4" }, ['fallbackAfter: must be a length of time: "4" has no unit']],
    [{ fallbackAfter: "500ms" }, ["fallbackAfter: must be from 1s to 14d"]],
    [{ fallbackAfter: "15d" }, ["fallbackAfter: must be from 1s to 14d"]],
    [{ fallbackAfter: "1h", fallbackOnUnknown: "yes" }, ["fallbackOnUnknown: must be true or false"]],
    [
      { fallbackOnUnknown: true, fallbackOnRejected: true },
      ["fallbackOnUnknown: fallbackAfter is missing", "fallbackOnRejected: fallbackAfter is missing"],
    ],
  ])("%j is refused", (given, faults) => {
    expect(faultsOf(() => read(given))).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });
});

describe("a plan", () => {
  const plan: SecondLegPlan = { afterMs: 3_600_000, onUnknown: false, onRejected: false };

  test("does not go with a reservation, whose acceptance is long before its time", () => {
    const content = { fallback: {} as PreparedContent, channel: "alimtalk", reservedAt: new Date() };
    expect(faultsOf(() => checkPlan(plan, content, {}))).toEqual([
      expect.stringMatching(/^content\.reserve: fallbackAfter counts from/),
    ]);
    expect(faultsOf(() => checkPlan(plan, { ...content, reservedAt: null }, {}))).toEqual([]);
  });

  const alone = {} as PreparedContent;
  const both = { fallback: alone, channel: "rcs" };
  const check = (content: object, changes: Partial<SecondLegPlan> = {}, validity: object = {}) =>
    faultsOf(() => checkPlan({ ...plan, ...changes }, content, validity));

  test("needs a content with a part that can follow", () => {
    expect(check(both)).toEqual([]);
    const missing = [expect.stringMatching(/^fallbackAfter: nothing of the content can follow/)];
    expect(check({ fallback: null, channel: "sms" })).toEqual(missing);
    expect(check({})).toEqual(missing);
  });

  test("with unknown outcomes needs one whose channel is certain", () => {
    expect(check(both, { onUnknown: true })).toEqual([]);
    expect(check({ fallback: alone, channel: null }, { onUnknown: true })).toEqual([
      expect.stringMatching(/^fallbackOnUnknown: the carrier chooses the channel/),
    ]);
    expect(check({ fallback: alone, channel: null })).toEqual([]);
  });

  test("must have its time before the validity ends, counted from the start", () => {
    const startAt = new Date("2026-12-01T10:00:00Z");
    const until = (hours: number) => ({ startAt, validUntil: new Date(startAt.getTime() + hours * 3_600_000) });
    expect(check(both, {}, { validFor: 3_600_001 })).toEqual([]);
    expect(check(both, {}, until(2))).toEqual([]);
    const late = [expect.stringMatching(/^fallbackAfter: not shorter than the validity/)];
    expect(check(both, {}, { validFor: 3_600_000 })).toEqual(late);
    expect(check(both, {}, until(0.5))).toEqual(late);
    expect(check(both, {}, { validUntil: new Date(Date.now() + 60_000) })).toEqual(late);
  });

  test("that is none is none", () => {
    expect(faultsOf(() => checkPlan(undefined, {}, {}))).toEqual([]);
  });
});
