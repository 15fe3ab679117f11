import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type AfterAttemptInput, afterAttempt } from "./after-attempt.ts";
import type { AttemptOutcome } from "./attempt-outcome.ts";
import { decideByFailure, decideByStatus } from "./outcome-policy.ts";

const now = new Date("2026-03-01T12:00:00Z");

function after(outcome: AttemptOutcome, rest: Partial<AfterAttemptInput> = {}) {
  return afterAttempt({ outcome, attempt: 1, maxAttempts: 5, now, random: () => 0.5, ...rest });
}

function answered(httpStatus: number, retryAfterMs?: number): AttemptOutcome {
  return decideByStatus(httpStatus, {}, { reason: `HTTP ${httpStatus}`, retryAfterMs });
}

const accepted: AttemptOutcome = { kind: "accepted", providerMessageId: "1", providerOrderId: null, channel: "sms" };

describe("afterAttempt", () => {
  test("accepted, rejected and unknown are written as they are", () => {
    expect(after(accepted)).toEqual({ to: "accepted", useAttempt: true, outcome: "accepted", reason: "" });
    expect(after({ ...accepted, providerMessageId: null, alarm: "no id" })).toMatchObject({
      to: "accepted",
      reason: "no id",
    });
    expect(after(answered(400))).toEqual({ to: "rejected", useAttempt: true, outcome: "rejected", reason: "HTTP 400" });
    expect(after(decideByFailure("response-timeout", "no answer in 35 s"))).toEqual({
      to: "unknown",
      useAttempt: true,
      outcome: "unknown",
      reason: "no answer in 35 s",
    });
  });

  test("a held message goes back unharmed, however many attempts it has had", () => {
    expect(after(answered(401), { attempt: 9 })).toEqual({
      to: "queued",
      dueInMs: 0,
      useAttempt: false,
      outcome: "held",
      reason: "HTTP 401",
    });
  });

  test("a throttled message waits and uses no attempt, however many it has had", () => {
    expect(after(answered(503), { attempt: 9 })).toMatchObject({ to: "queued", dueInMs: 250, useAttempt: false });
    expect(after(answered(503), { throttledInARow: 3 })).toMatchObject({ dueInMs: 1_000 });
  });

  test("a retry waits longer each time, by the plan of its cause", () => {
    const waits = (outcome: AttemptOutcome) => [1, 2, 3].map((attempt) => after(outcome, { attempt }).dueInMs);
    expect(waits(answered(500))).toEqual([1_000, 2_000, 4_000]);
    expect(waits(answered(502))).toEqual([2_500, 5_000, 10_000]);
    expect(waits(answered(504))).toEqual([1_000, 2_000, 4_000]);
    expect(waits(decideByFailure("refused", ""))).toEqual([250, 500, 1_000]);
    expect(after(answered(500))).toMatchObject({ to: "queued", useAttempt: true, reason: "HTTP 500" });
  });

  test("plans of the configuration replace the built-in ones", () => {
    const plan = { baseMs: 10, capMs: 10 };
    const plans = {
      throttled: plan,
      "server-error": plan,
      "bad-gateway": plan,
      "not-reached": plan,
      unreachable: plan,
    };
    expect(after(answered(502), { plans })).toMatchObject({ dueInMs: 5 });
  });

  test("the last attempt that fails makes the message failed, saying so", () => {
    expect(after(answered(500), { attempt: 4 })).toMatchObject({ to: "queued" });
    expect(after(answered(500), { attempt: 5 })).toEqual({
      to: "failed",
      useAttempt: true,
      outcome: "retry",
      reason: "given up after 5 attempts; the last: HTTP 500",
    });
    expect(after(answered(500), { maxAttempts: 1 }).reason).toContain("after 1 attempt;");
  });

  test("the wait the gateway asks for is kept, spread a little, and at most an hour", () => {
    expect(after(answered(503, 10_000))).toMatchObject({ dueInMs: 10_250 });
    expect(after(answered(500, 10_000))).toMatchObject({ dueInMs: 11_000 });
    expect(after(answered(503, 86_400_000))).toMatchObject({ dueInMs: 3_600_250 });
  });

  test("a message that could only be tried after its validity is expired at once", () => {
    const validUntil = new Date(now.getTime() + 1_000);
    expect(after(answered(500), { validUntil })).toMatchObject({ to: "expired", useAttempt: true });
    expect(after(answered(500), { validUntil: new Date(now.getTime() + 1_001) })).toMatchObject({ to: "queued" });
    expect(after(answered(503, 1_000), { validUntil })).toMatchObject({ to: "expired", useAttempt: false });
    expect(after(answered(403), { validUntil })).toMatchObject({ to: "queued" });
    expect(after(answered(403), { validUntil: now })).toMatchObject({ to: "expired" });
  });

  test("what is proven or not to be known never expires", () => {
    const validUntil = new Date(0);
    expect([accepted, answered(400), answered(600)].map((outcome) => after(outcome, { validUntil }).to)).toEqual([
      "accepted",
      "rejected",
      "unknown",
    ]);
  });

  test("any outcome: a wait is whole and not negative, inside the validity, and only of what is queued", () => {
    const statuses = fc.integer({ min: 100, max: 599 }).filter((status) => status < 200 || status >= 300);
    const wait = fc.option(fc.integer({ min: 0, max: 1e9 }), { nil: undefined });
    const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(
        statuses,
        wait,
        random,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: -10_000, max: 100_000 }),
        (status, retryAfterMs, value, attempt, validForMs) => {
          const validUntil = new Date(now.getTime() + validForMs);
          const { to, dueInMs } = after(answered(status, retryAfterMs), { attempt, random: () => value, validUntil });
          expect(dueInMs !== undefined).toBe(to === "queued");
          if (dueInMs === undefined) return;
          expect(Number.isInteger(dueInMs) && dueInMs >= 0 && dueInMs < validForMs).toBe(true);
        },
      ),
    );
  });
});
