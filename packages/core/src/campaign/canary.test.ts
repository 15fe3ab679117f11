import { expect, test } from "vitest";
import { messageStates } from "../state/message-state.ts";
import { type CanaryInput, canaryStep } from "./canary.ts";

const none = Object.fromEntries(messageStates.map((state) => [state, 0])) as Record<
  (typeof messageStates)[number],
  number
>;

function step(counts: Partial<CanaryInput["counts"]>, rest: Partial<CanaryInput> = {}) {
  return canaryStep({
    counts: { ...none, segmentsAccepted: 0, ...counts },
    triedBefore: 0,
    canarySize: 20,
    fed: true,
    idle: false,
    ...rest,
  });
}

test.each([
  ["nothing was handed out yet: the first ones go", { queued: 1_000 }, { fed: false }, { kind: "canary", size: 20 }],
  ["they are under way: the rest waits", { queued: 980, sending: 20 }, {}, { kind: "wait" }],
  ["one was accepted: the rest follows", { queued: 980, sending: 19, accepted: 1 }, {}, { kind: "go" }],
  [
    "one was accepted and failed later: still proven",
    { queued: 980, failed: 20, segmentsAccepted: 2 },
    {},
    { kind: "go" },
  ],
  [
    "19 of 20 rejected: the last may still be accepted",
    { queued: 980, sending: 1, rejected: 19 },
    {},
    { kind: "wait" },
  ],
  [
    "the first ones vanished without an answer: the next ones go",
    { queued: 980, suppressed: 20 },
    { idle: true },
    { kind: "canary", size: 20 },
  ],
  [
    "resumed after 20 rejections: a new chance",
    { queued: 980, rejected: 20 },
    { triedBefore: 20, fed: false },
    { kind: "canary", size: 20 },
  ],
] as const)("%s", (_title, counts, rest, expected) => {
  expect(step(counts, rest)).toEqual(expected);
});

test.each([
  ["20 rejections", { queued: 980, rejected: 20 }, "rejected all of the first 20"],
  ["every message of a campaign of five", { queued: 0, sending: 0, rejected: 5 }, "all of the first 5"],
  [
    "refusals of several kinds",
    { queued: 980, rejected: 3, failed: 10, unknown: 7 },
    "3 rejected, 10 failed, 7 unknown",
  ],
  ["another 20 after a resume", { queued: 960, rejected: 40 }, "first 20"],
] as const)("pauses after %s", (title, counts, quoted) => {
  const result = step(counts, title.startsWith("another") ? { triedBefore: 20 } : {});
  expect(result.kind === "pause" && result.reason).toContain(quoted);
});
