import { describe, expect, test } from "vitest";
import type { AttemptOutcome, HoldCause } from "./attempt-outcome.ts";
import { type FailureStreak, noFailures, noteOutcome } from "./failure-streak.ts";
import { decideByFailure, decideByStatus } from "./outcome-policy.ts";

const refused = decideByFailure("refused", "");
const accepted: AttemptOutcome = { kind: "accepted", providerMessageId: "1", providerOrderId: null, channel: null };

function answered(status: number): AttemptOutcome {
  return decideByStatus(status, {}, { reason: "" });
}

/** The hold after each outcome, each for another message unless `id` says otherwise. */
function holds(outcomes: readonly AttemptOutcome[], id: (index: number) => string = String): (HoldCause | null)[] {
  let streak: FailureStreak = noFailures;
  return outcomes.map((outcome, index) => {
    const noted = noteOutcome(streak, id(index), outcome);
    streak = noted.streak;
    return noted.hold;
  });
}

function times(count: number, outcome: AttemptOutcome): AttemptOutcome[] {
  return Array.from({ length: count }, () => outcome);
}

describe("noteOutcome", () => {
  test("the first 401, 403 or 404 holds the route", () => {
    expect(holds([answered(401), answered(403), answered(404)])).toEqual(["credentials", "forbidden", "configuration"]);
  });

  test("the fifth 504, the tenth 500 and the tenth failed connection in a row hold it", () => {
    expect(holds(times(5, answered(504)))).toEqual([null, null, null, null, "unreachable"]);
    expect(holds(times(10, answered(500))).lastIndexOf(null)).toBe(8);
    expect(holds(times(10, answered(500)))[9]).toBe("gateway-fault");
    expect(holds(times(10, refused))[9]).toBe("unreachable");
  });

  test("twenty messages in a row of unknown outcome hold it, whatever made them unknown", () => {
    const lost = decideByFailure("reset-after-written", "");
    const ambiguous = decideByStatus(500, { ambiguousStatuses: [500] }, { reason: "" });
    const mixed = Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? lost : ambiguous));
    expect(holds(mixed)).toEqual([...Array(19).fill(null), "unreachable"]);
    expect(holds(times(50, lost), () => "same")).not.toContain("unreachable");
    for (const other of [accepted, answered(400), answered(503)]) {
      expect(holds([...times(19, lost), other, ...times(19, lost)])).not.toContain("unreachable");
    }
  });

  test("any other answer between them begins the row again", () => {
    for (const other of [accepted, answered(400), answered(503), answered(500)]) {
      expect(holds([...times(4, answered(504)), other, ...times(4, answered(504))])).not.toContain("unreachable");
    }
  });

  test("one message that the gateway stumbles over again and again holds nothing", () => {
    expect(holds(times(50, answered(504)), () => "same")).not.toContain("unreachable");
    expect(holds(times(10, refused), () => "same")[9]).toBe("unreachable");
  });

  test("after a hold the row begins again", () => {
    expect(holds(times(12, answered(504))).map((hold) => hold !== null)).toEqual(
      Array.from({ length: 12 }, (_, index) => index === 4 || index === 9),
    );
  });
});
