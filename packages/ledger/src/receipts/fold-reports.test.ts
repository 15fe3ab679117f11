import { canMove, type MessageState, receiptStates } from "@hikyaku/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { foldReports, type MessageProgress, type Report } from "./fold-reports.ts";

function progress(state: MessageState): MessageProgress {
  const accepted = ["accepted", "sent", "delivered", "displayed"].includes(state) ? at(0) : null;
  return {
    state,
    acceptedAt: accepted,
    sentAt: null,
    deliveredAt: null,
    displayedAt: null,
    endedAt: null,
    reason: null,
  };
}

function at(second: number): Date {
  return new Date(Date.UTC(2026, 11, 1, 0, 0, second));
}

function report(state: Report["state"], second: number, reason: string | null = null): Report {
  return { state, at: at(second), reason };
}

describe("reports that wait together", () => {
  test("are applied in the order of their rank, each with its own time", () => {
    const { progress: after, moved } = foldReports(progress("accepted"), [
      report("displayed", 3),
      report("sent", 1),
      report("delivered", 2),
    ]);
    expect(after).toMatchObject({
      state: "displayed",
      sentAt: at(1),
      deliveredAt: at(2),
      displayedAt: at(3),
      endedAt: at(2),
    });
    expect(moved).toEqual([true, true, true]);
  });

  test("say which of them moved the message", () => {
    const { moved } = foldReports(progress("sent"), [
      report("sent", 1),
      report("delivered", 2),
      report("delivered", 3),
    ]);
    expect(moved).toEqual([false, true, false]);
  });
});

describe("a report", () => {
  test("of reading fills in the delivery that was never reported", () => {
    const { progress: after } = foldReports(progress("accepted"), [report("displayed", 3)]);
    expect(after).toMatchObject({ deliveredAt: at(3), displayedAt: at(3), endedAt: at(3) });
  });

  test("of reading keeps the end at the delivery", () => {
    const { progress: after } = foldReports({ ...progress("delivered"), deliveredAt: at(2), endedAt: at(2) }, [
      report("displayed", 9),
    ]);
    expect(after).toMatchObject({ deliveredAt: at(2), displayedAt: at(9), endedAt: at(2) });
  });

  test("of delivery corrects a failure, its end and its reason", () => {
    const failed = { ...progress("accepted"), state: "failed" as const, endedAt: at(1), reason: "out of coverage" };
    const { progress: after } = foldReports(failed, [report("delivered", 5)]);
    expect(after).toMatchObject({ state: "delivered", deliveredAt: at(5), endedAt: at(5), reason: null });
  });

  test("that comes late or again leaves everything as it is", () => {
    const delivered = { ...progress("delivered"), deliveredAt: at(2), endedAt: at(2), reason: null };
    for (const state of ["pending", "sent", "failed", "revoked", "delivered"] as const) {
      expect(foldReports(delivered, [report(state, 7, "why")])).toEqual({ progress: delivered, moved: [false] });
    }
  });

  test("of anything proves that a message of unknown outcome was accepted", () => {
    for (const state of ["pending", ...receiptStates] as const) {
      const { progress: after } = foldReports(progress("unknown"), [report(state, 4)]);
      expect(after).toMatchObject({ state: state === "pending" ? "accepted" : state, acceptedAt: at(4) });
    }
  });
});

test("whatever is reported, every step is one of the table", () => {
  const states = fc.constantFrom<MessageState>(
    "accepted",
    "sent",
    "delivered",
    "failed",
    "expired",
    "revoked",
    "unknown",
  );
  const reported = fc.array(fc.constantFrom("pending" as const, ...receiptStates));
  fc.assert(
    fc.property(states, reported, (start, given) => {
      let state = start;
      for (const next of given) {
        const { progress: after, moved } = foldReports(progress(state), [report(next, 1)]);
        expect(moved[0]).toBe(after.state !== state);
        if (moved[0]) expect(canMove(state, after.state)).toBe(true);
        state = after.state;
      }
    }),
  );
});
