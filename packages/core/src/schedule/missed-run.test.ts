import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decideRun, type MissedRunPolicy, mayGoOn, parseMissedRunPolicy } from "./missed-run.ts";

const dueAt = new Date("2026-12-01T01:00:00Z");
const later = (ms: number) => new Date(dueAt.getTime() + ms);
const skip: MissedRunPolicy = { kind: "skip" };
const hour: MissedRunPolicy = { kind: "run-if-within", withinMs: 3_600_000 };

test.each([
  ["in time", 0, skip, "run"],
  ["within a minute", 60_000, skip, "run"],
  ["after a minute", 60_001, skip, "missed"],
  ["after a minute", 60_001, hour, "run"],
  ["after an hour", 3_600_000, hour, "run"],
  ["after more than an hour", 3_600_001, hour, "missed"],
] as const)("%s (%i ms), with %j: %s", (_, lateMs, policy, kind) => {
  expect(decideRun({ dueAt, nextDueAt: null, now: later(lateMs), policy }).kind).toBe(kind);
});

test("of two that are overdue at once the earlier is missed, whatever the policy", () => {
  const nextDueAt = later(600_000);
  expect(decideRun({ dueAt, nextDueAt, now: later(599_999), policy: hour }).kind).toBe("run");
  expect(decideRun({ dueAt, nextDueAt, now: nextDueAt, policy: hour }).kind).toBe("missed");
});

test("however long nobody was there: of all that came due meanwhile at most one runs, and it is the last", () => {
  const anyPolicy = fc.oneof(
    fc.constant(skip),
    fc.integer({ min: 60_000, max: 82_800_000 }).map((withinMs) => ({ kind: "run-if-within" as const, withinMs })),
  );
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 172_800_000 }), { minLength: 1, maxLength: 9 }),
      fc.nat(172_800_000),
      anyPolicy,
      (gaps, waitMs, policy) => {
        let at = dueAt.getTime();
        const due = gaps.map((gap) => {
          at += gap;
          return new Date(at);
        });
        const now = new Date(at + waitMs);
        const kinds = due.map(
          (each, index) => decideRun({ dueAt: each, nextDueAt: due[index + 1] ?? null, now, policy }).kind,
        );
        expect(kinds.slice(0, -1)).not.toContain("run");
      },
    ),
  );
});

test.each([
  ["a short interruption, however late it is by then", 60_000, 7_200_000, skip, true],
  ["a longer one", 60_001, 60_001, skip, false],
  ["a longer one", 60_001, 3_600_000, hour, true],
  ["a longer one, too late by then", 60_001, 3_600_001, hour, false],
] as const)(
  "what was cut off by %s (%i ms, late by %i ms), with %j, is gone on with: %s",
  (_, interruptedMs, lateMs, policy, goesOn) => {
    expect(mayGoOn({ interruptedMs, lateMs, policy })).toBe(goesOn);
  },
);

describe("parseMissedRunPolicy", () => {
  test.each([
    ["skip", skip],
    [" skip ", skip],
    ["run-if-within 1h", hour],
    ["run-if-within 90m", { kind: "run-if-within", withinMs: 5_400_000 }],
  ] as const)("reads %j", (text, policy) => {
    expect(parseMissedRunPolicy(text)).toEqual({ ok: true, policy });
  });

  test.each(["", "run", "run-if-within", "run-if-within 1", "run-if-within 30s", "run-if-within 24h", 5, null])(
    "refuses %j",
    (input) => {
      expect(parseMissedRunPolicy(input)).toMatchObject({
        ok: false,
        reason: expect.stringContaining("run-if-within 1h"),
      });
    },
  );
});
