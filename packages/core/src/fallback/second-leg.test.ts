import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canMove, type MessageState, messageStates, type ReceiptState, receiptStates } from "../state/message-state.ts";
import { type FirstLeg, type SecondLegPlan, type SecondLegStep, secondLegStep } from "./second-leg.ts";

const acceptedAt = new Date("2026-12-01T10:00:00Z");
const plan: SecondLegPlan = { afterMs: 4 * 3_600_000, onUnknown: false, onRejected: false };
const later = (ms: number) => new Date(acceptedAt.getTime() + ms);
const deadline = later(plan.afterMs);
const never = later(40 * 86_400_000);

const accepted: FirstLeg = {
  state: "accepted",
  channel: "rcs",
  sendingAt: later(-1_000),
  acceptedAt,
  validUntil: null,
  hasSecondLeg: false,
  asked: "answered",
};

function step(first: Partial<FirstLeg>, at = deadline, changes: Partial<SecondLegPlan> = {}): SecondLegStep {
  return secondLegStep({ ...accepted, ...first }, { ...plan, ...changes }, at);
}
const kindOf = (...given: Parameters<typeof step>) => step(...given).kind;

describe("a first leg that was accepted", () => {
  test("is waited for until its deadline, then asked about, then followed", () => {
    expect(step({ asked: "not-yet" }, later(0))).toEqual({ kind: "wait", until: deadline });
    expect(step({ asked: "not-yet" }, later(plan.afterMs - 1))).toEqual({ kind: "wait", until: deadline });
    expect(step({ asked: "not-yet" })).toEqual({ kind: "ask" });
    expect(step({ asked: "answered" })).toEqual({ kind: "send" });
    expect(step({ state: "sent", asked: "answered" })).toEqual({ kind: "send" });
  });

  test("is followed without asking when it has no id to ask by, or the carrier no longer knows it", () => {
    expect(step({ asked: "impossible" })).toEqual({ kind: "send" });
    expect(step({ state: "expired", asked: "not-yet" })).toEqual({ kind: "send" });
  });

  test("is asked about again each minute while the carrier can't be asked, and followed when that has taken an hour", () => {
    expect(step({ asked: "failed" })).toEqual({ kind: "wait", until: later(plan.afterMs + 60_000) });
    expect(step({ asked: "failed" }, later(plan.afterMs + 3_590_000))).toEqual({
      kind: "wait",
      until: later(plan.afterMs + 3_600_000),
    });
    expect(kindOf({ asked: "failed" }, later(plan.afterMs + 3_600_000))).toBe("send");
  });

  test("with a short deadline is not kept waiting for an hour", () => {
    const short = { afterMs: 120_000 };
    expect(step({ asked: "failed" }, later(120_000), short)).toEqual({ kind: "wait", until: later(180_000) });
    expect(kindOf({ asked: "failed" }, later(240_000), short)).toBe("send");
  });

  test("whose channel nobody knows is asked about, as that may tell; without an answer it is not followed", () => {
    const silent = { channel: null, state: "sent" } as const;
    expect(kindOf({ ...silent, asked: "not-yet" }, later(0))).toBe("wait");
    expect(kindOf({ ...silent, asked: "not-yet" })).toBe("ask");
    expect(kindOf({ ...silent, asked: "answered" })).toBe("none");
    expect(kindOf({ ...silent, asked: "failed" }, never)).toBe("none");
  });

  test.each(["accepted", "sent", "failed", "revoked", "expired"] as const)(
    "as %s has no second leg where an SMS went out already, or may have",
    (state) => {
      expect(step({ state, channel: "sms" }, never)).toMatchObject({
        kind: "none",
        why: expect.stringContaining("SMS already"),
      });
      expect(step({ state, channel: null }, never)).toMatchObject({
        kind: "none",
        why: expect.stringContaining("may have been an SMS"),
      });
      expect(kindOf({ state, channel: "alimtalk" }, never)).toBe("send");
    },
  );
});

describe("a first leg that ended", () => {
  test.each([
    ["failed", {}, "send"],
    ["revoked", {}, "send"],
    ["failed without ever being accepted", { state: "failed", acceptedAt: null, channel: null }, "send"],
    ["delivered", {}, "none"],
    ["displayed", {}, "none"],
    ["cancelled", { acceptedAt: null }, "none"],
    ["suppressed", { acceptedAt: null }, "none"],
    ["rejected", { acceptedAt: null, channel: null }, "none"],
    ["expired before it was sent", { state: "expired", acceptedAt: null, channel: null }, "none"],
  ] as const)("as %s, at once: %s", (title, given, kind) => {
    expect(kindOf({ state: title as MessageState, asked: "not-yet", ...given }, later(0))).toBe(kind);
  });

  test("as rejected is followed only where that was asked for", () => {
    const rejected = { state: "rejected", acceptedAt: null, channel: null } as const;
    expect(kindOf(rejected, later(0), { onRejected: true })).toBe("send");
    expect(kindOf(rejected, never, { onRejected: false, onUnknown: true })).toBe("none");
  });
});

describe("a first leg of unknown outcome", () => {
  const unknown = { state: "unknown", acceptedAt: null, asked: "not-yet" } as const;

  test("is never followed by itself", () => {
    expect(kindOf(unknown, never)).toBe("none");
    expect(kindOf(unknown, never, { onRejected: true })).toBe("none");
  });

  test("where that was asked for, at the deadline counted from its attempt, unless it may have been an SMS", () => {
    const asked = { onUnknown: true };
    expect(step(unknown, later(0), asked)).toEqual({ kind: "wait", until: later(plan.afterMs - 1_000) });
    expect(kindOf(unknown, later(plan.afterMs - 1_000), asked)).toBe("send");
    expect(kindOf({ ...unknown, channel: null }, never, asked)).toBe("none");
    expect(kindOf({ ...unknown, channel: "sms" }, never, asked)).toBe("none");
  });
});

const state = fc.constantFrom<MessageState>(...messageStates);
const anyFirst = fc.record<FirstLeg>({
  state,
  channel: fc.constantFrom("rcs", "sms", null),
  sendingAt: fc.constantFrom(null, later(-1_000)),
  acceptedAt: fc.constantFrom(null, acceptedAt),
  validUntil: fc.constantFrom(null, later(1_000), never),
  hasSecondLeg: fc.boolean(),
  asked: fc.constantFrom("not-yet", "answered", "failed", "impossible"),
});
const anyPlan = fc.record<SecondLegPlan>({
  afterMs: fc.constantFrom(1_000, plan.afterMs),
  onUnknown: fc.boolean(),
  onRejected: fc.boolean(),
});
const anyTime = fc.integer({ min: 0, max: 50 * 86_400_000 }).map(later);

test("whatever else holds: none after proof of delivery, none after one, none past the validity, none beside an SMS", () => {
  fc.assert(
    fc.property(anyFirst, anyPlan, anyTime, (first, any, now) => {
      const { kind } = secondLegStep(first, any, now);
      if (kind === "none") return true;
      // Whoever only waits or asks may still learn the channel.
      const isOpen = kind !== "send" && (first.state === "accepted" || first.state === "sent");
      return (
        first.state !== "delivered" &&
        first.state !== "displayed" &&
        !first.hasSecondLeg &&
        (first.validUntil === null || first.validUntil > now) &&
        // What never was accepted, and is known to have ended, went by no channel.
        ((first.channel !== "sms" && first.channel !== null) ||
          (isOpen && first.channel === null) ||
          first.state === "rejected" ||
          (first.acceptedAt === null && (first.state === "failed" || first.state === "revoked")))
      );
    }),
  );
});

test("what has to wait waits for a moment that comes", () => {
  fc.assert(
    fc.property(anyFirst, anyPlan, anyTime, (first, any, now) => {
      const result = secondLegStep(first, any, now);
      return result.kind !== "wait" || result.until > now;
    }),
  );
});

/** Every way in which some of the receipts may come, each at most once: 326 orders. */
function orders(left: readonly ReceiptState[]): ReceiptState[][] {
  return [[], ...left.flatMap((next) => orders(left.filter((each) => each !== next)).map((rest) => [next, ...rest]))];
}

test.each(orders(receiptStates).map((order) => [order.join(", ") || "none", order] as const))(
  "receipts in the order: %s",
  (_, order) => {
    let current: MessageState = "accepted";
    const kinds = order.map((receipt) => {
      if (canMove(current, receipt)) current = receipt;
      return kindOf({ state: current, asked: "answered" }, later(0));
    });
    // Told by the receipts alone: from the first proof of delivery on there is none; before it, an end brings it at once.
    const arrivedAt = order.findIndex((receipt) => receipt === "delivered" || receipt === "displayed");
    const endedAt = order.findIndex((receipt) => receipt === "failed" || receipt === "revoked");
    const expected = order.map((_, index) => {
      if (arrivedAt >= 0 && index >= arrivedAt) return "none";
      return endedAt >= 0 && index >= endedAt ? "send" : "wait";
    });
    expect(kinds).toEqual(expected);
    const hasArrived = arrivedAt >= 0;
    expect(kindOf({ state: current, asked: "answered" }, deadline)).toBe(hasArrived ? "none" : "send");
  },
);
