import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  canMove,
  finalStates,
  isFinal,
  type MessageState,
  messageStates,
  nextStates,
  type ReceiptState,
  rank,
  receiptStates,
  statesBefore,
} from "./message-state.ts";

const state = fc.constantFrom(...messageStates);

/** What the ledger's guarded UPDATE does: a receipt that may not follow changes nothing. */
function applyAll(from: MessageState, receipts: readonly ReceiptState[]): MessageState {
  return receipts.reduce<MessageState>((now, reported) => (canMove(now, reported) ? reported : now), from);
}

describe("the table of message states", () => {
  test("every state can be reached from queued", () => {
    const reached = new Set<MessageState>(["queued"]);
    for (const from of reached) for (const to of nextStates[from]) reached.add(to);
    expect([...reached].sort()).toEqual([...messageStates].sort());
  });

  test("no state follows itself", () => {
    for (const from of messageStates) expect(canMove(from, from)).toBe(false);
  });

  test("a final state is left only for late proof, and an expired one also for any late answer", () => {
    for (const from of finalStates) {
      const late = ["accepted", "delivered", "displayed", "failed", "revoked"];
      const allowed = from === "expired" ? late : ["delivered", "displayed"];
      expect(allowed).toEqual(expect.arrayContaining([...nextStates[from]]));
    }
    for (const from of ["rejected", "cancelled", "suppressed", "displayed"] as const)
      expect(nextStates[from]).toEqual([]);
  });

  test("only queued, sending, accepted, sent and unknown are not final", () => {
    expect(messageStates.filter((name) => !isFinal(name))).toEqual([
      "queued",
      "sending",
      "accepted",
      "sent",
      "unknown",
    ]);
  });

  test("only a message whose outcome is not known can be put back after its attempt is over", () => {
    expect(statesBefore("queued")).toEqual(["sending", "unknown"]);
  });

  test("a message is sent out of the queue, or by the repeated claim of one that has posted nothing yet", () => {
    expect(statesBefore("sending")).toEqual(["queued", "unknown"]);
  });

  test("a message is accepted by the answer to its attempt, however late that comes", () => {
    expect(statesBefore("accepted")).toEqual(["queued", "sending", "expired", "unknown"]);
  });

  test("an unknown message can be settled by any receipt, by a late answer, or put back", () => {
    for (const to of [...receiptStates, "accepted", "queued", "expired"] as const)
      expect(canMove("unknown", to)).toBe(true);
  });

  test("statesBefore is the inverse of the table", () => {
    fc.assert(fc.property(state, state, (from, to) => statesBefore(to).includes(from) === canMove(from, to)));
  });

  test("a message that still waits can be cancelled, suppressed or expire; one being sent can't be cancelled", () => {
    expect(statesBefore("cancelled")).toEqual(["queued"]);
    expect(statesBefore("suppressed")).toEqual(["queued"]);
    expect(canMove("queued", "expired")).toBe(true);
  });
});

describe("receipts", () => {
  test("no step lowers the rank but the late answer to a message that was closed", () => {
    const lowering = messageStates.flatMap((from) =>
      nextStates[from].filter((to) => rank(to) < rank(from)).map((to) => [from, to]),
    );
    expect(lowering).toEqual([["expired", "accepted"]]);
  });

  test("the rank of the receipts is that of the carrier's statuses", () => {
    expect((["accepted", "sent", "delivered", "displayed"] as const).map(rank)).toEqual([0, 1, 2, 3]);
  });

  test("in whatever order and however often they come, the best proof of delivery decides", () => {
    const from = fc.constantFrom<MessageState>("sending", "accepted", "unknown");
    const receipts = fc.array(fc.constantFrom<ReceiptState>(...receiptStates), { minLength: 1 });
    fc.assert(
      fc.property(from, receipts, (start, reported) => {
        const end = applyAll(start, reported);
        if (reported.includes("displayed")) return end === "displayed";
        if (reported.includes("delivered")) return end === "delivered";
        return end !== "delivered" && end !== "displayed" && rank(end) >= rank(start);
      }),
    );
  });

  test("a repeated receipt changes nothing", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom<ReceiptState>(...receiptStates)), (reported) => {
        const doubled = reported.flatMap((receipt) => [receipt, receipt]);
        return applyAll("accepted", doubled) === applyAll("accepted", reported);
      }),
    );
  });

  test("a late sent does not reopen a message that has failed", () => {
    expect(applyAll("accepted", ["failed", "sent"])).toBe("failed");
    expect(applyAll("accepted", ["revoked", "sent", "failed"])).toBe("revoked");
  });
});
