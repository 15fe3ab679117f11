import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AttemptOutcome, CallFailure } from "./attempt-outcome.ts";
import {
  backoffCauseOf,
  decideByFailure,
  decideByStatus,
  type OutcomeKnobs,
  outcomeTable,
  routeEffectOf,
} from "./outcome-policy.ts";

const notes = { reason: "what the gateway said" };

/** An outcome in one line, with the wait and what it does to the route. */
function summary(outcome: AttemptOutcome): string {
  const effect = routeEffectOf(outcome);
  const cause = "cause" in outcome ? ` ${outcome.cause}` : "";
  const route =
    effect.kind === "hold-after" ? `hold-after ${effect.inARow} ${effect.of}, ${effect.cause}` : effect.kind;
  return `${outcome.kind}${cause} | ${backoffCauseOf(outcome) ?? "-"} | ${route}`;
}

const byStatus: Record<string, readonly number[]> = {
  "rejected | - | none": [400, 413, 406, 409, 410, 422, 451, 499],
  "held credentials | - | hold": [401],
  "held forbidden | - | hold": [403],
  "held configuration | - | hold": [402, 404, 405, 407, 415, 301, 302, 304, 307, 308, 100, 101],
  "retry gateway-fault | server-error | hold-after 10 messages, gateway-fault": [500, 501, 505, 520, 599],
  "retry gateway-fault | bad-gateway | hold-after 5 messages, gateway-fault": [502],
  "throttled | throttled | slow-down": [503, 429, 408],
  "retry not-reached | not-reached | hold-after 5 messages, unreachable": [504],
  "unknown | - | hold-after 20 messages, unreachable": [0, 42, 600, 999, Number.NaN],
};

describe("decideByStatus", () => {
  const table = Object.entries(byStatus).flatMap(([meaning, statuses]) =>
    statuses.map((status) => [status, meaning] as const),
  );
  test.each(table)("%i is %s", (status, meaning) => {
    const outcome = decideByStatus(status, {}, notes);
    expect(summary(outcome)).toBe(meaning);
    expect(outcome).toMatchObject({ reason: notes.reason, httpStatus: status });
  });

  test("the gateway's wait is kept for what waits, and for nothing else", () => {
    const wait = (status: number) => decideByStatus(status, {}, { ...notes, retryAfterMs: 7_000 });
    for (const status of [503, 429, 500, 502, 504]) expect(wait(status)).toHaveProperty("retryAfterMs", 7_000);
    for (const status of [400, 401, 600]) expect(wait(status)).not.toHaveProperty("retryAfterMs");
    expect(decideByStatus(503, {}, { ...notes, retryAfterMs: undefined })).not.toHaveProperty("retryAfterMs");
  });

  test("a status listed as ambiguous is unknown, the others stay what they are", () => {
    const knobs: OutcomeKnobs = { ambiguousStatuses: [500, 502] };
    expect([500, 502, 503, 504].map((status) => decideByStatus(status, knobs, notes).kind)).toEqual([
      "unknown",
      "unknown",
      "throttled",
      "retry",
    ]);
  });

  test("504 is unknown where a proxy may answer it after a slow success", () => {
    expect(decideByStatus(504, { retry504: false }, notes)).toEqual({ kind: "unknown", httpStatus: 504, ...notes });
    expect(decideByStatus(500, { retry504: false }, notes).kind).toBe("retry");
  });

  test("a 2xx given to it is a bug, not an outcome", () => {
    for (const status of [200, 202, 204, 299]) expect(() => decideByStatus(status, {}, notes)).toThrow(RangeError);
  });

  test("no status is ever accepted, and every one has an answer", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1, max: 1_000 }),
        fc.array(fc.integer({ min: 100, max: 599 })),
        (status, ambiguousStatuses) => {
          if (status >= 200 && status < 300) return;
          const { kind } = decideByStatus(status, { ambiguousStatuses }, notes);
          expect(kind).not.toBe("accepted");
          if (ambiguousStatuses.includes(status)) expect(kind).toBe("unknown");
        },
      ),
    );
  });
});

describe("decideByFailure", () => {
  const unreachable = "retry unreachable | unreachable | hold-after 10 attempts, unreachable";
  const table: [CallFailure, string][] = [
    ["refused", unreachable],
    ["dns", unreachable],
    ["tls", unreachable],
    ["connect-timeout", unreachable],
    ["reset-before-written", unreachable],
    ["reset-after-written", "unknown | - | hold-after 20 messages, unreachable"],
    ["response-timeout", "unknown | - | hold-after 20 messages, unreachable"],
    ["aborted", "unknown | - | hold-after 20 messages, unreachable"],
  ];
  test.each(table)("%s is %s", (failure, meaning) => {
    const outcome = decideByFailure(failure, "ECONNREFUSED");
    expect(summary(outcome)).toBe(meaning);
    expect(outcome.reason).toBe("ECONNREFUSED");
  });
});

describe("the outcome table", () => {
  test("nothing stands in two rows", () => {
    const all = outcomeTable.flatMap(({ on }) => on);
    expect(new Set(all).size).toBe(all.length);
  });

  test("exactly what waits has a backoff", () => {
    for (const { outcome, backoff } of outcomeTable) {
      expect(backoff !== null).toBe(outcome.kind === "retry" || outcome.kind === "throttled");
    }
  });

  test("a cause that a provider read from a body decides the wait, whatever the status", () => {
    expect(backoffCauseOf({ kind: "retry", cause: "not-reached", reason: "", httpStatus: 202 })).toBe("not-reached");
    expect(backoffCauseOf({ kind: "retry", cause: "gateway-fault", reason: "", httpStatus: 504 })).toBe("server-error");
    expect(backoffCauseOf({ kind: "retry", cause: "unreachable", reason: "" })).toBe("unreachable");
  });
});
