import { describe, expect, test } from "vitest";
import { checkPromises, type PromiseInput } from "./check-promises.ts";

const one = "+819000000001";
const kept: PromiseInput = {
  ledger: [{ recipient: one, state: "delivered", isAccepted: true }],
  gateway: [{ to: one, state: "delivered", isSilent: false }],
  duplicates: 0,
  overLimits: 0,
};

function broken(input: Partial<PromiseInput>): string[] {
  const { verdicts } = checkPromises({ ...kept, ...input });
  return verdicts.filter(({ isKept }) => !isKept).map(({ what }) => what);
}

describe("the demo's verdict", () => {
  test("nothing is broken where ledger and gateway say the same", () => {
    expect(broken({})).toEqual([]);
  });

  test.for<{ what: string; input: Partial<PromiseInput>; verdict: string }>([
    { what: "a duplicate", input: { duplicates: 1 }, verdict: "nobody got a message twice" },
    {
      what: "an accepted message the gateway never saw",
      input: { gateway: [] },
      verdict: "ledger and gateway agree on what went out",
    },
    {
      what: "a message the ledger says never went out",
      input: { ledger: [{ recipient: one, state: "rejected", isAccepted: false }] },
      verdict: "ledger and gateway agree on what went out",
    },
    {
      what: "a message without its final answer",
      input: { ledger: [{ recipient: one, state: "sent", isAccepted: true }] },
      verdict: "every message has its final answer",
    },
    {
      what: "a final answer other than the gateway's",
      input: { ledger: [{ recipient: one, state: "failed", isAccepted: true }] },
      verdict: "every message has its final answer",
    },
    {
      what: "a lost notification nobody asked about",
      input: {
        ledger: [{ recipient: one, state: "expired", isAccepted: true }],
        gateway: [{ to: one, state: "delivered", isSilent: true }],
      },
      verdict: "lost notifications are made up for",
    },
    { what: "a request over the limits", input: { overLimits: 2 }, verdict: "the gateway's limits are kept" },
  ])("$what breaks: $verdict", ({ input, verdict }) => {
    expect(broken(input)).toContain(verdict);
  });

  test("an unknown outcome is told with what the gateway knows of it, and breaks nothing", () => {
    const two = "+819000000002";
    const { verdicts, unknowns } = checkPromises({
      ...kept,
      ledger: [
        { recipient: one, state: "unknown", isAccepted: false },
        { recipient: two, state: "unknown", isAccepted: false },
      ],
    });
    expect(verdicts.every(({ isKept }) => isKept)).toBe(true);
    expect(unknowns).toEqual([
      { recipient: one, isTaken: true },
      { recipient: two, isTaken: false },
    ]);
  });
});
